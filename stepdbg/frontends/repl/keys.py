"""The keys that have a special meaning at stepdbg's prompt.

Owns: Enter in a multi-line statement, Ctrl-C, and Ctrl-Z, which suspends.
Does not own: the other keys, which are prompt_toolkit's Emacs keys (Ctrl-R, arrows, Tab, …).
"""

from __future__ import annotations

from collections.abc import Callable

from prompt_toolkit.application import get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import Condition, completion_is_selected, has_focus
from prompt_toolkit.input.typeahead import store_typeahead
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from .suspending import suspend

INDENT = "    "

MORE, STOP = "more", "stop"
"""The answers between two pages of a long listing."""


def prompt_keys(
    is_incomplete: Callable[[str], bool],
    on_tab: Callable[[KeyPressEvent], None] | None = None,
) -> KeyBindings:
    """The key bindings.

    is_incomplete: tells whether a text needs more lines.
    on_tab: called for the Tab key, instead of opening the menu.
    """
    keys = KeyBindings()
    at_prompt = has_focus(DEFAULT_BUFFER)

    @keys.add("enter", filter=at_prompt & completion_is_selected)
    def take_completion(event: KeyPressEvent) -> None:
        event.current_buffer.complete_state = None

    @keys.add("enter", filter=at_prompt & ~completion_is_selected)
    def accept_or_go_on(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if _wants_more(buffer, is_incomplete):
            buffer.insert_text("\n" + _next_indent(buffer.document.current_line_before_cursor))
        else:
            # Without the empty line that ended a block: the history must not have it.
            buffer.document = Document(buffer.text.rstrip("\n \t"))
            buffer.validate_and_handle()

    @keys.add("c-c", filter=at_prompt)
    def clear_line(event: KeyPressEvent) -> None:
        # The abandoned line stays on the screen, as in a shell; a fresh prompt follows.
        event.app.exit(exception=KeyboardInterrupt)

    keys.add("c-z")(suspend)

    @keys.add("tab", filter=at_prompt & _at_indent)
    def indent(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text(INDENT)

    if on_tab is not None:
        keys.add("tab", filter=at_prompt & ~_at_indent)(on_tab)
    return keys


@Condition
def _at_indent() -> bool:
    """Whether the cursor is in the indentation of a continued statement."""
    document = get_app().current_buffer.document
    return document.cursor_position_row > 0 and not document.current_line_before_cursor.strip()


def _wants_more(buffer: Buffer, is_incomplete: Callable[[str], bool]) -> bool:
    text = buffer.text
    ends_block = "\n" in text and not text.rpartition("\n")[2].strip()
    return not ends_block and is_incomplete(text)


def _next_indent(line: str) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    return indent + INDENT if line.rstrip().endswith(":") else indent


def page_keys() -> KeyBindings:
    """The keys between two pages: one key is the answer, `MORE` or `STOP`.

    Any other character ends the listing and is the first of the next line.
    """
    keys = KeyBindings()

    @keys.add(Keys.Any)
    def begin_line(event: KeyPressEvent) -> None:
        if event.data.isprintable():
            store_typeahead(event.app.input, event.key_sequence)
            event.app.exit(result=STOP)

    for key in ("space", "enter", "pagedown", "down", "c-v"):
        keys.add(key)(_answer(MORE))
    for key in ("q", "Q", "escape", "c-c", "c-d"):
        keys.add(key, eager=True)(_answer(STOP))
    keys.add("c-z")(suspend)
    return keys


def _answer(word: str) -> Callable[[KeyPressEvent], None]:
    return lambda event: event.app.exit(result=word)

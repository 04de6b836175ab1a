"""Drawing the prompt in one row, without escape codes.

Owns: an output for prompt_toolkit that prints only characters, returns and backspaces, and the Tab
key for a prompt that has no room for a menu.
Does not own: the session that draws through it (editor).

It is used with ``NO_COLOR``.  A user who wants no escape codes keeps history, search and
completion, but has no colours, menu or toolbar, and one row to edit in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.completion import CompleteEvent, Completion, get_common_complete_suffix
from prompt_toolkit.data_structures import Size
from prompt_toolkit.key_binding import KeyPressEvent
from prompt_toolkit.output import DummyOutput
from prompt_toolkit.utils import get_cwidth

from .device import OutputAnew
from .terminal import Terminal

MOST_COMPLETIONS = 200
"""How many completions one Tab lists."""


class RowOutput(DummyOutput, OutputAnew):
    """One row of a terminal, which must understand only carriage return and backspace.

    prompt_toolkit moves its cursor freely within a row.  Here a move to the right prints again the
    characters that are there, so the object remembers the row.
    """

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._cells: list[str] = []
        self._column = 0
        self._buffered: list[str] = []
        self._holds = False

    def fileno(self) -> int:
        """The descriptor to write to."""
        return self._terminal.writes

    def encoding(self) -> str:
        """The encoding of the terminal."""
        return self._terminal.encoding

    def get_size(self) -> Size:
        """One row, with a column less than the terminal has, so that it never wraps."""
        return Size(rows=1, columns=max(2, self._terminal.size.columns - 1))

    def get_rows_below_cursor_position(self) -> int:
        """One, since the prompt has one row."""
        return 1

    def write(self, data: str) -> None:
        """Print text at the cursor."""
        for character in data:
            self._put(character)

    def to_row_start(self) -> None:
        """Blank the row and move the cursor to its beginning."""
        blanks = " " * self.get_size().columns
        self._cells.clear()
        self._column = 0
        self._buffered.append(f"\r{blanks}\r")

    def hold_back(self, *, holds: bool) -> None:
        """Keep what is printed until there is more, or stop doing so."""
        self._holds = holds

    def flush(self) -> None:
        """Send what has been printed."""
        if self._holds:
            return
        text, self._buffered = "".join(self._buffered), []
        if text:
            self._terminal.write_raw(text)

    def cursor_forward(self, amount: int) -> None:
        """Move right, by printing again the characters that are there."""
        passed = self._cells[self._column : self._column + amount]
        self.write("".join(passed) + " " * (amount - len(passed)))

    def cursor_backward(self, amount: int) -> None:
        """Move left."""
        amount = min(amount, self._column)
        self._buffered.append("\b" * amount)
        self._column -= amount

    def erase_end_of_line(self) -> None:
        """Blank the row from the cursor on."""
        left = len(self._cells) - self._column
        if left > 0:
            self._buffered.append(" " * left + "\b" * left)
            del self._cells[self._column :]

    def erase_down(self) -> None:
        """Blank the row from the cursor on; stepdbg has written nothing below it."""
        self.erase_end_of_line()

    def _put(self, character: str) -> None:
        if character in "\r\n":
            self._column = 0
            if character == "\n":
                self._cells.clear()
        elif character < " " or "\x7f" <= character < "\xa0":
            return
        else:
            width = max(get_cwidth(character), 1)
            self._cells += " " * (self._column - len(self._cells))
            self._cells[self._column : self._column + width] = [character, *[""] * (width - 1)]
            self._column += width
        self._buffered.append(character)


def complete_below(terminal: Terminal) -> Callable[[KeyPressEvent], None]:
    """The action of Tab where no menu can open: complete as far as possible, else list."""

    def complete(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        document = buffer.document
        asked = CompleteEvent(completion_requested=True)
        found = list(buffer.completer.get_completions(document, asked))
        if len(found) == 1:
            buffer.apply_completion(found[0])
        elif common := get_common_complete_suffix(document, found):
            buffer.insert_text(common)
        elif found:
            listing = in_columns(found, terminal.size.columns)
            run_in_terminal(lambda: terminal.write(listing))

    return complete


def in_columns(completions: Sequence[Completion], width: int) -> str:
    """The completions as lines of at most `width` columns."""
    names = [completion.display_text for completion in completions[:MOST_COMPLETIONS]]
    cell = min(max(map(get_cwidth, names)) + 2, width)
    across = max(1, width // cell)
    lines = []
    for start in range(0, len(names), across):
        row = (name + " " * (cell - get_cwidth(name)) for name in names[start : start + across])
        lines.append(_cut("".join(row).rstrip(), width))
    if len(completions) > len(names):
        lines.append(_cut(f"and {len(completions) - len(names)} more", width))
    return "".join(f"{line}\n" for line in lines)


def _cut(line: str, width: int) -> str:
    while get_cwidth(line) > width:
        line = line[:-1]
    return line

"""Completion at the prompt.

Owns: passing the interpreter's completions to prompt_toolkit.
Does not own: finding them (commands).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

if TYPE_CHECKING:
    from stepdbg.commands.interpreter import Interpreter


class CommandCompleter(Completer):
    """The completions that the interpreter offers at the present stop."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter

    def get_completions(
        self,
        document: Document,
        complete_event: CompleteEvent,  # noqa: ARG002 - not ours to name
    ) -> Iterable[Completion]:
        """The completions at the cursor; `complete_event` makes no difference."""
        for found in self._interpreter.complete(document.text, document.cursor_position):
            yield Completion(found.text, found.start, display_meta=found.meta or None)

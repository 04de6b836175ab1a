"""Decide whether lines that were given before the program began leave any need for a prompt.

Owns: `only_runs_on`.  Does not own: which commands need no prompt (rows), running lines (lines).
"""

from __future__ import annotations

from collections.abc import Iterable

from stepdbg.model.errors import BadUsage

from . import expansion, grammar, python_input
from .row import CommandRow

_SILENT = "silent"


def only_runs_on(lines: Iterable[str]) -> bool:
    """Whether no line needs a prompt, and the last one lets the run go on.

    Lines are read just as they will be carried out: with aliases, ``;;`` and comments, but without
    the abbreviations that the table does not list, which count only in typed lines.
    """
    reader = _Reader()
    return all(map(reader.asks_nothing, lines)) and reader.runs_on


class _Reader:
    """Reads lines in order.

    runs_on: whether the command read last lets the run go on.
    """

    def __init__(self) -> None:
        self.runs_on = False
        self._aliases: dict[str, str] = {}
        self._collecting = False

    def asks_nothing(self, text: str, busy: frozenset[str] = frozenset()) -> bool:
        """Read the commands that a line joins; `busy`: the aliases that are being expanded."""
        while text.strip():
            piece, text = self._next_piece(text)
            if piece.strip() and not python_input.is_comment(piece) and not self._take(piece, busy):
                return False
        return True

    def _next_piece(self, text: str) -> tuple[str, str]:
        first, newline, rest = text.partition("\n")
        if newline:
            return first, rest
        row = _row(text)
        return (text, "") if row is not None and row.whole_line else grammar.split_joined(text)

    def _take(self, piece: str, busy: frozenset[str]) -> bool:
        if self._collecting:
            return self._attach(piece)
        called = expansion.find(self._aliases, piece)
        if called is not None and called not in busy:
            try:
                command = expansion.expand(self._aliases, piece)
            except BadUsage:
                return False
            return self.asks_nothing(command, busy | {called})
        row = _row(piece)
        if row is None or not row.asks_nothing:
            return False
        self.runs_on = row.resumes
        self._collecting = row.name == "commands"
        if row.name == "alias":
            name, command = grammar.first_word(grammar.first_word(piece)[1])
            self._aliases[name] = command
        elif row.name == "unalias":
            self._aliases.pop(grammar.first_word(piece)[1], None)
        return True

    def _attach(self, piece: str) -> bool:
        """Read a line that belongs to a breakpoint, as `breaks.collect` does."""
        row = _row(piece)
        if row is not None and not piece[0].isspace():
            self._collecting = not (row.name == "end" or row.resumes)
        return piece.strip() == _SILENT or (row is not None and row.asks_nothing)


def _row(piece: str) -> CommandRow | None:
    found = grammar.meaning(piece)
    return found.row if isinstance(found, grammar.CommandCall) else None

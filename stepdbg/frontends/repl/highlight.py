"""Colours of the line that is being typed.

Owns: distinguishing a command from Python by its first word, and colouring both.
Does not own: which words are commands (the command table, given as names).
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.lexers import Lexer

from . import palette, style
from .paint import python_lexer


class InputLexer(Lexer):
    """Colours the command word, and Python where a command takes Python.

    names: the words that are commands.
    python_after: the commands that take Python.
    """

    def __init__(self, names: Collection[str], python_after: Collection[str]) -> None:
        self._names = names
        self._python_after = python_after

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """A function that gives the coloured fragments of a line by its number."""
        lines = self._coloured(document.text)
        return lambda number: lines[number] if number < len(lines) else []

    def _coloured(self, text: str) -> list[StyleAndTextTuples]:
        indent = text[: len(text) - len(text.lstrip())]
        # By the grammar, a command word must be followed by a blank or the end of the line.
        word = text.split(maxsplit=1)[0] if text.strip() else ""
        if word not in self._names:
            return _python(text)
        rest = text[len(indent) + len(word) :]
        lines = _python(rest) if word in self._python_after else _plain(rest)
        lines[0] = [("", indent), ("class:command", word), *lines[0]]
        return lines


def command_words() -> tuple[frozenset[str], frozenset[str]]:
    """The words of the command table, and those of them that take Python."""
    from stepdbg.commands.table import ROWS

    words = frozenset(name for row in ROWS for name in row.names)
    return words, frozenset(name for row in ROWS if row.python for name in row.names)


def _plain(text: str) -> list[StyleAndTextTuples]:
    return [[("", line)] for line in text.split("\n")]


def _python(text: str) -> list[StyleAndTextTuples]:
    lines: list[StyleAndTextTuples] = [[]]
    for _, token, piece in python_lexer().get_tokens_unprocessed(text):
        look = style.style_string(palette.token_look(token))
        first, *rest = piece.split("\n")
        lines[-1].append((look, first))
        lines.extend([(look, part)] for part in rest)
    return lines

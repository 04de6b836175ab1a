"""Turns rendered lines into text for the terminal.

Owns: styled spans as text, with or without escape codes; colouring source.
Does not own: the looks (palette) or what the lines say (render).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from stepdbg.model.standard import functools

from . import palette

if TYPE_CHECKING:
    from pygments.lexer import Lexer

    from stepdbg.render.spans import Line

_RESET = "\x1b[0m"


def paint(lines: Sequence[Line], *, colours: bool) -> str:
    """The lines as text, each with its line end; without escape codes unless `colours`."""
    if not colours:
        return "".join("".join(span.text for span in line) + "\n" for line in lines)
    source = _coloured_source(span.text for line in lines for span in line if _is_source(span))
    return "".join(
        "".join(next(source) if _is_source(span) else _painted(*span) for span in line) + "\n"
        for line in lines
    )


def _is_source(span: tuple[str, str]) -> bool:
    return span[0] == "source"


def _painted(style: str, text: str) -> str:
    return _in_look(palette.SPAN_LOOKS.get(style, ""), text)


def _in_look(look: str, text: str) -> str:
    code = palette.select_graphic_rendition(look)
    return f"{code}{text}{_RESET}" if code and text else text


def _coloured_source(lines: Iterable[str]) -> Iterator[str]:
    """Colour lines of source as one text, so that a string of several lines is seen as one."""
    return iter(_coloured_text("\n".join(line.replace("\n", " ") for line in lines)))


@functools.lru_cache(maxsize=64)  # steps in a loop show the same lines over and over
def _coloured_text(text: str) -> tuple[str, ...]:
    coloured: list[str] = []
    pieces: list[str] = []
    # `get_tokens` would strip a byte order mark.
    for _, token, piece in python_lexer().get_tokens_unprocessed(text):
        first, *rest = piece.split("\n")
        look = palette.token_look(token)
        pieces.append(_in_look(look, first))
        for part in rest:
            coloured.append("".join(pieces))
            pieces = [_in_look(look, part)]
    return (*coloured, "".join(pieces))


@functools.cache
def python_lexer() -> Lexer:
    """The lexer of all Python text."""
    from .lexer import QuickPythonLexer

    return QuickPythonLexer()

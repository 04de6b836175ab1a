"""The colours: one table for printed text, typed text and the toolbar.

Owns: the look of every style name of `render` and of every kind of Python token.
Does not own: writing escape codes (paint) or prompt_toolkit's styles (style).

Only the sixteen ANSI colours and attributes are used, because the user's theme makes them fit its
background.  White, black, grey and yellow are not used: each of them vanishes on some background.
"""

from __future__ import annotations

from typing import Final

from stepdbg.model.standard import functools

SPAN_LOOKS: Final = {
    "title": "bold",
    "task": "bold magenta",
    "state": "cyan",
    "place": "",
    "number": "cyan",
    "time": "cyan",
    "marked": "bold",
    "dim": "dim",
    "good": "green",
    "warn": "red",
    "error": "bold red",
    "value": "",
    "key": "bold",
    "rule": "dim",
    "copied": "",
}
"""The looks of the style names that `render.spans` lists; other names look plain."""

TOKEN_LOOKS: Final = {
    "Token.Keyword": "magenta",
    "Token.Operator.Word": "magenta",
    "Token.Name.Builtin": "cyan",
    "Token.Name.Decorator": "cyan",
    "Token.Name.Function": "bold",
    "Token.Name.Class": "bold",
    "Token.Literal.Number": "cyan",
    "Token.Literal.String": "green",
    "Token.Comment": "dim",
}
"""The looks of pygments' token types by their printed names; a subtype looks like its parent."""

_CODES: Final = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "magenta": "35",
    "cyan": "36",
}


def select_graphic_rendition(look: str) -> str:
    """The escape code that switches to a look; empty for the plain one (ECMA-48, SGR)."""
    codes = ";".join(_CODES[word] for word in look.split())
    return f"\x1b[{codes}m" if codes else ""


@functools.cache
def token_look(token: object) -> str:
    """The look of a pygments token type."""
    name = str(token)
    while name:
        if name in TOKEN_LOOKS:
            return TOKEN_LOOKS[name]
        name = name.rpartition(".")[0]
    return ""

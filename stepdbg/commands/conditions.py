"""What may follow the commas behind a breakpoint's target.

Owns: reading ``[if] EXPR``, ``hits >5``, ``ignore N``, ``log "text {expr}"``, ``disabled``.
Does not own: the target (targets), or compiling expressions (engine).
"""

from __future__ import annotations

from stepdbg.model.breakpoints import HitCount
from stepdbg.model.errors import BadUsage
from stepdbg.model.records import dataclass
from stepdbg.model.standard import ast, re

from . import grammar
from .request import number_in

_COUNT = re.compile(r"(>=|>|==|%)\s*(\d{1,18})")


@dataclass(slots=True)
class Modifiers:
    """What was said of a breakpoint besides its target."""

    condition: str | None = None
    hit_count: HitCount | None = None
    ignore: int = 0
    log: str | None = None
    enabled: bool = True


def parse_modifiers(text: str | None) -> Modifiers:
    """Read what stands behind the first comma; None when there was none.

    Raises `BadUsage`.
    """
    found = Modifiers()
    rest = text
    if rest == "":
        raise BadUsage("there is no condition behind the comma")
    while rest:
        piece, rest = grammar.split_at_comma(rest)
        _take(found, piece)
    return found


def _take(found: Modifiers, piece: str) -> None:
    word, rest = grammar.first_word(piece) if piece else ("", "")
    if word == "log" and rest[:1] in ("'", '"'):
        found.log = _literal(rest)
    elif word == "hits" or _COUNT.fullmatch(piece):
        found.hit_count = _count(rest if word == "hits" else piece)
    elif word == "ignore" and rest.isdecimal():
        found.ignore = number_in(rest, "count")
    elif piece == "disabled":
        found.enabled = False
    elif not piece:
        raise BadUsage("there is nothing between two commas")
    elif found.condition is not None:
        raise BadUsage(f"there can be one condition, so what is `{piece}`?")
    elif piece == "if":
        raise BadUsage("there is no condition behind `if`")
    else:
        found.condition = grammar.without_if(piece)


def _literal(text: str) -> str:
    try:
        found = ast.literal_eval(text)
    except (SyntaxError, ValueError):
        raise BadUsage(f"the text of a log point is a string in quotes, not {text}") from None
    if not isinstance(found, str):
        raise BadUsage(f"the text of a log point is a string in quotes, not {text}")
    return found


def _count(text: str) -> HitCount:
    match = _COUNT.fullmatch(text.strip())
    if match is None or (match[1] == "%" and int(match[2]) == 0):
        raise BadUsage(f"`{text}` is no hit count; they look like >5, >=5, ==5 or %3")
    return HitCount(match[1], int(match[2]))

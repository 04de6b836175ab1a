"""Modifiers: what may follow the commas after a breakpoint's target.

Owns: the table of modifiers: ``[if] EXPR``, ``hits >5``, ``ignore N``, ``log "text {expr}"``,
``per task``, ``disabled``; reading them.
Does not own: the target (targets), or compiling expressions (engine).
"""

from __future__ import annotations

from collections.abc import Callable

from stepdbg.model.breakpoints import HitCount
from stepdbg.model.errors import BadUsage
from stepdbg.model.records import dataclass
from stepdbg.model.standard import ast, re

from . import grammar
from .request import number_in

_COUNT = re.compile(r"(>=|>|==|%)\s*(\d{1,18})")


@dataclass(slots=True)
class Modifiers:
    """What the user typed about a breakpoint besides its target."""

    condition: str | None = None
    hit_count: HitCount | None = None
    ignore: int = 0
    log: str | None = None
    enabled: bool = True
    per_task: bool = False


@dataclass(frozen=True, slots=True)
class Modifier:
    """One kind of text that may follow a comma.

    usage, summary: for help.
    begins: its first word, for completion.
    take: reads the piece between two commas and returns whether it is of this kind.
    """

    usage: str
    summary: str
    begins: str
    take: Callable[[Modifiers, str], bool]


def parse_modifiers(text: str | None) -> Modifiers:
    """Read the text after the first comma; None if there was no comma.

    Raises `BadUsage`.
    """
    found = Modifiers()
    rest = text
    if rest == "":
        raise BadUsage("there is no condition after the comma")
    while rest:
        piece, rest = grammar.split_at_comma(rest)
        if not piece:
            raise BadUsage("there is nothing between two commas")
        if not any(each.take(found, piece) for each in MODIFIERS):
            raise BadUsage(f"there can be only one condition: what is `{piece}`?")
    return found


def _take_count(found: Modifiers, piece: str) -> bool:
    word, rest = grammar.first_word(piece)
    if word != "hits" and not _COUNT.fullmatch(piece):
        return False
    found.hit_count = _count(rest if word == "hits" else piece)
    return True


def _take_ignore(found: Modifiers, piece: str) -> bool:
    word, rest = grammar.first_word(piece)
    if word != "ignore" or not rest.isdecimal():
        return False
    found.ignore = number_in(rest, "count")
    return True


def _take_log(found: Modifiers, piece: str) -> bool:
    word, rest = grammar.first_word(piece)
    if word != "log" or rest[:1] not in ("'", '"'):
        return False
    found.log = _literal(rest)
    return True


def _take_per_task(found: Modifiers, piece: str) -> bool:
    found.per_task = found.per_task or piece.split() == ["per", "task"]
    return piece.split() == ["per", "task"]


def _take_disabled(found: Modifiers, piece: str) -> bool:
    found.enabled = found.enabled and piece != "disabled"
    return piece == "disabled"


def _take_condition(found: Modifiers, piece: str) -> bool:
    if piece == "if":
        raise BadUsage("there is no condition after `if`")
    if found.condition is not None:
        return False
    found.condition = grammar.without_if(piece)
    return True


MODIFIERS: tuple[Modifier, ...] = (
    Modifier(
        usage="hits >5",
        summary="which hits stop it, counted from 1: `>5`, `>=5`, `==5`, or `%3` for every third",
        begins="hits ",
        take=_take_count,
    ),
    Modifier(
        usage="ignore 3",
        summary="let the first three hits pass; they count as hits",
        begins="ignore ",
        take=_take_ignore,
    ),
    Modifier(
        usage='log "got {item}"',
        summary="print a text at each hit and go on; braces work as in an f-string",
        begins='log "',
        take=_take_log,
    ),
    Modifier(
        usage="per task",
        summary="count the hits of each task separately; `break` lists them",
        begins="per task",
        take=_take_per_task,
    ),
    Modifier(
        usage="disabled",
        summary="set it, but do not stop at it until `enable`",
        begins="disabled",
        take=_take_disabled,
    ),
    Modifier(  # the last one: any other expression is a condition
        usage="[if] CONDITION",
        summary="a Python expression, evaluated in the innermost frame of your own code in the task"
        " that is about to step (at an exit: of `$_retval` or `$_exception`, and `$_task`);"
        " only hits for which it is true count; if it raises, the run stops, and the stop says"
        " why",
        begins="if ",
        take=_take_condition,
    ),
)
"""All modifiers, in the order in which stepdbg tries them on a piece."""


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
        raise BadUsage(f"`{text}` is not a hit count; they look like >5, >=5, ==5 or %3")
    return HitCount(match[1], int(match[2]))

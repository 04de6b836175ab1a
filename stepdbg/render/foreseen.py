"""What the remaining code of tasks does with an object that a task waits for, in words.

Owns: `could` and `left`: which tasks could end a wait, the most likely first.
Does not own: the rest of a wait's sentence (waits).

A task *could* do it if its code calls that attribute.  It *might* do it if stepdbg cannot read what
its code does.  Otherwise it just *has* the object.  This never claims that a task will do it.
"""

from __future__ import annotations

from stepdbg.model.task import Place, TaskLabel, WaitKind
from stepdbg.model.wait_kinds import WAITS, WaitRow
from stepdbg.model.waits import Foreseen, Grade, Wait

from . import words
from .spans import EMPTY, Line, join, text

_PLACES = 3
"""How many lines with calls a sentence names."""

_ON = "from here on"
"""Says that only the code after the task's present line counts."""

_STATEMENTS = {
    "__aexit__": "async with",
    "__exit__": "with",
    "__aiter__": "async for",
    "__anext__": "async for",
}
"""The statements that look up an attribute without naming it."""


def could(wait: Wait) -> Line:
    """Who could end a wait, and by doing what."""
    row, who = WAITS[wait.kind], (*wait.holders, *wait.wakers)
    doing = row.verbs[0]
    if who and wait.foreseen is None:
        return text(": ") + words.names(who, "or") + text(f" could {doing} it")
    if who:
        return text(": ") + _graded(wait, who, row)
    if wait.object is not None and wait.object.is_global:
        return text(f": it is a global variable, so any code could {doing} it")
    none = f"no other task has it in a variable, so none could {doing} it"
    many = f"no task was found that could {doing} it, but there are too many to look at them all"
    return text(f": {none if wait.everybody_asked else many}")


def _graded(wait: Wait, who: tuple[TaskLabel, ...], row: WaitRow) -> Line:
    doing = row.verbs[0]
    name, might = _of(wait, Grade.NAMES), _of(wait, Grade.MIGHT)
    rest = _others(wait, who)
    inside = [each for each in name if row.taken_in_block and each.name in _STATEMENTS]
    if inside:
        others = [each for each in (*name, *might) if each not in inside]
        could_as_well = text("; ") + _people(others, "or") + text(f" could {doing} it as well")
        return _taken(wait, inside) + (could_as_well + _places(wait, others) if others else EMPTY)
    if not name and not might:
        return _people(rest) + text(f" ha{_s(rest)} it, but {_do(rest)} not call `{doing}` {_ON}")
    parts = []
    if name and rest and not might:
        parts.append(_only(wait, name))
    elif name:
        parts.append(_people(name, "or") + text(f" could {doing} it") + _places(wait, name))
    if might:
        ending = "" if name else f" {doing} it"
        parts.append(_people(might, "or") + text(f" might{ending}") + _places(wait, might))
    line = join(parts, ", ")
    return line + (text("; ") + _people(rest) + text(f" just ha{_s(rest)} it") if rest else EMPTY)


def _taken(wait: Wait, inside: list[Foreseen]) -> Line:
    """Whose blocks have taken it: ``taken by a (3) in `async with` (:30)``."""
    by = [text("itself") if each.itself else words.task(each.task) for each in inside]
    line = text("taken by ") + join(by, " and ") + text(" in ")
    line += join([text(f"`{each}`") for each in dict.fromkeys(map(_statement, inside))])
    line += _places(wait, inside)
    here = [each for each in inside if each.waits_alike and not each.itself]
    if not here:
        return line
    if len(inside) == 1:
        return line + text(", which waits here as well")
    return line + text(", and ") + _people(here) + text(f" wait{_ends_in_s(here)} here as well")


def _statement(one: Foreseen) -> str:
    return _STATEMENTS[one.name]


def left(wait: Wait) -> Line:
    """Which of the tasks with the other end of a channel still use it."""
    if not wait.foreseen and (wait.foreseen is None or not wait.holders):
        return EMPTY
    name, might = _of(wait, Grade.NAMES), _of(wait, Grade.MIGHT)
    rest = _others(wait, wait.holders)
    if not name and not might:
        verb = WAITS[wait.kind].verbs[0]
        whose = "their ends" if len(rest) > 1 else "its end"
        # A receiver also goes on when the last sender has closed.
        closed = f", and {_have(rest)} not closed {whose}" if wait.kind is WaitKind.RECEIVE else ""
        if len(rest) == 1:
            return text("; ") + _people(rest) + text(f" does not call `{verb}` {_ON}{closed}")
        return text(f"; none of them calls `{verb}` {_ON}{closed}")
    if not name or might:
        return EMPTY
    if all(each.waits_alike for each in name):
        does, here = _DOES[wait.kind]
        line = text(f"; nobody {does} any more: ")
        only = _only(wait, name) if rest else _calling(wait, name)
        all_ = "it waits" if len(name) == 1 else "all wait"
        of_those = "of those that have it " if rest else ""
        return line + text(of_those) + only + text(f", and {all_} here to {here}")
    return text("; ") + _only(wait, name) if rest else EMPTY


_DOES = {
    WaitKind.RECEIVE: ("sends into it", "receive"),
    WaitKind.SEND: ("receives from it", "send"),
}
"""What no task does any more, and what all of them do instead."""


def _of(wait: Wait, grade: Grade) -> list[Foreseen]:
    return [each for each in wait.foreseen or () if each.grade is grade]


def _others(wait: Wait, who: tuple[TaskLabel, ...]) -> tuple[TaskLabel, ...]:
    """The tasks whose code does not call it any more."""
    known = {each.task for each in wait.foreseen or ()}
    return tuple(label for label in who if label not in known)


def _only(wait: Wait, some: list[Foreseen]) -> Line:
    return text("only ") + _calling(wait, some)


def _calling(wait: Wait, some: list[Foreseen]) -> Line:
    """``a (3) and b (4) still call `set` (:15)``."""
    verb = "use" if any(each.name in _STATEMENTS for each in some) else "call"
    called = dict.fromkeys(_STATEMENTS.get(each.name, each.name) for each in some)
    attributes = join([text(f"`{each}`") for each in called], " or ")
    return (
        _people(some) + text(f" still {verb}{_ends_in_s(some)} ") + attributes + _places(wait, some)
    )


def _people(some: list[Foreseen] | tuple[TaskLabel, ...], last: str = "and") -> Line:
    labels = tuple(each.task if isinstance(each, Foreseen) else each for each in some)
    return words.names(labels, last)


def _places(wait: Wait, some: list[Foreseen]) -> Line:
    """``(:15, other.py:3)``: without the file if that is the file of the wait."""
    file = wait.place.filename if wait.place is not None else ""
    found = dict.fromkeys(each.place for each in some if each.place is not None)
    if not found:
        return EMPTY
    shown = [_short(each, file) for each in list(found)[:_PLACES]]
    if len(found) > _PLACES:
        shown.append(text(f"{len(found) - _PLACES} more"))
    return text(" (") + join(shown) + text(")")


def _short(place: Place, file: str) -> Line:
    return text(f":{place.line}", "place") if place.filename == file else words.place(place)


def _have(some: tuple[TaskLabel, ...]) -> str:
    return "has" if len(some) == 1 else "they have"


def _ends_in_s(some: list[Foreseen]) -> str:
    return "s" if len(some) == 1 else ""


def _s(some: tuple[TaskLabel, ...]) -> str:
    return "s" if len(some) == 1 else "ve"


def _do(some: tuple[TaskLabel, ...]) -> str:
    return "does" if len(some) == 1 else "do"

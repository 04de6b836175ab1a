"""Which exceptions a breakpoint on exceptions is about.

Owns: matching `ExceptionTarget` against an exception, and whether the program's code has seen it
before.
Does not own: noticing that it is raised (lines), hits (hits).

Each exception counts once: where it first comes to the program's own code.  That is the line that
raises it or, if a library or Trio raised it, the call or await at which it arrives.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import trio

from stepdbg.engine.stacks.frames import is_own
from stepdbg.model.breakpoints import ExceptionTarget

if TYPE_CHECKING:
    from .breakpoints import Breakpoint, BreakpointTable

# Cancelled is Trio's way to unwind; the others are how loops and awaits end.
_PROTOCOL = (trio.Cancelled, StopIteration, StopAsyncIteration, GeneratorExit)


def _names_of(kind: type[BaseException]) -> set[str]:
    names = set()
    for each in kind.__mro__:
        names |= {each.__name__, each.__qualname__, f"{each.__module__}.{each.__qualname__}"}
    return names


def _is_named(target: ExceptionTarget, error: BaseException) -> bool:
    if target.type is None:
        return not isinstance(error, _PROTOCOL)
    return target.type in _names_of(type(error))


def leaves_with(target: ExceptionTarget, error: BaseException) -> bool:
    """Whether a target is about an exception that leaves a task.

    The members of an exception group count as well: a nursery wraps what its tasks raise.
    """
    return _is_named(target, error) or any(
        leaves_with(target, member) for member in _members(error)
    )


def comes_with(target: ExceptionTarget, error: BaseException) -> bool:
    """Whether a target is about an exception that has just come to the program's own code.

    A group that a nursery has made counts only for those of its members that the program's code has
    not seen.  The others were reported when the program's code saw them.
    """
    members = _members(error)
    entry = error.__traceback__
    made_elsewhere = bool(members) and entry is not None and entry.tb_next is not None
    if _is_named(target, error) and not (made_elsewhere and target.type is None):
        return True
    return any(_is_news(member) and comes_with(target, member) for member in members)


def _members(error: BaseException) -> Sequence[BaseException]:
    return error.exceptions if isinstance(error, BaseExceptionGroup) else ()


def _is_news(error: BaseException) -> bool:
    """Whether no code of the program's own has seen an exception yet."""
    entry = error.__traceback__
    while entry is not None:
        if is_own(entry.tb_frame.f_code.co_filename):
            return False
        entry = entry.tb_next
    return True


def any_raised(table: BreakpointTable) -> bool:
    """Whether any breakpoint waits for exceptions being raised."""
    return any(
        isinstance(each.spec.target, ExceptionTarget) and not each.spec.target.uncaught
        for each in table.enabled(ExceptionTarget)
    )


def wanted(
    table: BreakpointTable, error: BaseException, *, uncaught: bool = False
) -> list[Breakpoint]:
    """The enabled breakpoints that are about an exception.

    Args:
        uncaught: it leaves a task (True), or it has come to the program's own code (False).
    """
    is_about = leaves_with if uncaught else comes_with
    return [
        each
        for each in table.enabled(ExceptionTarget)
        if isinstance(each.spec.target, ExceptionTarget)
        and each.spec.target.uncaught == uncaught
        and is_about(each.spec.target, error)
    ]

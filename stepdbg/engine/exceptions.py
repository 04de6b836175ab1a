"""Which exceptions a breakpoint on exceptions is about.

Owns: matching `ExceptionTarget` against an exception.
Does not own: noticing that it is raised (lines), hits (hits).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import trio

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


def matches(target: ExceptionTarget, error: BaseException) -> bool:
    """Whether a target is about an exception; without a name, loop protocols are not meant.

    The members of an exception group count, too: a nursery wraps what its tasks raise.
    """
    if target.type is None:
        return not isinstance(error, _PROTOCOL)
    if target.type in _names_of(type(error)):
        return True
    return isinstance(error, BaseExceptionGroup) and any(
        matches(target, member) for member in error.exceptions
    )


def any_raised(table: BreakpointTable) -> bool:
    """Whether any breakpoint waits for exceptions being raised."""
    return any(
        isinstance(each.spec.target, ExceptionTarget) and not each.spec.target.uncaught
        for each in table.enabled(ExceptionTarget)
    )


def wanted(
    table: BreakpointTable,
    error: BaseException,
    *,
    uncaught: bool = False,
    by_own_code: bool = True,
) -> list[Breakpoint]:
    """The enabled breakpoints that are about an exception.

    Args:
        by_own_code: the program's own code raises it, not a library that it calls.
        uncaught: it leaves a task (True), or it is being raised (False).
    """
    return [
        each
        for each in table.enabled(ExceptionTarget)
        if isinstance(each.spec.target, ExceptionTarget)
        and each.spec.target.uncaught == uncaught
        and (by_own_code or each.spec.target.type is not None)
        and matches(each.spec.target, error)
    ]

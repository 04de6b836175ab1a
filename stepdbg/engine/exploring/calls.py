"""The call that is explored, and the moment at which a process can be forked for it.

Owns: noticing that the run begins which is to be explored; `call_of` for a function.
Does not own: finding the call on the stack (_trio_internals.repeating), forks (launcher.exploring).
"""

from __future__ import annotations

from collections.abc import Callable
from sys import _getframe
from typing import Any

from stepdbg._trio_internals import names, repeating, runs
from stepdbg._trio_internals.repeating import RunCall

__all__ = ["RunCall", "at_run", "call_of"]


def at_run(number: int, explore: Callable[[RunCall | None], None]) -> Callable[[], None]:
    """Let something explore the run of this number, before it has anything of its own.

    Args:
        number: from 1.
        explore: given the call of ``trio.run``, None for a guest run, which cannot be repeated.
            What it raises comes out of that call.

    Returns:
        A function that ends it.

    Raises:
        StepdbgError: this Trio cannot be explored.
    """
    names.check()
    seen = 0

    def begins() -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            restore()
            explore(repeating.call_under_way(_getframe(1)))

    restore = runs.patch_run_start(begins)
    return restore


def call_of(
    function: Callable[..., Any],
    arguments: tuple[object, ...],
    invariant: Callable[[], object] | None = None,
) -> RunCall:
    """The call ``trio.run(function, *arguments)``.

    invariant: see `RunCall`.

    Raises:
        StepdbgError: this Trio cannot be explored.
    """
    names.check()
    return RunCall(function, arguments, invariant=invariant)


def is_inside_run() -> bool:
    """Whether this thread is inside of a run."""
    return runs.current_runner() is not None

"""The call that is explored, and the moment at which a process can be forked for it.

Owns: noticing that the explored run begins; `call_of` for a function; `Around` for
code that begins runs itself.
Does not own: finding the call on the stack (_trio_internals.repeating), forks (launcher.exploring).
"""

from __future__ import annotations

from collections.abc import Callable
from sys import _getframe
from typing import Any, Protocol

from stepdbg._trio_internals import names, repeating, runs
from stepdbg._trio_internals.repeating import RunCall
from stepdbg.model.standard import threading

from .choosers import Following
from .explored import MOST_STEPS, ExploredRun

__all__ = ["Around", "Repeatable", "RunCall", "at_run", "call_of", "carried", "is_inside_run"]


class Repeatable(Protocol):
    """What is explored."""

    @property
    def invariant(self) -> Callable[[], object] | None:
        """What must hold after each step, see `RunCall`; None if there is nothing."""

    @property
    def brings_clock(self) -> bool:
        """Whether each repetition needs a process of its own, because all use the same clock."""

    def make(self, run: ExploredRun, /) -> object:
        """Make the call once, with `run` as an instrument of the run that is explored.

        Raises what the call raises.
        """


class Around:
    """Code that begins runs itself, such as a test with its fixtures.

    One of its runs is explored.  The others that begin on the same thread take the default order;
    they have a clock of stepdbg's as well.

    Args:
        does: the code.  Its argument is a function that says whether a run was abandoned half-way;
            if so, the code need not go on.
        number: which of its runs is explored, from 1.
        invariant: see `RunCall`.
    """

    brings_clock = False

    def __init__(
        self,
        does: Callable[[Callable[[], bool]], object],
        number: int = 1,
        invariant: Callable[[], object] | None = None,
    ) -> None:
        names.check()
        self._does, self._number = does, number
        self.invariant = invariant

    def make(self, run: ExploredRun, /) -> object:
        """Run the code once; see `Repeatable`."""
        begun, restore = carried(run, self._number)
        try:
            return self._does(lambda: any(each.ended for each in begun))
        finally:
            restore()
            run.others.extend(each for each in begun if each is not run)


def carried(run: ExploredRun, number: int) -> tuple[list[ExploredRun], Callable[[], None]]:
    """Make every run that begins on this thread from now on an explored one.

    Args:
        run: the instrument of one of them; the others take the default order.
        number: which one that is, from 1.

    Returns:
        The instruments of those that have begun so far, and a function that ends this.
    """
    begun: list[ExploredRun] = []
    here = threading.get_ident()

    def begins() -> ExploredRun | None:
        if threading.get_ident() != here:
            return None
        is_it = len(begun) + 1 == number
        begun.append(run if is_it else ExploredRun(Following(()), MOST_STEPS, lambda: False))
        return begun[-1]

    return begun, runs.patch_run_start(begins)


def at_run(number: int, explore: Callable[[RunCall | None], None]) -> Callable[[], None]:
    """Let a function explore the run with a number when that run begins.

    Args:
        number: which run, from 1.
        explore: gets the call of ``trio.run``, or None for a guest run, which cannot be repeated.
            What it raises is raised by that call.

    Returns:
        A function that ends this.

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
    """Whether this thread is inside a run."""
    return runs.current_runner() is not None

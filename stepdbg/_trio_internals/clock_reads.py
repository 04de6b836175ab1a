"""What the code of a program reads on the clock of its run: hearing of it, and answering.

Owns: `watch_reads`, `answer_reads`, `leave_out`.
Does not own: what scopes find on the clock when they check their deadlines (patches).

`trio.current_time`, and all of Trio that makes deadlines, asks `Runner.current_time`.  Trio's loop
asks the clock itself.  So a function in the place of that method costs a program nothing that does
not ask.  `trio.lowlevel.current_clock` gives the clock, so while somebody hears of the reads, it
gives an object that asks in the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FrameType
from typing import Protocol

import trio
from trio._core._run import GLOBAL_RUN_CONTEXT, Runner

from stepdbg.model.depth import missed
from stepdbg.model.standard import sys

from .patches import Listeners, Listening, Undo, replace_method
from .runs import is_system

Hear = Callable[[float, int], object]
Answer = Callable[[float], float]


class Decider(Protocol):
    """Evaluates conditions and log texts of the user's."""

    @property
    def asking(self) -> object | None: ...
    def asks_in(self, frame: FrameType) -> bool: ...


_deciders: list[Decider] = []
"""What they read does not count, because they may not be there when the program runs once more."""


def leave_out(decider: Decider) -> Undo:
    """Do not count what is read for a decision; returns a function that ends that."""
    _deciders.append(decider)

    def end() -> None:
        if decider in _deciders:
            _deciders.remove(decider)

    return end


class _AskedClock(trio.abc.Clock):
    """Gives the time as `trio.current_time` does.

    Args:
        runner: the run.
    """

    __slots__ = ("_runner",)

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    def start_clock(self) -> None:
        """Does nothing: the run has begun."""

    def current_time(self) -> float:
        """The time on the clock of the run."""
        return _read(self._runner, 3)

    def deadline_to_sleep_time(self, deadline: float) -> float:
        """As the clock of the run has it."""
        return self._runner.clock.deadline_to_sleep_time(deadline)


class _ReadListeners(Listeners[Hear, Answer]):
    """The functions to call when a program reads the clock of one run.

    asked: what the program gets instead of the clock.
    """

    __slots__ = ("asked",)

    def __init__(self, runner: Runner) -> None:
        super().__init__(runner)
        self.asked = _AskedClock(runner)


def _read(runner: Runner, depth: int) -> float:
    """The time that code gets if it asks for it.

    depth: how many frames a listener has to skip to find the code that asks.  Few listeners need
        that code, and each look at a frame calls the audit hooks of the program.
    """
    now = runner.clock.current_time()
    listeners = _reads.of.get(id(runner))
    if listeners is None:
        return now
    task = getattr(GLOBAL_RUN_CONTEXT, "task", None)
    if task is None or is_system(runner, task):
        return now
    try:
        for each in _deciders:
            if each.asking is not None and each.asks_in(sys._getframe()):
                return now
        if listeners.answer is not None:
            now = listeners.answer(now)
        for hear in listeners.hear:
            hear(now, depth)
    except RecursionError:  # the program's stack has no room for ours
        missed.append("noting what is read on the clock")
    return now


def _current_time(self: Runner) -> float:
    return _read(self, 4)  # one more, which is `trio.current_time`


def _current_clock(self: Runner) -> trio.abc.Clock:
    listeners = _reads.of.get(id(self))
    return self.clock if listeners is None else listeners.asked


def _replace_methods() -> Undo:
    restores = (
        replace_method(Runner, "current_time", _current_time),
        replace_method(Runner, "current_clock", _current_clock),
    )

    def restore() -> None:
        for each in restores:
            each()

    return restore


_reads = Listening(_ReadListeners, _replace_methods)


def watch_reads(runner: Runner, hear: Hear) -> Undo:
    """Call `hear` whenever a step of the program's reads the clock of its run.

    hear: is given the time, and how many frames to skip to find the code that asks; it must not
        raise.

    Returns:
        A function that ends it.
    """
    return _reads.hear(runner, hear)


def answer_reads(runner: Runner, answer: Answer) -> Undo:
    """Let `answer` say what time it is when a step of the program's reads the clock.

    answer: is given the time on the clock; it must not raise.

    Returns:
        A function that ends it.
    """
    return _reads.answer(runner, answer)

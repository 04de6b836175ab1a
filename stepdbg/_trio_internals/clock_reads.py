"""What the code of a program reads on the clock of its run: hearing of it, and answering.

Owns: `watch_reads`, `answer_reads`; `Asking`, in which nothing counts as read.
Does not own: what scopes find on the clock when they check their deadlines (patches).

`trio.current_time`, and all of Trio that makes deadlines, asks `Runner.current_time`.  Trio's loop
asks the clock itself.  So a function in the place of that method costs a program nothing that does
not ask.  `trio.lowlevel.current_clock` gives the clock, so while somebody hears of the reads, it
gives an object that asks in the same way.
"""

from __future__ import annotations

from collections.abc import Callable

import trio
from trio._core._run import GLOBAL_RUN_CONTEXT, Runner

from stepdbg.model.depth import missed
from stepdbg.model.standard import threading

from .patches import replace_method
from .runs import is_system

Hear = Callable[[float, int], object]
Answer = Callable[[float], float]


_asking: list[int] = []
"""The threads that evaluate a condition or a log text of the user's now."""


class Asking:
    """A block in which this thread evaluates a condition or a log text of the user's.

    It reads the clock itself, because it may not be there when the program runs once more.
    """

    __slots__ = ()

    def __enter__(self) -> None:
        _asking.append(threading.get_ident())

    def __exit__(self, *_: object) -> None:
        _asking.remove(threading.get_ident())


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


class _Listeners:
    """The functions to call when a program reads the clock of one run.

    asked: what the program gets instead of the clock.
    """

    __slots__ = ("answer", "asked", "hear")

    def __init__(self, runner: Runner) -> None:
        self.hear: tuple[Hear, ...] = ()
        self.answer: Answer | None = None
        self.asked = _AskedClock(runner)


_watched: dict[int, _Listeners] = {}
"""By the identity of the runner: those that somebody watches."""

_undo: list[Callable[[], None]] = []
"""What undoes the wrapping; empty while nothing is wrapped."""


def _read(runner: Runner, depth: int) -> float:
    """The time that somebody gets who asks for it.

    depth: how many callers a function that is called here has to skip to find the code that asks.
        Most do not need to know that, and CPython calls audit hooks at each look at a frame.
    """
    now = runner.clock.current_time()
    listeners = _watched.get(id(runner))
    if listeners is None:
        return now
    task = getattr(GLOBAL_RUN_CONTEXT, "task", None)
    if task is None or is_system(runner, task):
        return now
    if _asking and threading.get_ident() in _asking:
        return now
    try:
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
    listeners = _watched.get(id(self))
    return self.clock if listeners is None else listeners.asked


def _listeners_of(runner: Runner) -> _Listeners:
    if not _undo:
        _undo.append(replace_method(Runner, "current_time", _current_time))
        _undo.append(replace_method(Runner, "current_clock", _current_clock))
    listeners = _watched.get(id(runner))
    if listeners is None:
        listeners = _watched[id(runner)] = _Listeners(runner)
    return listeners


def _look_away(runner: Runner) -> None:
    listeners = _watched.get(id(runner))
    if listeners is not None and not listeners.hear and listeners.answer is None:
        del _watched[id(runner)]
    if not _watched:
        while _undo:
            _undo.pop()()


def watch_reads(runner: Runner, hear: Hear) -> Callable[[], None]:
    """Call `hear` whenever a step of the program's reads the clock of its run.

    hear: is given the time, and how many callers to skip before the code that asks; it must not
        raise.

    Returns:
        A function that ends it.
    """
    listeners = _listeners_of(runner)
    listeners.hear = (*listeners.hear, hear)

    def restore() -> None:
        listeners.hear = tuple(each for each in listeners.hear if each != hear)
        _look_away(runner)

    return restore


def answer_reads(runner: Runner, answer: Answer) -> Callable[[], None]:
    """Let `answer` say what time it is when a step of the program's reads the clock.

    answer: is given the time on the clock; it must not raise.

    Returns:
        A function that ends it.
    """
    listeners = _listeners_of(runner)
    listeners.answer = answer

    def restore() -> None:
        listeners.answer = None
        _look_away(runner)

    return restore

"""Stretches of real time in which nothing of the program runs, so that its time stands still.

Owns: `Still`, one such stretch of a thread: the clock of its run, the program's alarm, and what
times steps.
Does not own: clocks (process.clock), the alarm (process.alarm), or when time stands still: at each
stop and look (held, stopping), when a failure is noticed (noticing), when the user is told
something (running.session).

Only code of stepdbg and of the user runs in such a stretch.  A condition or a log text counts as
the program's own code here: while it runs, the program's time goes by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from stepdbg._trio_internals import recording
from stepdbg.engine.process.alarm import REAL, put_aside, put_back, time_left
from stepdbg.engine.process.clock import hold_clock, seconds_since
from stepdbg.model.standard import time

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from stepdbg._trio_internals import runs
    from stepdbg.engine.process.ticking import Ticker

    from .held import RunHold


class LeavesOut(Protocol):
    """Times a step."""

    @property
    def ticker(self) -> Ticker | None: ...
    def leave_out(self, seconds: float) -> None: ...


class TimesSteps(Protocol):
    """Observes what happens in the run."""

    @property
    def slow(self) -> LeavesOut: ...


class Timed(Protocol):
    """A run whose time can stand still."""

    @property
    def runner(self) -> runs.Runner: ...
    @property
    def hold(self) -> RunHold: ...
    @property
    def events(self) -> TimesSteps: ...


class Still:
    """Lets time stand still in its block; such blocks nest.

    A class: every stop enters it, and `contextlib.contextmanager` is slower.

    Args:
        run: the run of this thread; None outside of any, where only the alarm stands.
        since: the moment of `perf_counter` from which nothing of the program has run; None: now.
    """

    __slots__ = ("_alarm", "_begun", "_clock", "_late", "_nested", "_run")

    def __init__(self, run: Timed | None, since: float | None = None) -> None:
        now = time.perf_counter()
        self._late = 0.0 if since is None else seconds_since(since, now)
        self._begun = now - self._late
        self._run = run
        self._nested = self._alarm = False
        self._clock: AbstractContextManager[None] | None = None

    def __enter__(self) -> None:
        run = self._run
        if run is not None and run.hold.stands:  # inside another block: it stands already
            self._nested = True
            return
        try:
            if time_left(REAL)[0]:
                self._alarm = True
                put_aside(self, self._late)
            if run is not None:
                clock = hold_clock(run.runner.clock, self._late)
                clock.__enter__()
                self._clock = clock
                run.hold.stands, run.hold.since = True, self._begun
        except BaseException:  # from a signal handler of the program: time goes on
            self.__exit__()
            raise

    def __exit__(self, *_: object) -> None:
        if self._nested:
            return
        run, clock = self._run, self._clock
        try:
            if run is not None and clock is not None:
                clock.__exit__(None, None, None)
                # For slow steps and the log, this time belongs to no step.  A tracer of the program
                # may record the run in a session of its own.
                seconds = time.perf_counter() - self._begun
                run.events.slow.leave_out(seconds)
                for hook in recording.hooks_of(run.runner):
                    hook.resumed(seconds)
                run.hold.stands = False
                ticker = run.events.slow.ticker
                if ticker is not None and ticker.parked:
                    ticker.wake()
        finally:
            if self._alarm:
                put_back(self)

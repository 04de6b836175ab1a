"""How a run gets on while nothing stops it.

Owns: `ProgressWatch`: reports to a front end, about four times a second after the first second.
Does not own: the thread that looks (lasting, process.ticking), what is shown (frontends).

That thread reads everything, so no hook and no step of the program pays for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from stepdbg._trio_internals import runs, stepping, tasks
from stepdbg.engine.process.clock import HeldClock
from stepdbg.engine.process.python_threads import stack_of
from stepdbg.model.standard import time
from stepdbg.model.steering import Progress
from stepdbg.model.task import RunState

if TYPE_CHECKING:
    from .lasting import LookedAt

_PATIENCE: Final = 1.0
"""Seconds after which a run that has not stopped is reported."""

_BETWEEN: Final = 0.24
"""Seconds between two reports."""

_MOST_ASKED: Final = 2_000
"""Steps are added up for at most this many tasks: for more, that would take 1 % of the time."""


class ProgressWatch:
    """Reports on the run that began last.

    Args:
        report: receives the reports; None when no run goes on.
    """

    def __init__(self, report: Callable[[Progress | None], None]) -> None:
        self._report = report
        self._since: float | None = None
        self._due = 0.0
        self._begin_report(0.0)

    def look(self, followed: Sequence[LookedAt], *, wanted: bool) -> bool:
        """Report on the newest run if it is time; returns whether to look again soon.

        Args:
            followed: the runs.
            wanted: whether the user wants to see it.
        """
        if not wanted or not followed or any(map(_is_held, followed)):
            self.rest()
            return False
        run, now = followed[-1], time.perf_counter()
        if self._since is None:
            self._since, self._due = now, now + _PATIENCE
            self._begin_report(now)
        self._looks += 1
        try:
            self._busy += _is_busy(run)
            due = now >= self._due
            progress = _progress(run, busy=self._was_busy(now)) if due else None
        except (RuntimeError, AttributeError):  # a task was spawned or the run ended meanwhile
            return True
        if progress is not None:
            self._due = now + _BETWEEN
            self._report(progress)
            self._begin_report(now)
            if self._since is None:  # the run ended, or stopped, while this report was made
                self._report(None)
        return True

    def _begin_report(self, now: float) -> None:
        self._looks = self._busy = 0
        self._from, self._used = now, time.process_time()

    def _was_busy(self, now: float) -> bool:
        """Whether the run was busy: at most of the looks, or by the processor time it used.

        Two signs are needed.  A loop that always finds something to read lets other threads run
        only while it asks for that, so it seems idle at each look.  A step that waits in C uses no
        processor time.
        """
        used = time.process_time() - self._used
        return 2 * self._busy > self._looks or 2 * used > now - self._from

    def rest(self) -> None:
        """Report that no run goes on."""
        if self._since is not None:
            self._since = None
            self._report(None)


def _is_busy(run: LookedAt) -> bool:
    codes = [each.f_code for each in stack_of(run.life.ident)]
    return runs.has_queued(run.runner) or not stepping.is_idle(codes)


def _is_held(run: LookedAt) -> bool:
    return run.hold.stands or run.state is not RunState.RUNNING


def _progress(run: LookedAt, *, busy: bool) -> Progress:
    own = runs.system_numbers(run.runner)
    count, steps = runs.count_living(run.runner) - len(own), None
    if count <= _MOST_ASKED:
        living = runs.living_tasks(run.runner)
        steps = sum(tasks.steps_taken(each) for each in living if tasks.number(each) not in own)
    return Progress(
        # A clock of the program may not allow calls from another thread.
        time=run.life.time() if isinstance(run.runner.clock, HeldClock) else None,
        steps=steps,
        tasks=count,
        busy=busy,
    )

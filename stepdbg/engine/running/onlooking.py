"""Looking at runs without debugging them: no hook, no clock of stepdbg's, no stop.

Owns: the sessions and runs that exist for one look, and whether a look is safe now.
Does not own: what is done with a look (launcher), finding runs (_trio_internals).

If the present session debugs a run, the look goes through that session, because it knows more about
the run.  Any other run is looked at as it is now: its past was not recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import finding, runs, tasks
from stepdbg.engine.process.clock import hold_clock, seconds_since, stand_in_for, turn_back
from stepdbg.engine.process.python_threads import current_frames
from stepdbg.engine.seeing.inspector import LiveInspector
from stepdbg.engine.stacks.frames import TRIO_FOLDER
from stepdbg.engine.stopping.still import Still
from stepdbg.model.errors import NotNow
from stepdbg.model.facts import TaskNumber
from stepdbg.model.options import SessionOptions
from stepdbg.model.records import dataclass
from stepdbg.model.silent_front_end import SilentFrontEnd
from stepdbg.model.standard import threading, time
from stepdbg.model.task import plain_name
from stepdbg.model.waits import Explanation

from .run import DebuggedRun
from .session import Session

if TYPE_CHECKING:
    from stepdbg.engine.tracing.choice import Tracing
    from stepdbg.model.trace import TraceSink

_NOTE = "stepdbg only observes this run and does not know when it began, so times count from now"


@dataclass(frozen=True, slots=True)
class Sight:
    """A run that can be looked at.

    inspector: reads it.
    safe: whether it may be read at once; if not, Trio is just changing it.
    here: whether it is the calling thread's run.
    """

    inspector: LiveInspector
    safe: bool
    here: bool
    _runner: runs.Runner

    def soon(self, work: Callable[[], None]) -> None:
        """Do something on the run's own thread as soon as Trio is not in the middle of a change.

        This is safe in a signal handler.  If the run ends first, nothing happens.
        """
        runs.call_soon(self._runner, work)


class _Look:
    """One look at the process.

    Args:
        session: the session that debugs the process; None if there is none.
    """

    def __init__(self, session: Session | None) -> None:
        self._session = session
        self._apart = Session(SilentFrontEnd(), SessionOptions(record=False))
        self._tops = current_frames()
        self._threads = {thread.ident: thread.name for thread in threading.enumerate()}

    def reader(self, runner: runs.Runner, ident: int | None) -> LiveInspector:
        """A reader for a run.

        Args:
            ident: of its thread; None if it is a guest run whose host loop does something else.
        """
        known = None if self._session is None else self._session.runs.of_runner(runner)
        if known is not None:
            return LiveInspector(known.session, known)
        run = DebuggedRun(self._apart, self._apart.runs.new_number(), runner)
        run.life.begin_elsewhere(runner, ident or 0, self._threads.get(ident, "unknown"))
        run.life.note(_NOTE)
        run.registry.adopt(runs.living_tasks(runner))
        self._apart.runs.begun(run)
        return LiveInspector(self._apart, run)

    def everywhere(self) -> list[Sight]:
        """The runs of all threads, this thread's first."""
        me = threading.get_ident()
        found = [(each, ident) for ident, each in finding.runners_of_threads(self._tops).items()]
        here = finding.runner_here()
        if here is not None and not any(runner is here for runner, _ in found):
            found.append((here, me))
        found.sort(key=lambda each: each[1] != me)
        hidden = finding.other_runners([runner for runner, _ in found])
        return [self._sight(*each) for each in found] + [self._sight(each, None) for each in hidden]

    def ident_of(self, runner: runs.Runner) -> int | None:
        """The thread on whose stack a run is."""
        if runner is finding.runner_here():
            return threading.get_ident()
        found = finding.runners_of_threads(self._tops)
        return next((ident for ident, each in found.items() if each is runner), None)

    def _sight(self, runner: runs.Runner, ident: int | None) -> Sight:
        top = None if ident is None else self._tops.get(ident)
        here = ident == threading.get_ident()
        # Another thread goes on while this one reads its run.  So the other thread should read the
        # run itself, unless it is in a step, which may never end.
        safe = finding.is_at_rest(top, TRIO_FOLDER) and (here or not finding.is_waiting(top))
        return Sight(self.reader(runner, ident), safe, here, runner)


def runs_in_sight(session: Session | None) -> list[Sight]:
    """All runs of the process, this thread's first.

    Args:
        session: the one that debugs this process, if there is one.
    """
    return _Look(session).everywhere()


def run_here(session: Session | None) -> LiveInspector | None:
    """A reader for the run of this thread; None outside of any."""
    runner = finding.runner_here()
    return None if runner is None else _Look(session).reader(runner, threading.get_ident())


def leave_out_since(since: float, session: Session | None) -> None:
    """Leave the time since a moment of `perf_counter` out of the run's time: nothing of it ran.

    Args:
        session: the one that debugs this process, if there is one.
    """
    runner = finding.runner_here()
    known = None if runner is None or session is None else session.runs.of_runner(runner)
    late = seconds_since(since, time.perf_counter())
    with Still(known, since):
        pass
    if runner is not None and known is None:
        turn_back(runner.clock, late)


@contextmanager
def standing_since(since: float, session: Session | None) -> Iterator[None]:
    """A block in which the time of this thread's run stands still, as it did since a moment.

    Args:
        since: a moment of `perf_counter`; nothing of the program has run since then.
        session: the one that debugs this process, if there is one.
    """
    runner = finding.runner_here()
    known = None if runner is None or session is None else session.runs.of_runner(runner)
    late = seconds_since(since, time.perf_counter())
    with Still(known, since):
        if runner is None or known is not None:
            yield
            return
        with _standing(runner, late):
            yield


@contextmanager
def _standing(runner: runs.Runner, late: float) -> Iterator[None]:
    """Let a run's clock stand still in the block, although nobody debugs the run.

    Trio's own clock cannot, so another one has its place meanwhile.
    """
    own = runner.clock
    held = stand_in_for(own)
    if held is None:
        with hold_clock(own, late):
            yield
        return
    runner.clock = held
    try:
        with hold_clock(held, late):
            yield
    finally:
        runner.clock = own
        runs.set_back(own, own.current_time() - held.current_time())


def explain_task(task: Task, session: Session | None) -> Explanation:
    """Why a task does not go on; it may be in any run of the process.

    Raises:
        NotNow: it has exited.
    """
    runner = tasks.runner_of(task)
    if task.coro.cr_frame is None or task not in runner.tasks:
        raise NotNow(f"{plain_name(task.name)} has exited")
    look = _Look(session)
    return look.reader(runner, look.ident_of(runner)).why(TaskNumber(tasks.number(task)))


def trace_run_here(tracing: Tracing | None, sink: TraceSink, *, raw: bool) -> None:
    """Trace the run of this thread, which is about to begin.

    Args:
        tracing: of the session that debugs the run; None if it is not debugged.
        sink: takes the lines.
        raw: whether to trace the hooks of Trio's instruments, and not what stepdbg makes of them.
    """
    runner = runs.current_runner()
    assert runner is not None, "an instrument's hook is called in its run"
    if tracing is not None:
        tracing.expect(runner, sink, raw=raw)
        return
    apart = Session(SilentFrontEnd(), SessionOptions())
    apart.recording.tracing.expect(runner, sink, raw=raw)
    apart.join_run_here()

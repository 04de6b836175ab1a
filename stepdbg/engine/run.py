"""One debugged ``trio.run``.

Owns: the state of a run (plan, watched tasks, recorder, registry) and what Trio tells of it.
Does not own: which hooks it carries (carrying), the stop itself (stopping), pictures
(capture), quitting (quitting), or what is common to all runs (session).
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import runs
from stepdbg._trio_internals.spawns import SpawnLog
from stepdbg.model.facts import RunId
from stepdbg.model.stops import StopKind
from stepdbg.model.task import TaskLabel

from . import clock, frames, quitting, this_thread
from .carrying import Carried
from .ctrl_c import CtrlC
from .deadlocks import DeadlockWatch
from .events import RunEvents
from .failed_frames import FailedFrames, failed_frames_of, take_off_our_frames
from .failures import FailureBook
from .guard import report_bug
from .hooks import BeginHook, EndHook, Guarded
from .lints.looking import Looks
from .recorder import Recorder
from .registry import Registry
from .steering.state import Steered
from .stepping import LinePlan, Plan, StepAny
from .thread_frames import current_frames

if TYPE_CHECKING:
    from .exception_view import ExceptionView
    from .session import Session


class DebuggedRun:
    """A run from its first moment to its end.

    Args:
        session: what all runs share.
        number: the run's number.

    Attributes:
        state: ``running``, ``stopped``, ``waiting`` (its turn to be stopped) or ``ended``.
        held_task: at a stop, the task whose step is about to begin or under way.
        held_frame: at a stop inside a step, the innermost frame of the program.
        failed: at a stop where a task fails, its frames; exceptions: what it fails with.
        unfinished: the plan that a breakpoint interrupted, for `resume`.
        quits_with: what ``trio.run`` raises when it is quit, None for SystemExit.
        begun_at: its beginning in its clock's seconds.
    """

    def __init__(self, session: Session, number: RunId) -> None:
        self.session = session
        self.id = number
        self.registry = Registry(number, SpawnLog(frames.OWN_FILES, self.fail))
        self.plan = Plan()
        self.unfinished: Plan | None = None
        self.state = "running"
        self.thread = this_thread.name()
        self.ident = threading.get_ident()
        self.guest = False
        self.held_task: Task | None = None
        self.held_frame: FrameType | None = None
        self.failed: FailedFrames | None = None
        self.exceptions: ExceptionView | None = None
        self.failures = FailureBook()
        self._main_label: TaskLabel | None = None
        self.notes: tuple[str, ...] = ()
        self.end_time = 0.0
        self.quitting = False
        self.quits_with: BaseException | None = None
        self.steered = Steered(self)
        self.events = RunEvents(self)
        self.looks = Looks(self)
        self.begin_hook = BeginHook(self)
        self.end_hook = EndHook(self)
        self.carried = Carried(self)
        self.deadlocks = DeadlockWatch(self)
        self.ctrl_c = CtrlC(self)
        self.runner: runs.Runner
        self.begun_at = 0.0

    # -- its life ---------------------------------------------------------------------

    def begin(self) -> None:
        """The run begins; called on its thread before its first task exists."""
        self.attach()
        self._set_out()
        self.session.run_started(self)
        self.follow(StepAny(kind=StopKind.START) if self.session.stops_at_start() else Plan())

    def attach(self) -> None:
        """Take hold of the run of this thread."""
        runner = runs.current_runner()
        assert runner is not None, "a run is attached on its own thread"
        self.runner = runner
        self.session.ends.expect(self)
        self.carried.attached = True
        self.guest = runs.is_guest(runner)
        stand_in = clock.stand_in_for(runner.clock)
        if stand_in is not None:
            runner.clock = stand_in
        elif not clock.can_be_held(runner.clock):
            self.notes = ("the program's own clock cannot be held: time goes on at a stop",)
        self.begun_at = runner.clock.current_time()
        self.deadlocks.begin()
        self.ctrl_c.begin()

    def _set_out(self) -> None:
        """Give the run the clock and the coin that were asked for."""
        session = self.session
        if session.virtual_time and isinstance(self.runner.clock, clock.HeldClock):
            self.runner.clock = clock.virtual_clock()
            self.begun_at = self.runner.clock.current_time()
            self.notes += ("virtual time: it jumps when every task is blocked",)
        if session.seed is not None:
            runs.seed_coin(session.seed)
            self.notes += (f"seed {session.seed} for the order of batches",)

    def join(self) -> None:
        """Attach to a run that is under way, from inside of it."""
        self.attach()
        self.session.run_started(self)
        self.follow(Plan())

    def finish(self) -> None:
        """The run has ended; what it returns can still be changed."""
        self.end_time = self.time()
        self._main_label = self.main_label
        self.state = "ended"
        if self.quitting:
            quitting.end_of_run(self)
        self.session.run_ended(self)
        take_off_our_frames(sys.exception())

    def detach(self) -> None:
        """Carry no hook any more; the clock stays, it keeps time like Trio's own."""
        self.plan = Plan()
        self.unfinished = None
        self.deadlocks.end()
        self.ctrl_c.end()
        self.carried.drop()

    def fail(self, error: BaseException) -> None:
        """Something of ours went wrong: say so and let the program run on without us."""
        report_bug(error, f"watching run {self.id}")
        try:
            self.detach()
        except BaseException as again:  # nothing may escape from a hook
            report_bug(again, "detaching")

    def follow(self, plan: Plan) -> None:
        """Go on by this plan."""
        self.plan = plan
        self.session.lines.follow(plan if isinstance(plan, LinePlan) else None)
        self.carried.follow()

    def call_here(self, work: Callable[[], None]) -> None:
        """Do something on the thread of the run: at once if this is it, else soon."""
        if self.ident == threading.get_ident():
            work()
        else:
            runs.call_soon(self.runner, Guarded(self, work))

    # -- looking ----------------------------------------------------------------------

    @property
    def recorder(self) -> Recorder | None:
        """What has recorded the tasks, None if nothing has."""
        return self.carried.recorder

    @property
    def main_label(self) -> TaskLabel | None:
        """How the main task is called, None before there is one."""
        if self.state == "ended" or self.runner.main_task is None:
            return self._main_label
        return self.registry.label_of(self.runner.main_task)

    def time(self) -> float:
        """Program seconds since the beginning of the run."""
        return self.runner.clock.current_time() - self.begun_at

    def loop_frame(self) -> FrameType | None:
        """The frame of Trio's loop, from whichever thread this is asked."""
        if threading.get_ident() == self.ident:
            return runs.loop_frame(sys._getframe())  # noqa: SLF001 - documented, CPython only
        return runs.loop_frame(current_frames().get(self.ident))

    def live_frames(self, task: Task) -> list[FrameType]:
        """The live frames of a task, innermost first; of one that fails, the traceback's."""
        failed = failed_frames_of(self, task)
        if failed is not None:
            return failed.live_frames()
        return frames.task_frames(task, self.held_frame if task is self.held_task else None)

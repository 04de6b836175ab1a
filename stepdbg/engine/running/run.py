"""One debugged ``trio.run``.

Owns: the parts of a run, put together; its beginning and its end; the plan that it follows.
Does not own: its events (noticing.events), which hooks and recorder it carries (noticing.carrying),
the stop itself (stopping), pictures (seeing.capture), how a quit reaches it (ending.quitting), or
what is common to all runs (session).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from types import FrameType
from typing import TYPE_CHECKING, Protocol

from trio.lowlevel import Task

from stepdbg._trio_internals import runs
from stepdbg._trio_internals.spawns import SpawnLog
from stepdbg.engine.ending import quitting
from stepdbg.engine.ending.ways_out import give_back
from stepdbg.engine.failing.failed_frames import take_off_our_frames
from stepdbg.engine.failing.failures import FailureBook, is_failure
from stepdbg.engine.histories import reading
from stepdbg.engine.linting.looking import LintSearch
from stepdbg.engine.noticing.carrying import Carried
from stepdbg.engine.noticing.ctrl_c import CtrlC
from stepdbg.engine.noticing.events import RunEvents
from stepdbg.engine.noticing.hooks import BeginHook, EndHook
from stepdbg.engine.process import clock
from stepdbg.engine.process.guard import Guarded, hand_over, is_programs, once_more, report_bug
from stepdbg.engine.recording import step_log
from stepdbg.engine.recording.life import RunLife
from stepdbg.engine.recording.origins import Origins
from stepdbg.engine.recording.recorder import Recorder
from stepdbg.engine.recording.registry import Registry, ScopeNumbers
from stepdbg.engine.scheduling import replaying, writing_down
from stepdbg.engine.scheduling.state import Steered, detach
from stepdbg.engine.seeing.stops import StopReason
from stepdbg.engine.stacks import frames
from stepdbg.engine.stopping.held import Desk, Held, RunHold
from stepdbg.engine.stopping.stepping import LinePlan, Plan, StepAny
from stepdbg.engine.stopping.still import Still
from stepdbg.engine.stopping.stopping import RunStops
from stepdbg.engine.taping import taped_run
from stepdbg.engine.waiting.deadlocks import DeadlockWatch
from stepdbg.model import interrupts
from stepdbg.model.facts import RunId, ScopeNumber
from stepdbg.model.options import SessionOptions
from stepdbg.model.standard import sys, threading
from stepdbg.model.stops import DeadlockFound, Note, StopKind
from stepdbg.model.task import RunState

from . import going_back

if TYPE_CHECKING:
    from stepdbg.engine.breaking.breakpoints import BreakpointTable
    from stepdbg.engine.histories.reading import HistoryKeeper, HistoryReader
    from stepdbg.engine.histories.record_choice import RecordChoice
    from stepdbg.engine.histories.uncontrolled import Touches
    from stepdbg.engine.recording.recorded import Recorded
    from stepdbg.engine.recording.step_log import StepLog
    from stepdbg.engine.rewinding.journey import RewoundRun
    from stepdbg.model.tape import Tape
    from stepdbg.model.waits import Deadlock

    from .run_book import RunBook
    from .session import Session

    class _FollowingRun(replaying.ScheduledRun, RewoundRun, Protocol):
        """A run that begins, and may follow a schedule or its own past."""

    class _EndingRun(replaying.ScheduledRun, writing_down.LoggedRun, Protocol):
        """A run that ends, and may have followed a schedule or logged its own."""


class DebuggedRun:
    """A run from its first moment to its end.

    Args:
        session: what all runs share.
        number: the run's number.
        runner: Trio's runner, for a run that is only looked at; otherwise `attach` finds it.

    Attributes:
        hold: whether it is held, and at which stop.
        past: reads what was done to objects.
        still: gives a block in which its time stands still.
        live_frames: gives the live frames of a task, innermost first.
        quitting: whether everything in it has been cancelled because the user has quit.
        touches: notes what it touches that no schedule controls; None if that is not noted.
        steps: the log of all its steps, while it is recorded from its start.
        life: when and where it lives.
        time, loop_frame: methods of `life`.
        tell, origins, breakpoints: the session's, which all runs share.
        scope_number: the number of a cancel scope.
    """

    def __init__(self, session: Session, number: RunId, runner: runs.Runner | None = None) -> None:
        self.session = session
        self.tell = session.tell
        self.origins: Origins = session.origins
        self.history_reader = partial(_reader_of, self, session.origins, session.recording)
        self.breakpoints = session.breakpoints
        scopes = ScopeNumbers(self, session.scope_numbers)
        self.scope_number: Callable[[runs.CancelScope], ScopeNumber] = scopes.of
        self.id = number
        self.registry: Registry = Registry(number, SpawnLog(frames.OWN_FILES, self.fail))
        self.steps: Callable[[], StepLog] = _step_log_for(
            self.registry, session.options, session.breakpoints, session.recording
        )
        self.life = RunLife(number, self.registry)
        self.time = self.life.time
        self.loop_frame = self.life.loop_frame
        self.plan = Plan()
        self.hold = RunHold()
        self.still: Callable[[], Still] = partial(Still, self)
        self.live_frames: Callable[[Task], list[FrameType]] = self.hold.live_frames
        self.failures = FailureBook()
        self.touches: Touches | None = None
        self.quitting = False
        self._quits_with: BaseException | None = None
        self.stops = RunStops(self, session)
        self.stop: Callable[[StopReason], Held] = self.stops.stop
        self.remember: Callable[[StopReason], None] = self.stops.remember
        self.new_lints = partial(session.lints.at_stop, self)
        self.look_when_idle: Callable[[], None] = partial(session.lints.on_idle, self)
        self.steered = Steered(self)
        self.events: RunEvents = RunEvents(self)
        self.lint_search = LintSearch(self)
        self.begin_hook = BeginHook(self)
        self.end_hook = EndHook(self)
        self.carried = Carried(self)
        self.deadlocks = DeadlockWatch(self, session.origins, Deadlocked(self))
        self.ctrl_c = CtrlC(self)
        self._remembered: Recorder | None = None
        self.runner: runs.Runner
        if runner is not None:
            self.runner = runner

    # -- its life ---------------------------------------------------------------------

    def begin(self) -> None:
        """The run begins; called on its thread before its first task exists."""
        self.attach()
        _set_out(self.runner, self.life, self.session.options)
        _follow_schedule(self, self.life, self.session.options, self.session.runs)
        _begin_tape(self, self.session.options.tape)
        self.deadlocks.begin()  # the run has its clock now
        with Still(self):  # hooks and recorder may have to be imported
            self.session.run_started(self)
            starts = self.session.desk.stops_at_start()
            self.follow(StepAny(kind=StopKind.START) if starts else Plan())
            if self.recorder is not None and self.recorder.listeners is not None:
                self.recorder.listeners.take_all()  # so that a trace can name them
            if self.registry.paths is not None:  # it may have a schedule, or follow one
                self.touches = self.session.recording.histories.run_begins(self.id)
        interrupts.deliver()

    def attach(self, since: float | None = None) -> None:
        """Begin to debug the run of this thread, as of a moment of `perf_counter`; None: now."""
        runner = runs.current_runner()
        assert runner is not None, "a run is attached on its own thread"
        self.runner = runner
        self.session.ends.expect(self)
        self.carried.attached = True
        stand_in = clock.stand_in_for(runner.clock)
        if stand_in is not None:
            runner.clock = stand_in
        elif not clock.can_be_held(runner.clock):
            self.life.note("the program's own clock cannot be held: time goes on at a stop")
        self.life.begin(runner, since)
        self.deadlocks.begin()
        self.ctrl_c.begin()

    def finish(self) -> None:
        """The run has ended; what it returns can still be changed."""
        self.life.end()
        self.hold.run_ended()
        _end_schedule(self, self.session.options, self.session.desk)
        if self.quitting:
            quitting.end_with(self.runner, self._quits_with)
        recorder = self.recorder
        self.session.run_ended(self)
        if recorder is not None:
            recorder.let_go()
            self._remembered = recorder
            self.session.runs.remember(self)
        take_off_our_frames(sys.exception())
        del self.runner  # so that no object of Trio's stays alive
        self.life.let_go()

    def quit(self, leaving: BaseException | None = None) -> None:
        """Cancel everything in the run; called on its thread.

        Args:
            leaving: the exception for ``trio.run`` to raise; None for SystemExit.
        """
        if not self.quitting and self.state is not RunState.ENDED:
            self.quitting, self._quits_with = True, leaving
            self.steered.release_everybody()
            quitting.cancel_everything(self.runner, self.loop_frame())

    def leave(self) -> None:
        """Let the run go on without stepdbg; called on its thread."""
        self.detach()
        if hasattr(self, "runner"):
            give_back(self.runner, (self.begin_hook, self.end_hook))
            self.session.runs.ended(self)

    def detach(self) -> None:
        """Remove all hooks; the clock stays, because it keeps time like Trio's own."""
        self.plan = Plan()
        self.deadlocks.end()
        self.ctrl_c.end()
        detach(self.steered, runs_on=hasattr(self, "runner"))
        self.carried.drop()

    def fail(self, error: BaseException, work: Callable[[], object] | None = None) -> None:
        """Report an error of stepdbg, and let the program run on without stepdbg.

        An exception of a signal handler of the program goes on into the program.

        work: does the failed work again, if it failed because too few frames were left.
        """
        doing = f"watching run {self.id}"
        wrong = once_more(error, doing, work)
        if wrong is None or hand_over(wrong):
            return
        report_bug(wrong, doing)
        try:
            self.detach()
        except BaseException as again:  # nothing may escape from a hook
            report_bug(again, "detaching")

    def follow(self, plan: Plan) -> None:
        """Go on by this plan."""
        self.plan = plan
        self.session.lines.follow(plan if isinstance(plan, LinePlan) else None)
        self.carried.follow()

    def resume(self, plan: Plan) -> None:
        """Go on by this plan after a stop."""
        self.steered.before_resume()
        recorder = self.carried.recorder
        if recorder is not None:  # inlined, because every resume comes here
            recorder.last_at_stop = recorder.notes[-1] if recorder.notes else None
        self.follow(plan)

    def call_here(self, work: Callable[[], None]) -> None:
        """Do something on the thread of the run: at once if this is it, else soon."""
        if self.life.ident == threading.get_ident():
            work()
        else:
            self.life.call_soon(Guarded(self, work))

    # -- looking ----------------------------------------------------------------------

    @property
    def held(self) -> Held | None:
        """The stop at which it is held; None while it goes on."""
        return self.hold.held

    @property
    def state(self) -> RunState:
        """Whether it goes on."""
        return self.hold.state

    @property
    def recorder(self) -> Recorder | None:
        """The recorder of its tasks; None if there is none."""
        return self.carried.recorder or self._remembered

    def forget(self) -> None:
        """Drop what was recorded of this run: another run has ended since."""
        self._remembered = None


def _step_log_for(
    registry: Registry, options: SessionOptions, table: BreakpointTable, recording: RecordChoice
) -> Callable[[], StepLog]:
    """What gives the step log of a new run; its tasks get logical ids if anything needs them."""
    by_id = any(each.by_id for each in table)
    counts = options.spawn_paths or options.replay is not None or by_id
    if counts or recording.now(stepping=False):
        registry.count_spawns()
    # Otherwise only the log needs the ids. (Few programs are recorded, so it is imported late.)
    when_ended = (lambda: None) if counts else registry.count_no_more
    return cache(lambda: step_log.StepLog(when_ended))


def _set_out(runner: runs.Runner, life: RunLife, options: SessionOptions) -> None:
    """Give a run the clock and the random order that the options ask for."""
    if options.virtual_time and isinstance(runner.clock, clock.HeldClock):
        runner.clock = clock.virtual_clock()
        life.restart_time()
        life.note("virtual time: it jumps when every task is blocked")
    if options.seed is not None:
        runs.seed_coin(options.seed)
        life.note(f"seed {options.seed} for the order of batches")


def _follow_schedule(
    run: _FollowingRun,
    life: RunLife,
    options: SessionOptions,
    known: RunBook,
) -> None:
    """Let a run follow the given schedule, if that is about this run; or its own past."""
    again = known.way_back.follow(run)
    if again is not None:
        run.steered.replay = again
        life.restart_time()
    elif options.replay is not None and options.replay.header.run == run.id:
        run.steered.replay = replaying.begin(run, options.replay, options.seed)
        life.restart_time()


def _begin_tape(run: taped_run.TapedRun, tape: Tape | None) -> None:
    """At the first run of the process: let the tape record or replay what comes from outside."""
    if tape is not None and run.id == 1:
        run.steered.tape = taped_run.begin(run, tape)
    elif tape is not None and run.id == 2:
        run.tell(Note("the tape holds only run 1, not what later runs get from outside", "warning"))


def _end_schedule(run: _EndingRun, options: SessionOptions, desk: Desk) -> None:
    """At the end of a run: if the user is not asked about its failure, report what led there."""
    if run.steered.replay is not None:
        run.steered.replay.end()
    if run.touches is not None:
        run.touches.run_ends(run.id)
    error = runs.main_error(run.runner)
    failed = error is not None and not run.quitting and is_failure(error)
    if failed and not desk.front_end.would_answer():
        writing_down.tell_token(run, options.seed, run.tell)
    if run.steered.tape is not None:
        run.steered.tape.write(options.seed)


class Deadlocked:
    """What happens at a deadlock of a run; the `Orders` of `DeadlockWatch`."""

    def __init__(self, run: DebuggedRun) -> None:
        self._run = run

    def wants_to_know(self) -> bool:
        """Whether deadlocks matter: the run goes on, or the user has quit it and it hangs."""
        run = self._run
        wanted = not run.quitting or run.session.options.on_deadlock == "quit"
        return wanted and run.state is RunState.RUNNING

    def is_ending(self) -> bool:
        """Whether the run was quit."""
        return self._run.quitting

    def still(self) -> Still:
        """A block in which the run's time stands still."""
        return self._run.still()

    def deadlocked(self, deadlock: Deadlock, *, again: bool) -> None:
        """Do what the session wants at a deadlock; end a program whose clean-up is stuck."""
        run, session = self._run, self._run.session
        policy = session.options.on_deadlock
        if policy is None:
            policy = "stop" if session.desk.front_end.would_answer() else "report"
        if policy == "stop" and not run.quitting:
            run.stop(StopReason(StopKind.DEADLOCK, None, deadlock=deadlock))
            return
        if not again:
            session.tell(DeadlockFound(run.id, deadlock))
            writing_down.tell_token(run, session.options.seed, session.tell)
        if run.quitting:
            note = "the cleanup could not end, so the program was ended without the rest of it"
            session.tell(Note(note, "warning"))
        if policy == "quit":
            session.out.quit(hard=run.quitting)


def begin_hook_of(session: Session, number: RunId) -> BeginHook | None:
    """The hook for a run that begins; called inside the program's call of ``trio.run``.

    A SIGINT that arrives meanwhile is delivered when the run has begun.
    """
    try:
        with interrupts.taken_at_stop():
            if session.options.goes_back:
                going_back.keep(session, number, lambda: going_back.PastController(session))
            return DebuggedRun(session, number).begin_hook
    except BaseException as error:
        if is_programs(error):
            raise
        report_bug(error, "getting ready for a run")
        return None


def _reader_of(run: Recorded, origins: Origins, noting: HistoryKeeper) -> HistoryReader:
    """The reader of what was done to objects in a run; its module is imported at the first use."""
    return reading.HistoryReader(run, origins, noting)

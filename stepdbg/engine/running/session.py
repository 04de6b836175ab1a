"""The debugger of one process: what all its runs share.

Owns: the runs, the breakpoints, the prompt's lock, the front end, quitting and halting.
Does not own: one run's state (run), stops (stopping), reading and changing on behalf of a
front end (seeing.inspector, controller), or where the front end comes from (launcher).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from types import FrameType
from typing import TYPE_CHECKING

from stepdbg._trio_internals import clock_reads, names, runs
from stepdbg.engine.breaking import exceptions
from stepdbg.engine.breaking import hits as _hits
from stepdbg.engine.breaking.breakpoints import BreakpointTable
from stepdbg.engine.ending import quit_progress, quitting
from stepdbg.engine.ending.ways_out import WaysOut
from stepdbg.engine.failing.failures import Failures
from stepdbg.engine.histories.record_choice import RecordChoice
from stepdbg.engine.linting.watch import Lints
from stepdbg.engine.noticing.hooks import BeginHook, RunEnds
from stepdbg.engine.noticing.watches import Watches
from stepdbg.engine.process import python_threads
from stepdbg.engine.process.guard import settle
from stepdbg.engine.process.settings import Settings
from stepdbg.engine.recording.origins import Origins
from stepdbg.engine.scheduling import writing_down
from stepdbg.engine.seeing.inspector import LiveInspector
from stepdbg.engine.seeing.stops import StopReason
from stepdbg.engine.stacks import frames
from stepdbg.engine.stopping import outside
from stepdbg.engine.stopping.held import Desk, named_at
from stepdbg.engine.stopping.program_lines import ProgramLines
from stepdbg.engine.stopping.stepping import Arrival, Plan
from stepdbg.engine.stopping.still import Still
from stepdbg.engine.typed.evaluator import Evaluator
from stepdbg.model.breakpoints import BreakpointHit, WatchTarget
from stepdbg.model.options import SessionOptions
from stepdbg.model.standard import itertools
from stepdbg.model.stops import (
    Asked,
    Event,
    Note,
    ProgramEnded,
    RunEnded,
    RunStarted,
    StopKind,
)

from .controller import LiveController
from .run import DebuggedRun, begin_hook_of
from .run_book import RunBook

if TYPE_CHECKING:
    from stepdbg.engine.breaking.hits import Hits
    from stepdbg.engine.seeing.seen import SeenRun
    from stepdbg.model.protocols import DumpWriter, FrontEnd


class Session:
    """Debugs every ``trio.run`` of the process from `install` on.

    Args:
        front_end: asks the user at a stop.
        options: how it behaves.
        dump_writer: writes dumps; None if dumps cannot be written.

    Attributes:
        failures: what happens when tasks fail.
        desk: the prompt; one for the whole process.
        out: carries out the ways in which debugging ends.
        paused: whether the program has asked for a stop.
        recording: whether runs record what their tasks do.
    """

    def __init__(
        self,
        front_end: FrontEnd,
        options: SessionOptions | None = None,
        dump_writer: DumpWriter | None = None,
    ) -> None:
        options = options or SessionOptions()
        self.options = options
        self.settings = _settings_of(self, options)
        self.breakpoints = BreakpointTable()
        self.runs = RunBook()
        self.evaluator = Evaluator(lambda name: named_at(self.desk.asked, name))
        self.controller = LiveController(self)
        self.desk = Desk(
            front_end,
            self.controller,
            self.evaluator.forget_frames,
            lambda stop: writing_down.with_token(self.runs, options.seed, stop),
            stops_at_start=options.stops_at_start,
        )
        self.watches = Watches(self)
        self.failures = Failures(stops=options.stops_on_failure)
        self.dump_writer = dump_writer
        self.paused = False
        self.out = WaysOut(
            self.runs,
            lambda: self.desk.front_end,
            self.tell,
            self.uninstall,
            options.started,
            lambda by_key: quit_progress.QuitProgress(self.runs.active, self.tell, by_key=by_key),
        )
        self.is_held_here = self.desk.is_held_here
        self.lines = ProgramLines(self)
        self.ends = RunEnds(self.runs)
        self.origins: Origins = Origins()
        asked = partial(_asked_here, self.runs, self.desk)
        self.lints: Lints = Lints(self.settings.lint, self.runs, self.origins, self.tell, asked)
        self.recording: RecordChoice = RecordChoice(
            self.desk, self.origins, self.runs, self.settings, self.tell
        )
        self.scope_numbers: Iterator[int] = itertools.count(1)
        self._undo: list[Callable[[], None]] = []

    @cached_property
    def hits(self) -> Hits:
        """Decides which breakpoints are hit; made at the first event that may hit one."""
        changed, evaluator = self.breakpoints_changed, self.evaluator
        decider = _hits.Decider(self.breakpoints, self.tell, changed, lambda: evaluator.dollars)
        self._undo.append(clock_reads.leave_out(decider))
        known = self.runs.registry_of
        return _hits.Hits(self.breakpoints, decider, self.desk, self.out, known)

    # -- coming and going -------------------------------------------------------------

    def install(self) -> None:
        """Debug every run that begins from now on.

        Raises:
            StepdbgError: this Trio cannot be debugged; nothing was changed.
        """
        for sentence in names.check():
            self.tell(Note(sentence, "warning"))
        frames.set_own_patterns(self.settings.own.value)
        _listen(self.recording, self.lints, self.options)
        self.lints.arrange()
        self._undo.append(runs.patch_run_start(self._begin_hook))
        self.ends.begin()
        python_threads.listen(self.desk.front_end)
        self.desk.front_end.on_session(LiveInspector(self, None), self.controller)

    def uninstall(self) -> None:
        """Leave the program alone: both runs under way and runs that begin later."""
        while self._undo:
            self._undo.pop()()
        for each in list(self.breakpoints):
            self.breakpoints.remove(each.number)
        self.breakpoints.changed()
        self.ends.close()
        for run in self.runs.active():
            run.detach()
        python_threads.stop_listening()
        self.watches.arrange()
        self.recording.note_objects(False)
        self.lints.close()
        self.lines.close()

    def _begin_hook(self) -> BeginHook | None:
        if self.quitting:
            raise SystemExit(quitting.QUIT_EXIT_CODE)
        return begin_hook_of(self, self.runs.new_number())

    def join_run_here(self, since: float | None = None) -> DebuggedRun | None:
        """The run of this thread, attached as of `since` if it was not; None outside of any."""
        runner = runs.current_runner()
        if runner is None:
            return None
        run = self.runs.of_runner(runner)
        if run is None:
            run = DebuggedRun(self, self.runs.new_number())
            run.attach(since)
            self.run_started(run)
            run.follow(Plan())
        return run

    def run_started(self, run: DebuggedRun) -> None:
        """A run has begun."""
        self.out.take_finder_away()
        self.runs.begun(run)
        self.tell(RunStarted(run.id, run.life.thread, run.life.guest))

    def run_ended(self, run: DebuggedRun) -> None:
        """A run has ended; its outcome is known."""
        self.lints.run_ended(run)
        self.recording.run_ended(run.id, run)
        result, detail = ("quit", "") if run.quitting else quitting.describe_outcome(run.runner)
        self.tell(RunEnded(run.id, result, detail, run.life.end_time))
        self.failures.keep(run.failures)
        self.runs.ended(run, failed=result == "raised")
        run.detach()
        self.watches.arrange()

    def program_ended(self, exit_code: int | None, detail: str = "") -> None:
        """The program is over; `exit_code` is what the shell will see, if that is known."""
        self.out.program_ended()
        self.lines.close()
        self.tell(ProgramEnded(exit_code, detail))

    def tell(self, event: Event) -> None:
        """Pass an event to the front end; if that raises, it is reported as a bug of stepdbg."""
        try:
            self.desk.tell(event, self.runs.of_thread)
        except Exception as error:
            settle(error, f"showing {type(event).__name__}")

    # -- stops that do not come from a run's own events ---------------------------------

    def stop_here(self, arrival: Arrival, hits: tuple[BreakpointHit, ...]) -> BaseException | None:
        """Stop the code that runs on this thread, inside a run or outside of any.

        Returns: the exception to raise there; None for nothing.
        """
        if self.desk.is_held_here() or self.quitting:
            return None
        run = self.runs.of_thread()
        with Still(run, arrival.since):
            if run is None:
                return outside.hold_outside(self, arrival, hits)
            if runs.current_task() is None:
                outside.hold_between_steps(self, run, arrival, hits)
                return None
            return None if run.quitting else run.events.arrive(arrival, hits)

    def pause(self, frame: FrameType, asked: Asked) -> None:
        """Stop because the program asks for it; its run is debugged from now on."""
        self.paused = True
        if not (self.quitting or self.out.detached):
            self.lines.pause(frame, lambda: self.join_run_here(asked.since), asked)

    @property
    def quitting(self) -> bool:
        """Whether the user has quit: then nothing stops any more."""
        return self.out.quitting

    def inspector(self, run: SeenRun | None = None) -> LiveInspector:
        """What reads a run.

        Args:
            run: one of this session's; None: the run that the user is asked about, else the newest.
        """
        return LiveInspector(self, run)

    # -- what the user asks -----------------------------------------------------------

    def breakpoints_changed(self) -> None:
        """After a change of breakpoints, find out again which tasks and code they are about."""
        with Still(self.runs.of_thread()):  # the program may have caused it: a watch that is over
            self.breakpoints.changed()
            if self.breakpoints:
                _get_ready(self.hits, self.lines)
            self.lines.plant(self.breakpoints.on_lines)
            _watch(self)
            for run in self.runs.active():
                run.call_here(run.carried.look_again)


def _listen(recording: RecordChoice, lints: Lints, options: SessionOptions) -> None:
    """Begin to hear what is done to objects, what a run touches, what a schedule failed by.

    The first always, as far as the recorder wants it; the others only in a replay.
    """
    recording.note_objects(recording.now(stepping=False))
    if options.replay is not None:
        recording.histories.follow_schedule()
        if options.replay.header.lints:
            lints.collect(None)


def _asked_here(book: RunBook, desk: Desk) -> DebuggedRun | None:
    """The run that the user is asked about on this thread, if there is one."""
    return book.asked(desk.asked) if desk.is_held_here() else None


def _settings_of(session: Session, options: SessionOptions) -> Settings:
    """The settings, with what a change of some of them triggers."""
    settings = Settings(options.record)
    settings.own.tell(frames.set_own_patterns)
    settings.task_name.tell(lambda given: _name_tasks(session, given))
    return settings


def _name_tasks(session: Session, given: Mapping[int, str]) -> None:
    """Name tasks as the user has chosen; breakpoints may be about them now."""
    for run in session.runs.all():
        run.registry.names.give(given)
    session.breakpoints_changed()


def _watch(session: Session) -> None:
    """Watch values, if any value is or was watched, and exceptions that are raised."""
    following = session.lines.following
    if session.breakpoints.enabled(WatchTarget) or following.values is not None:
        session.hits.watched().arrange(following, session.runs.active())
    session.lines.watch_raises(exceptions.any_raised(session.breakpoints))


def _get_ready(hits: Hits, lines: ProgramLines) -> None:
    """After a breakpoint was set: import and make what its first hit will need."""
    hits.get_ready()
    lines.guard  # noqa: B018 - its module is imported at the first access
    StopReason(StopKind.BREAKPOINT, None)  # the first of a class takes longer
    Arrival(StopKind.BREAKPOINT)

"""The debugger of one process: what all its runs share.

Owns: the runs, the breakpoints, the prompt's lock, the front end, quitting and halting.
Does not own: one run's state (run), stops (stopping), reading and changing on behalf of a
front end (inspector, controller), or where the front end comes from (launcher).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING

from stepdbg._trio_internals import names, runs
from stepdbg.model.breakpoints import (
    BreakpointHit,
    FunctionTarget,
    LineTarget,
)
from stepdbg.model.stops import (
    Event,
    Note,
    ProgramEnded,
    Resume,
    RunEnded,
    RunStarted,
    StepTask,
    StopKind,
)

from . import exceptions, outside, quitting
from .breakpoints import BreakpointTable
from .controller import LiveController
from .ends import RunEnds
from .evaluate import Evaluator
from .failures import Failures
from .guard import report_bug
from .hooks import BeginHook
from .inspector import LiveInspector
from .lints.watch import Lints
from .origins import Origins
from .program_lines import ProgramLines
from .record_choice import RecordChoice
from .run import DebuggedRun
from .run_book import RunBook
from .scope_numbers import ScopeNumbers
from .stepping import Arrival
from .watches import Watches

if TYPE_CHECKING:
    from stepdbg.model.protocols import DumpWriter, FrontEnd

    from .outside import Outside
    from .quit_progress import QuitProgress


class Session:
    """Debugs every ``trio.run`` of the process from `install` on.

    Args:
        front_end: whom to ask at a stop.
        record: whether to record what tasks do: always, never, or (None) when the front
            end wants it and while the user steps.
        stops_on_failure: whether the first task that fails stops its run.

    Attributes:
        prompt: held while somebody is asked; one prompt for the whole process.
        failures: what happens when tasks fail.
        held: the run that has the prompt.  held_outside: or the thread outside of any run.
        quitting: the user has quit; nothing stops any more.  quit_progress: says how it goes.
        paused: whether the program has asked for a stop.
        dump_writer: writes dumps, if somebody does.
        recording: whether runs record what their tasks do.
        detached: the user has sent the debugger away.  when_detached: called then.
        virtual_time: sleeping takes no real time; for runs on Trio's own clock.
        seed: for Trio's coin, which decides the order of batches; None: as it comes.
        on_deadlock: ``stop``, ``report`` or ``quit``; None: stop if somebody would answer.
    """

    def __init__(
        self, front_end: FrontEnd, *, record: bool | None = None, stops_on_failure: bool = False
    ) -> None:
        self.front_end = front_end
        self.breakpoints = BreakpointTable()
        self.evaluator = Evaluator()
        self.lines = ProgramLines(self)
        self.watches = Watches(self)
        self.prompt = threading.RLock()
        self.held: DebuggedRun | None = None
        self.held_outside: Outside | None = None
        self.quitting = False
        self.quit_progress: QuitProgress | None = None
        self.failures = Failures(stops=stops_on_failure)
        self.on_deadlock: str | None = None
        self.detached = False
        self.when_detached: Callable[[], None] | None = None
        self.virtual_time = False
        self.seed: int | None = None
        self.dump_writer: DumpWriter | None = None
        self.paused = False
        self.last_resume: Resume | None = None
        self.runs = RunBook()
        self.ends = RunEnds(self.runs)
        self.origins = Origins()
        self.lints = Lints(self)
        self.controller = LiveController(self)
        self.recording = RecordChoice(self, record)
        self.scope_number = ScopeNumbers().of
        self._uninstall: Callable[[], None] | None = None

    # -- coming and going -------------------------------------------------------------

    def install(self) -> None:
        """Debug every run that begins from now on.

        Raises:
            StepdbgError: this Trio cannot be debugged; nothing was changed.
        """
        for sentence in names.check():
            self.tell(Note(sentence, "warning"))
        self.origins.record(self.recording.now(stepping=False))
        self.lints.arrange()
        self._uninstall = runs.patch_run_start(self._begin_hook)
        self.ends.begin()
        self.front_end.on_session(LiveInspector(self, None), self.controller)

    def uninstall(self) -> None:
        """Leave the program alone: runs under way and those that begin from now on."""
        if self._uninstall is not None:
            self._uninstall()
            self._uninstall = None
        for each in list(self.breakpoints):
            self.breakpoints.remove(each.number)
        self.breakpoints.changed()
        self.ends.close()
        for run in self.runs.active():
            run.detach()
        self.watches.arrange()
        self.origins.record(False)
        self.lints.close()
        self.lines.close()

    def _begin_hook(self) -> BeginHook:
        if self.quitting:
            raise SystemExit(quitting.QUIT_EXIT_CODE)
        return DebuggedRun(self, self.runs.new_number()).begin_hook

    def join_run_here(self) -> DebuggedRun | None:
        """The run of this thread, attached if it was not; None outside of any."""
        runner = runs.current_runner()
        if runner is None:
            return None
        run = self.runs.of_runner(runner)
        if run is None:
            run = DebuggedRun(self, self.runs.new_number())
            run.join()
        return run

    def run_started(self, run: DebuggedRun) -> None:
        """A run has begun."""
        self.runs.begun(run)
        self.tell(RunStarted(run.id, run.thread, run.guest))

    def run_ended(self, run: DebuggedRun) -> None:
        """A run has ended; its outcome is known."""
        self.lints.run_ended(run)
        result, detail = quitting.describe_outcome(run)
        self.tell(RunEnded(run.id, result, detail, run.end_time))
        self.failures.keep(run.failures)
        self.runs.ended(run)
        run.detach()
        del run.runner  # let go of Trio's objects
        self.watches.arrange()

    def program_ended(self, exit_code: int | None, detail: str = "") -> None:
        """The program is over; `exit_code` is what the shell will see, if that is known."""
        if self.quit_progress is not None:
            self.quit_progress.end()
        self.lines.close()
        self.tell(ProgramEnded(exit_code, detail))

    def tell(self, event: Event) -> None:
        """Pass an event on; a front end that fails at it is a bug of ours."""
        try:
            self.front_end.on_event(event)
        except Exception as error:
            report_bug(error, f"showing {type(event).__name__}")

    # -- what runs ask ----------------------------------------------------------------

    def stops_at_start(self) -> bool:
        """Whether a run that begins stops before its main task's first step.

        The first one does; later ones only while the user steps, for who has said
        `continue` wants to get to a breakpoint or the end.
        """
        return not self.quitting and (
            self.last_resume is None or isinstance(self.last_resume, StepTask)
        )

    # -- stops that do not come from a run's own events ---------------------------------

    def stop_here(self, arrival: Arrival, hits: tuple[BreakpointHit, ...]) -> None:
        """Stop the code that runs on this thread, inside a run or outside of any."""
        if self.is_held_here() or self.quitting:
            return
        run = self.runs.of_thread()
        if run is None:
            outside.hold_outside(self, arrival, hits)
        elif runs.current_task() is None:
            outside.hold_between_steps(run, arrival, hits)
        elif not run.quitting:
            run.events.arrive(arrival, hits)

    def pause(self, frame: FrameType) -> None:
        """The program asks to be stopped here: ``breakpoint()``, `stepdbg.set_trace`.

        Attaches to a run that was not debugged so far.

        Args:
            frame: the innermost frame of the program.
        """
        self.paused = True
        if not (self.quitting or self.detached):
            self.join_run_here()
            self.lines.stop_here(Arrival(StopKind.PAUSE, frame, chosen=True), ())

    def is_held_here(self) -> bool:
        """Whether this thread is at a stop already: what is evaluated there never stops."""
        held = self.held or self.held_outside
        return held is not None and held.ident == threading.get_ident()

    # -- what the user asks -----------------------------------------------------------

    def breakpoints_changed(self) -> None:
        """Let everything look again whom and what the breakpoints are about."""
        self.breakpoints.changed()
        self.lines.plant(self.breakpoints.enabled(LineTarget, FunctionTarget))
        self.lines.watch_raises(exceptions.any_raised(self.breakpoints))
        for run in self.runs.active():
            run.call_here(run.carried.look_again)

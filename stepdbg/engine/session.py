"""The debugger of one process: what all its runs share.

Owns: the runs, the breakpoints, the prompt's lock, the front end, quitting and halting.
Does not own: one run's state (run), stops (stopping), reading and changing on behalf of a
front end (inspector, controller), or where the front end comes from (launcher).
"""

from __future__ import annotations

import contextvars
import itertools
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import NoReturn

import outcome
from trio.lowlevel import Task

from stepdbg._trio_internals import names, runs
from stepdbg.model.breakpoints import (
    BreakpointHit,
    FunctionTarget,
    IdleTarget,
    LineTarget,
    SlowTarget,
    TaskEvent,
)
from stepdbg.model.errors import StepdbgError
from stepdbg.model.facts import NO_TASK, RunId, ScopeNumber
from stepdbg.model.protocols import FrontEnd
from stepdbg.model.stops import (
    Event,
    Note,
    ProgramEnded,
    Quit,
    Restart,
    Resume,
    RunEnded,
    RunStarted,
    StepTask,
    StopKind,
)
from stepdbg.model.task import FrameRef

from . import exceptions, quitting, restarting
from .breakpoints import Breakpoint, BreakpointTable
from .controller import LiveController
from .evaluate import Evaluator
from .guard import report_bug
from .hits import decide, hits_of_line, hits_of_task
from .hooks import RunHooks
from .inspector import LiveInspector, run_of_frame
from .outside import Outside, hold_outside
from .program_lines import ProgramLines
from .run import DebuggedRun
from .stepping import Arrival
from .watches import Watches

_ENDED_RUNS_KEPT = 50


class Session:
    """Debugs every ``trio.run`` of the process from `install` on.

    Args:
        front_end: whom to ask at a stop.
        record: whether to note what wakes tasks: always, never, or (None) when the front
            end wants it and while the user steps.

    Attributes:
        prompt: held while somebody is asked; one prompt for the whole process.
        held: the run that has the prompt.  held_outside: or the thread outside of any run.
        quitting: the user has quit; nothing stops any more.
    """

    def __init__(self, front_end: FrontEnd, *, record: bool | None = None) -> None:
        self.front_end = front_end
        self.breakpoints = BreakpointTable()
        self.evaluator = Evaluator()
        self.lines = ProgramLines(self)
        self.watches = Watches(self)
        self.prompt = threading.RLock()
        self.held: DebuggedRun | None = None
        self.held_outside: Outside | None = None
        self.quitting = False
        self.last_resume: Resume | None = None
        self.runs: dict[RunId, DebuggedRun] = {}
        self.controller = LiveController(self)
        self._record = record
        self._run_numbers = itertools.count(1)
        self._scope_numbers: weakref.WeakKeyDictionary[runs.CancelScope, ScopeNumber]
        self._scope_numbers = weakref.WeakKeyDictionary()
        self._next_scope = itertools.count(1)
        self._by_name: dict[str, tuple[Breakpoint, ...]] = {}
        self._uninstall: Callable[[], None] | None = None

    # -- coming and going -------------------------------------------------------------

    def install(self) -> None:
        """Debug every run that begins from now on.

        Raises:
            StepdbgError: this Trio cannot be debugged; nothing was changed.
        """
        for sentence in names.check():
            self.tell(Note(sentence, "warning"))
        self._uninstall = runs.patch_run_start(self._new_hooks)
        self.front_end.on_session(LiveInspector(self, None), self.controller)

    def uninstall(self) -> None:
        """Leave the program alone: runs under way and those that begin from now on."""
        if self._uninstall is not None:
            self._uninstall()
            self._uninstall = None
        self.breakpoints = BreakpointTable()
        for run in self.active_runs():
            run.detach()
        self.watches.arrange()
        self.lines.close()

    def _new_hooks(self) -> RunHooks:
        if self.quitting:
            raise SystemExit(quitting.QUIT_EXIT_CODE)
        return self._new_run().hooks

    def _new_run(self) -> DebuggedRun:
        return DebuggedRun(self, RunId(next(self._run_numbers)))

    def join_run_here(self) -> DebuggedRun | None:
        """The run of this thread, attached if it was not; None outside of any."""
        runner = runs.current_runner()
        if runner is None:
            return None
        run = self.run_of(runner)
        if run is None:
            run = self._new_run()
            run.join()
        return run

    def run_started(self, run: DebuggedRun) -> None:
        """A run has begun."""
        self.runs[run.id] = run
        self.tell(RunStarted(run.id, run.thread, run.guest))

    def run_ended(self, run: DebuggedRun) -> None:
        """A run has ended; its outcome is known."""
        result, detail = quitting.describe_outcome(run)
        self.tell(RunEnded(run.id, result, detail, run.end_time))
        run.release()
        ended = [number for number, each in self.runs.items() if each.state == "ended"]
        for number in ended[:-_ENDED_RUNS_KEPT]:
            del self.runs[number]
        self.watches.arrange()

    def program_ended(self, exit_code: int | None, detail: str = "") -> None:
        """The program is over; `exit_code` is what the shell will see, if that is known."""
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

    def record_wakes(self, stepping: bool) -> bool:
        """Whether a run should note what wakes its tasks."""
        if self._record is None:
            return stepping or self.front_end.wants_recorder
        return self._record

    @property
    def several_runs(self) -> bool:
        """Whether a run's number is worth showing."""
        return len(self.runs) > 1

    def scope_number(self, scope: runs.CancelScope) -> ScopeNumber:
        """The number of a cancel scope, a new one when it was never shown."""
        number = self._scope_numbers.get(scope)
        if number is None:
            number = self._scope_numbers[scope] = ScopeNumber(next(self._next_scope))
        return number

    def about_task(self, name: str) -> tuple[Breakpoint, ...]:
        """The enabled breakpoints that may be about tasks of this name; asked at each spawn."""
        found = self._by_name.get(name)
        if found is None:
            if len(self._by_name) > 10_000:  # a program may make up names without end
                self._by_name.clear()
            found = tuple(
                each for each in self.breakpoints.waiting_for(*TaskEvent) if each.may_match(name)
            )
            self._by_name[name] = found
        return found

    # -- hits -------------------------------------------------------------------------

    def hits_at_line(
        self, wishes: Iterable[Breakpoint], frame: FrameType
    ) -> tuple[BreakpointHit, ...]:
        """The breakpoints that a line of the program hits."""
        if self._is_held_here() or self.quitting:
            return ()
        return hits_of_line(self.run_of_thread(), runs.current_task(), self, wishes, frame)

    def hits_at_raise(
        self, wanted: list[Breakpoint], frame: FrameType
    ) -> tuple[BreakpointHit, ...]:
        """The breakpoints that an exception being raised hits."""
        if not wanted or self._is_held_here() or self.quitting:
            return ()
        return decide(self, wanted, frame, None)

    def hits_at_exit(
        self, run: DebuggedRun, task: Task, result: outcome.Outcome[object]
    ) -> tuple[BreakpointHit, ...]:
        """The breakpoints that a task's exit hits."""
        events = {TaskEvent.EXIT}
        hits: tuple[BreakpointHit, ...] = ()
        if isinstance(result, outcome.Error) and quitting.is_failure(result.error):
            events.add(TaskEvent.FAIL)
            uncaught = exceptions.wanted(self.breakpoints, result.error, uncaught=True)
            hits = decide(self, uncaught, None, None)
        candidates = [each for each in self.about_task(task.name) if each.event in events]
        return hits + hits_of_task(run, candidates, task)

    def hits_when_slow(
        self, run: DebuggedRun, task: Task, seconds: float
    ) -> tuple[BreakpointHit, ...]:
        """The breakpoints that a step of this length hits."""
        slow = [
            each
            for each in self.breakpoints.enabled(SlowTarget)
            if isinstance(each.spec.target, SlowTarget) and seconds > each.spec.target.seconds
        ]
        return hits_of_task(run, slow, task) if slow else ()

    def hits_when_idle(self) -> tuple[BreakpointHit, ...]:
        """The breakpoints that an idle run hits."""
        return decide(self, self.breakpoints.enabled(IdleTarget), None, None)

    def stop_here(self, arrival: Arrival, hits: tuple[BreakpointHit, ...]) -> None:
        """Stop the code that runs on this thread, inside a run or outside of any."""
        if self._is_held_here() or self.quitting:
            return
        run = self.run_of_thread()
        if run is None:
            hold_outside(self, arrival, hits)
        elif not run.quitting:
            run.arrive(arrival, hits)

    def pause(self, frame: FrameType) -> None:
        """The program asks to be stopped here: ``breakpoint()``, `stepdbg.set_trace`.

        Attaches to a run that was not debugged so far.

        Args:
            frame: the innermost frame of the program.
        """
        if not self.quitting:
            self.join_run_here()
            self.stop_here(Arrival(StopKind.PAUSE, frame), ())

    def _is_held_here(self) -> bool:
        """Whether this thread is at a stop already: what is evaluated there never stops."""
        held = self.held or self.held_outside
        return held is not None and held.ident == threading.get_ident()

    # -- what the user asks -----------------------------------------------------------

    def breakpoints_changed(self) -> None:
        """Let everything look again whom and what the breakpoints are about."""
        self._by_name = {}
        self.lines.plant(self.breakpoints.enabled(LineTarget, FunctionTarget))
        self.lines.watch_raises(exceptions.any_raised(self.breakpoints))
        for run in self.active_runs():
            if run.ident == threading.get_ident():
                run.carried.look_again()
            else:
                runs.call_soon(run.runner, Guarded(run, run.carried.look_again))

    def remove_breakpoint(self, gone: Breakpoint) -> None:
        """Clear a breakpoint."""
        self.breakpoints.remove(gone.number)
        self.breakpoints_changed()

    def active_runs(self) -> list[DebuggedRun]:
        """The runs that have begun and not ended."""
        return [run for run in list(self.runs.values()) if run.state != "ended"]

    def run_of(self, runner: runs.Runner) -> DebuggedRun | None:
        """The run that a runner of Trio's belongs to, None if it is not debugged."""
        for run in self.active_runs():
            if run.runner is runner:
                return run
        return None

    def run_of_thread(self) -> DebuggedRun | None:
        """The debugged run of this thread, None outside of any."""
        runner = runs.current_runner()
        return None if runner is None else self.run_of(runner)

    def halt(self) -> None:
        """Stop every run at its next chance."""
        for run in self.active_runs():
            runs.call_soon(run.runner, Guarded(run, run.on_halt))

    def quit(self, *, hard: bool = False) -> None:
        """End the program, with its cleanup unless `hard`."""
        if hard:
            self.front_end.close()
            quitting.quit_now()
        self.quitting = True
        self.last_resume = Quit()
        for run in self.active_runs():
            if run.ident == threading.get_ident():
                quitting.quit_run(run)
            else:
                runs.call_soon(run.runner, Guarded(run, partial(quitting.quit_run, run)))

    def restart(self, resume: Restart) -> NoReturn:
        """Start the program again, in the place of this process."""
        self.front_end.close()
        restarting.start_again(resume)

    # -- on behalf of front ends ------------------------------------------------------

    def inspector_of(self, run: DebuggedRun | None) -> LiveInspector:
        """A reader for one run; None: for whatever is held."""
        return LiveInspector(self, run)

    def newest_run(self) -> DebuggedRun:
        """The run that has the prompt, else the newest one.  Raises `StepdbgError`."""
        if self.held is not None:
            return self.held
        alive = self.active_runs()
        if alive:
            return alive[-1]
        if self.runs:
            return self.runs[max(self.runs)]
        raise StepdbgError("no Trio run has begun yet; run the program first")

    def is_at_a_line(self, frame: FrameType) -> bool:
        """Whether the stop is on a line of this very frame."""
        held = self.held or self.held_outside
        return held is not None and held.held_frame is frame

    @contextmanager
    def acting_for(self, ref: FrameRef) -> Iterator[tuple[FrameType, contextvars.Context | None]]:
        """A live frame to evaluate in, with its task as the current one.

        Gives the frame, and the context to enter: None where the right one is entered.
        Raises `NoSuchTask`, `NoSuchFrame`.
        """
        if ref.task == NO_TASK:
            yield self.inspector_of(None).live_frame(ref), None
            return
        run = run_of_frame(self, ref)
        inspector = self.inspector_of(run)
        task = inspector.find_task(ref.task)
        # Inside a step the task's context is entered already and cannot be entered twice.
        entered = run.held_frame is not None and task is run.held_task
        before = runs.current_task()
        runs.set_current_task(task)
        try:
            yield inspector.live_frame(ref), None if entered else task.context
        finally:
            runs.set_current_task(before)


class Guarded:
    """A call-back for Trio's entry queue, from which nothing may escape."""

    def __init__(self, run: DebuggedRun, work: Callable[[], None]) -> None:
        self._run = run
        self._work = work

    def __call__(self) -> None:
        """Do the work; what goes wrong is reported as ours."""
        try:
            self._work()
        except BaseException as error:
            self._run.fail(error)

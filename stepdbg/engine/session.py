"""The debugger of one process: what all its runs share.

Owns: the runs, the breakpoints, the prompt's lock, the front end, quitting and halting.
Does not own: one run's state (run), stops (stopping), reading and changing on behalf of a
front end (inspector, controller), or where the front end comes from (launcher).
"""

from __future__ import annotations

import itertools
import threading
import weakref
from collections.abc import Callable

from trio.lowlevel import Task

from stepdbg._trio_internals import names, runs
from stepdbg.model.breakpoints import BreakpointHit, TaskEvent
from stepdbg.model.errors import StepdbgError
from stepdbg.model.facts import RunId, ScopeNumber
from stepdbg.model.protocols import FrontEnd
from stepdbg.model.stops import (
    Event,
    Note,
    ProgramEnded,
    Quit,
    Resume,
    RunEnded,
    RunStarted,
    StepTask,
)

from . import frames, quitting
from .breakpoints import Breakpoint, BreakpointTable, count_hit
from .conditions import ask
from .controller import LiveController
from .evaluate import Evaluator
from .guard import report_bug
from .inspector import LiveInspector
from .registry import Registry
from .run import DebuggedRun

_ENDED_RUNS_KEPT = 50


class Session:
    """Debugs every ``trio.run`` of the process from `install` on.

    Args:
        front_end: whom to ask at a stop.
        record: whether to note what wakes tasks: always, never, or (None) when the front
            end wants it and while the user steps.

    Attributes:
        prompt: held while somebody is asked; one prompt for the whole process.
        held: the run that has the prompt.
        quitting: the user has quit; nothing stops any more.
    """

    def __init__(self, front_end: FrontEnd, *, record: bool | None = None) -> None:
        self.front_end = front_end
        self.breakpoints = BreakpointTable()
        self.evaluator = Evaluator()
        self.prompt = threading.RLock()
        self.held: DebuggedRun | None = None
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
        self._uninstall = runs.patch_run_start(self._new_run)
        self.front_end.on_session(LiveInspector(self, None), self.controller)

    def uninstall(self) -> None:
        """Leave runs that begin from now on alone."""
        if self._uninstall is not None:
            self._uninstall()
            self._uninstall = None

    def _new_run(self) -> runs.trio.abc.Instrument | None:
        if self.quitting:
            raise SystemExit(quitting.QUIT_EXIT_CODE)
        return DebuggedRun(self, RunId(next(self._run_numbers))).hooks

    def run_started(self, run: DebuggedRun) -> None:
        """A run has begun."""
        self.runs[run.id] = run
        self.tell(RunStarted(run.id, run.thread, run.guest))

    def run_ended(self, run: DebuggedRun) -> None:
        """A run has ended; its outcome is known."""
        outcome, detail = quitting.describe_outcome(run)
        self.tell(RunEnded(run.id, outcome, detail, run.end_time))
        run.release()
        ended = [number for number, each in self.runs.items() if each.state == "ended"]
        for number in ended[:-_ENDED_RUNS_KEPT]:
            del self.runs[number]

    def program_ended(self, exit_code: int | None, detail: str = "") -> None:
        """The program is over; `exit_code` is what the shell will see, if that is known."""
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

    def matches_task(self, task: Task, registry: Registry) -> bool:
        """Whether an enabled breakpoint is about a task."""
        candidates = self._by_name.get(task.name)
        if candidates is None:
            candidates = self._candidates(task.name)
        return bool(candidates) and any(
            each.matches(registry.label_of(task)) for each in candidates
        )

    def _candidates(self, name: str) -> tuple[Breakpoint, ...]:
        if len(self._by_name) > 10_000:  # a program may make up names without end
            self._by_name.clear()
        found = tuple(each for each in self.breakpoints.on_tasks() if each.may_match(name))
        self._by_name[name] = found
        return found

    def hits_at_step(self, run: DebuggedRun, task: Task) -> tuple[BreakpointHit, ...]:
        """The breakpoints that stop a task's step; counts hits, clears temporary ones."""
        label = run.registry.label_of(task)
        hits = []
        for each in self._candidates(task.name):
            if each.event is not TaskEvent.STEP or not each.matches(label):
                continue
            holds, problem = self._asked(each, task)
            if holds and count_hit(each):
                hits.append(each.as_hit(problem))
                if each.spec.temporary:
                    self.breakpoints.remove(each.number)
        if any(hit.spec.temporary for hit in hits):
            self.breakpoints_changed()
        return tuple(hits)

    def _asked(self, each: Breakpoint, task: Task) -> tuple[bool, str]:
        if each.condition is None:
            return True, ""
        frame = frames.innermost_own(frames.task_frames(task))
        if frame is None:
            return True, "the task has no Python frame to ask the condition in"
        return ask(each.condition, frame, task.context)

    # -- what the user asks -----------------------------------------------------------

    def breakpoints_changed(self) -> None:
        """Let every run look again whom its breakpoints are about."""
        self._by_name = {}
        for run in self.active_runs():
            if run.ident == threading.get_ident():
                run.watch_again()
            else:
                runs.call_soon(run.runner, run.watch_again)

    def active_runs(self) -> list[DebuggedRun]:
        """The runs that have begun and not ended."""
        return [run for run in list(self.runs.values()) if run.state != "ended"]

    def halt(self) -> None:
        """Stop every run at its next chance."""
        for run in self.active_runs():
            runs.call_soon(run.runner, run.on_halt)

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
                runs.call_soon(run.runner, _QuitSoon(run))

    def inspector_of(self, run: DebuggedRun) -> LiveInspector:
        """A reader for one run."""
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


class _QuitSoon:
    """A call-back that quits a run on its own thread; it must not raise."""

    def __init__(self, run: DebuggedRun) -> None:
        self._run = run

    def __call__(self) -> None:
        try:
            quitting.quit_run(self._run)
        except BaseException as error:
            self._run.fail(error)

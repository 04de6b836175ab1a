"""Changing a run on behalf of a front end.

Owns: `LiveController`.  Does not own: reading (seeing.inspector), how things are
evaluated (typed.evaluator) or stopped (stopping).
"""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from types import FrameType
from typing import TYPE_CHECKING, TypeVar

from stepdbg._trio_internals import runs
from stepdbg.engine.breaking import watched
from stepdbg.engine.histories import reading
from stepdbg.engine.lines import interface
from stepdbg.engine.noticing.ctrl_c import Halt
from stepdbg.engine.scheduling import writing_down
from stepdbg.engine.steering import acting
from stepdbg.engine.stopping import postmortem
from stepdbg.model.breakpoints import (
    BreakpointSnapshot,
    BreakpointSpec,
    FunctionTarget,
    LineTarget,
    Target,
    TaskHits,
    WatchTarget,
)
from stepdbg.model.errors import NotNow, StepdbgError
from stepdbg.model.facts import BreakpointNumber, RunId, TaskNumber
from stepdbg.model.later import load_for_stops
from stepdbg.model.task import FrameRef
from stepdbg.model.values import Budget, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stepdbg.engine.breaking.breakpoints import Breakpoint
    from stepdbg.engine.breaking.watched import Watched
    from stepdbg.engine.steering.steer import LiveSteering
    from stepdbg.engine.stopping.held import Desk
    from stepdbg.model.history import ObjectHistory
    from stepdbg.model.patterns import TaskPattern
    from stepdbg.model.protocols import Inspector
    from stepdbg.model.recording import Sought
    from stepdbg.model.schedules import Schedule
    from stepdbg.model.settings import Setting
    from stepdbg.model.stops import Stop

    from .run import DebuggedRun
    from .run_book import RunBook
    from .session import Session


T = TypeVar("T")


class _Visitor:
    """Goes from moment to moment.

    Attributes:
        medium: see `model.protocols.Controller`.
    """

    medium = ""

    def __init__(self, session: Session) -> None:
        self._session = session

    def go_to(self, sought: Sought) -> None:
        """Show an earlier moment of the run.  Raises `NotNow` if no way back is kept."""
        rewinding = self._session.runs.way_back.by
        if rewinding is None:
            raise NotNow(
                "a live run has a way back at a terminal, or with --record; "
                "`--record-to FILE` keeps one for `--open`"
            )
        rewinding.go_to(sought)


class LiveController(_Visitor):
    """A `Controller` over all runs of a session."""

    @cached_property
    def steering(self) -> LiveSteering:
        """Steering tasks.  Imported at the first use, because few users steer."""
        from stepdbg.engine.steering.steer import LiveSteering

        return LiveSteering(self._session)

    # -- running ----------------------------------------------------------------------

    def halt(self, *, tells: bool = False) -> None:
        """Stop every run at its next chance, from any thread; `tells`: report a step that lasts."""
        for run in self._session.runs.active():
            Halt(run).ask(tells=tells)

    def quit_soon(self, *, hard: bool = False) -> None:
        """End the program while it runs; from any thread."""
        self._session.out.quit(hard=hard)

    # -- breakpoints ------------------------------------------------------------------

    def breakpoints(self) -> tuple[BreakpointSnapshot, ...]:
        """All breakpoints by number."""
        return tuple(map(self._picture, self._session.breakpoints))

    def _picture(self, each: Breakpoint) -> BreakpointSnapshot:
        matching = _matching(self._session, each)
        nobody = "no living task matches " + ("any more" if each.hits else "yet")
        lacks_ids = each.by_id and _lacks_ids(self._session.runs.active())
        notes = [each.note, nobody if matching == 0 else "", _RECORD if lacks_ids else ""]
        return each.snapshot(matching, "; ".join(filter(None, notes)), self._of_tasks(each))

    def _of_tasks(self, each: Breakpoint) -> tuple[TaskHits, ...]:
        """What was counted in each living task."""
        if each.of_tasks is None:
            return ()
        counted = {whose: count.hits for whose, count in [*each.of_tasks.items()]}
        return tuple(
            TaskHits(run.registry.label_of(task), counted[task])
            for run in self._session.runs.active()
            for task in runs.living_tasks(run.runner)
            if task in counted
        )

    def _changed(self, each: Breakpoint) -> BreakpointSnapshot:
        self._session.breakpoints_changed()
        return self._picture(each)

    def add_breakpoint(self, spec: BreakpointSpec) -> BreakpointSnapshot:
        """Set a breakpoint.

        Raises:
            BadUsage: its condition does not compile.
            StepdbgError: other tools have taken what it needs; the breakpoint is not set.
        """
        load_for_stops()
        note = ""
        if isinstance(spec.target, LineTarget | FunctionTarget):
            spec, note = self._session.lines.breaks.resolve(
                spec, _frames_in_view(self._session.desk, self._session.runs)
            )
        values = _to_watch(self._session, spec.target)
        added = self._session.breakpoints.add(spec, note)
        added.watched = values
        try:
            return self._changed(added)
        except StepdbgError:
            with suppress(StepdbgError):
                self.remove_breakpoint(added.number)
            raise

    def remove_breakpoint(self, number: BreakpointNumber) -> BreakpointSnapshot:
        """Clear a breakpoint.  Raises `NoSuchBreakpoint`."""
        return self._changed(self._session.breakpoints.remove(number))

    def enable_breakpoint(self, number: BreakpointNumber, enabled: bool) -> BreakpointSnapshot:
        """Enable or disable a breakpoint.  Raises `NoSuchBreakpoint`."""
        found = self._session.breakpoints.get(number)
        found.enabled = enabled
        return self._changed(found)

    def ignore_breakpoint(self, number: BreakpointNumber, count: int) -> BreakpointSnapshot:
        """Let the next `count` hits pass.  Raises `NoSuchBreakpoint`."""
        found = self._session.breakpoints.get(number)
        found.let_pass(count)
        return self._picture(found)

    def set_condition(self, number: BreakpointNumber, condition: str | None) -> BreakpointSnapshot:
        """Change or drop a condition.  Raises `NoSuchBreakpoint`, `BadUsage`."""
        return self._picture(self._session.breakpoints.set_condition(number, condition))

    def set_commands(
        self, number: BreakpointNumber, commands: tuple[str, ...]
    ) -> BreakpointSnapshot:
        """Set the commands to run at each hit; none: no more.  Raises `NoSuchBreakpoint`."""
        found = self._session.breakpoints.get(number)
        found.commands = commands
        return self._picture(found)

    def trace(self, *, on: bool, tasks: tuple[TaskPattern, ...] = ()) -> None:
        """Switch the trace on or off; tasks: only these, if any."""
        self._session.recording.tracing.change(on=on, tasks=tasks)

    @property
    def stop_lines(self) -> int:
        """How many lines a stop takes at most besides its source."""
        return self._session.settings.stop_lines.value

    def settings(self) -> tuple[Setting, ...]:
        """All settings."""
        return tuple(each.picture() for each in self._session.settings.all())

    def setting(self, name: str) -> Setting:
        """One setting.  Raises `BadUsage`."""
        return self._session.settings.get(name).picture()

    def change_setting(self, name: str, value: str) -> Setting:
        """Change a setting.  Raises `BadUsage`."""
        found = self._session.settings.get(name)
        found.change(value)
        return found.picture()

    # -- evaluating -------------------------------------------------------------------

    def evaluate(self, frame: FrameRef, source: str, budget: Budget) -> Value:
        """Evaluate an expression in a frame; raises `EvaluationError`."""
        if (kept := _kept(self._session.desk, frame, source)) is not None:
            return kept
        with acting.acting_for(self._session, frame) as (live, context):
            value = self._session.evaluator.evaluate(live, source, budget, context=context)
            return _no_news(self._session, value)

    def execute(self, frame: FrameRef, source: str, budget: Budget) -> Value | None:
        """Run a statement in a frame; raises `EvaluationError`."""
        if (kept := _kept(self._session.desk, frame, source)) is not None:
            return kept
        with acting.acting_for(self._session, frame) as (live, context):
            dead = isinstance(self._session.desk.asked, postmortem.DeadThread)
            drive = postmortem.refuse_to_await if dead else self.steering.driver(frame)
            value = self._session.evaluator.execute(
                live, source, budget, context=context, drive=drive
            )
            return _no_news(self._session, value)

    def type_of(self, frame: FrameRef, source: str) -> str:
        """The type of an expression; raises `EvaluationError`."""
        if (kept := _kept(self._session.desk, frame, source)) is not None:
            return kept.type
        with acting.acting_for(self._session, frame) as (live, context):
            return self._session.evaluator.type_of(live, source, context=context)

    def history_of(self, frame: FrameRef, source: str) -> ObjectHistory:
        """What was done to the object that an expression gives; raises `EvaluationError`."""
        session = self._session
        with acting.acting_for(session, frame) as (live, context):
            obj = session.evaluator.object_of(live, source, context=context)
            run = session.runs.asked(session.desk.asked) or session.runs.newest()
            return reading.HistoryReader(run, session.origins, session.recording).history(
                source, obj
            )

    def source_of(self, frame: FrameRef, source: str) -> tuple[str, int, tuple[str, ...]]:
        """File name, first line and source lines of the thing that an expression names."""
        with acting.acting_for(self._session, frame) as (live, context):
            return self._session.evaluator.source_of(live, source, context=context)

    def look_at_exception(self, number: str) -> TaskNumber:
        """Look at one exception; raises `BadUsage`, `NotNow`."""
        return postmortem.look_at_exception(self._session.desk.asked, number)

    def dump(
        self, inspector: Inspector, path: str, *, values: bool = True, stop: Stop | None = None
    ) -> int:
        """Write a dump.  Raises `StepdbgError`."""
        write = None if self._session.out.detached else self._session.dump_writer
        if write is None:
            raise NotNow("this session cannot write dumps")
        return write(inspector, path, values=values, stop=stop)

    def schedule(self, run: RunId) -> Schedule:
        """The order in which the tasks of a run have stepped so far.  Raises `NotNow`."""
        seed = self._session.options.seed
        return writing_down.schedule_of(self._session.runs.get(run), seed, taped=True)

    def need_lines(self) -> None:
        """Listen to the program's lines.  Raises `StepdbgError` where other tools prevent that."""
        self._session.lines.open()

    def jump(self, frame: FrameRef, line: int) -> None:
        """Let a frame go on at another line.  Raises `NotNow` where CPython refuses."""
        with acting.acting_for(self._session, frame) as (live, _):
            held = self._session.desk.asked
            if held is None or held.frame is not live:
                raise NotNow(
                    "a jump works only in the innermost frame, at a stop on a line; "
                    "`next` gets there"
                )
            interface.jump(live, line)


def _frames_in_view(desk: Desk, book: RunBook) -> list[FrameType]:
    """The frames of the task or thread that is held at the prompt, innermost first."""
    if desk.outside is not None:
        return desk.outside.live_frames()
    run, task = book.asked(desk.asked), None if desk.asked is None else desk.asked.task
    return [] if run is None or task is None else run.live_frames(task)


def _to_watch(session: Session, target: Target) -> Watched | None:
    """The value that a breakpoint watches; None for other targets."""
    if not isinstance(target, WatchTarget):
        return None
    with acting.acting_for(session, target.frame) as (live, _):
        return watched.Watched(target.expression, live, runs.current_task())


def _no_news(session: Session, result: T) -> T:
    """Pass on a result of the user's code, whose changes do not count for watched values."""
    if session.lines.following.values is not None:
        session.hits.watched().look_anew()
    return result


def _kept(desk: Desk, frame: FrameRef, source: str) -> Value | None:
    """A variable of a frame that is gone; None if the frame lives and code can run in it."""
    held = desk.asked
    return held.kept(frame, source) if isinstance(held, postmortem.DeadThread) else None


def _matching(session: Session, each: Breakpoint) -> int | None:
    """How many living tasks a breakpoint is about; None if it is not about tasks."""
    if each.pattern is None:
        return None
    return sum(
        each.may_match(task.name) and each.matches(run.registry, task)
        for run in session.runs.active()
        for task in runs.living_tasks(run.runner)
    )


_RECORD = "--record lets stepdbg know tasks by such ids"


def _lacks_ids(active: Iterable[DebuggedRun]) -> bool:
    """Whether a run goes on whose tasks have no logical ids."""
    return any(run.registry.paths is None for run in active)

"""Changing a run on behalf of a front end.

Owns: `LiveController`.  Does not own: reading (inspector), how things are evaluated
(evaluate) or stopped (stopping).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepdbg._trio_internals import runs
from stepdbg.model.breakpoints import BreakpointSnapshot, BreakpointSpec
from stepdbg.model.facts import BreakpointNumber
from stepdbg.model.task import FrameRef
from stepdbg.model.values import Budget, Value

from .inspector import LiveInspector, run_of_frame
from .values import describe

if TYPE_CHECKING:
    from collections.abc import Callable

    from .breakpoints import Breakpoint
    from .session import Session


class LiveController:
    """A `Controller` over all runs of a session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    # -- running ----------------------------------------------------------------------

    def halt(self) -> None:
        """Stop at the next chance; from any thread."""
        self._session.halt()

    def quit_soon(self, *, hard: bool = False) -> None:
        """End the program while it runs; from any thread."""
        self._session.quit(hard=hard)

    # -- breakpoints ------------------------------------------------------------------

    def breakpoints(self) -> tuple[BreakpointSnapshot, ...]:
        """All breakpoints by number."""
        return tuple(self._picture(each) for each in self._session.breakpoints)

    def _matching(self, each: Breakpoint) -> int:
        return sum(
            each.matches(run.registry.label_of(task))
            for run in self._session.active_runs()
            for task in runs.living_tasks(run.runner)
        )

    def _picture(self, each: Breakpoint) -> BreakpointSnapshot:
        matching = self._matching(each)
        note = "" if matching else "no living task matches yet"
        return each.snapshot(matching, note)

    def _changed(self, each: Breakpoint) -> BreakpointSnapshot:
        self._session.breakpoints_changed()
        return self._picture(each)

    def add_breakpoint(self, spec: BreakpointSpec) -> BreakpointSnapshot:
        """Set a breakpoint.  Raises `BadUsage` when its condition does not compile."""
        return self._changed(self._session.breakpoints.add(spec))

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
        found.ignore = max(count, 0)
        return self._picture(found)

    def set_condition(self, number: BreakpointNumber, condition: str | None) -> BreakpointSnapshot:
        """Change or drop a condition.  Raises `NoSuchBreakpoint`, `BadUsage`."""
        return self._picture(self._session.breakpoints.set_condition(number, condition))

    def set_commands(
        self, number: BreakpointNumber, commands: tuple[str, ...]
    ) -> BreakpointSnapshot:
        """Lines to run at each hit; none to forget them.  Raises `NoSuchBreakpoint`."""
        found = self._session.breakpoints.get(number)
        found.commands = commands
        return self._picture(found)

    # -- evaluating -------------------------------------------------------------------

    def _in_frame(self, ref: FrameRef, work: Callable[[Place], object]) -> object:
        """Do `work` as the task of a frame: its context variables, its current task."""
        run = run_of_frame(self._session, ref)
        inspector = LiveInspector(self._session, run)
        task = inspector.find_task(ref.task)
        frame = inspector.live_frame(ref)
        # Inside a step the task's context is entered already and cannot be entered twice.
        context = None if run.held_frame is not None and task is run.held_task else task.context
        before = runs.current_task()
        runs.set_current_task(task)
        try:
            return work(Place(frame, context))
        finally:
            runs.set_current_task(before)

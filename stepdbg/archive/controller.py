"""Acting on a dump: there is nothing to act on.

Owns: `ArchiveController`, which knows the values that were kept and refuses the rest.
Does not own: reading a picture (viewing).
"""

from __future__ import annotations

from typing import NoReturn

from stepdbg.model.breakpoints import BreakpointSnapshot, BreakpointSpec
from stepdbg.model.errors import NotNow, StepdbgError
from stepdbg.model.facts import BreakpointNumber, TaskNumber
from stepdbg.model.protocols import Inspector
from stepdbg.model.settings import Setting
from stepdbg.model.steering import Steering
from stepdbg.model.stops import Stop
from stepdbg.model.task import FrameRef
from stepdbg.model.values import Budget, Value, Variable

from .viewing import PictureInspector


def _refuse() -> NoReturn:
    raise NotNow("a dump has no live run: it can be read, and nothing in it can be changed")


class ArchiveController:
    """A `Controller` over a picture."""

    def __init__(self, inspector: PictureInspector) -> None:
        self._inspector = inspector

    @property
    def steering(self) -> Steering:
        """Refused."""
        _refuse()

    def halt(self) -> None:
        """Refused."""
        _refuse()

    def quit_soon(self, *, hard: bool = False) -> None:
        """There is nothing to end."""

    def add_breakpoint(self, spec: BreakpointSpec) -> BreakpointSnapshot:  # noqa: ARG002 - the protocol's
        """Refused."""
        _refuse()

    def remove_breakpoint(self, number: BreakpointNumber) -> BreakpointSnapshot:  # noqa: ARG002 - the protocol's
        """Refused."""
        _refuse()

    def enable_breakpoint(self, number: BreakpointNumber, enabled: bool) -> BreakpointSnapshot:  # noqa: ARG002 - the protocol's
        """Refused."""
        _refuse()

    def ignore_breakpoint(self, number: BreakpointNumber, count: int) -> BreakpointSnapshot:  # noqa: ARG002 - the protocol's
        """Refused."""
        _refuse()

    def set_condition(self, number: BreakpointNumber, condition: str | None) -> BreakpointSnapshot:  # noqa: ARG002 - the protocol's
        """Refused."""
        _refuse()

    def set_commands(
        self,
        number: BreakpointNumber,  # noqa: ARG002 - the protocol's
        commands: tuple[str, ...],  # noqa: ARG002 - the protocol's
    ) -> BreakpointSnapshot:
        """Refused."""
        _refuse()

    def settings(self) -> tuple[Setting, ...]:
        """None: they are about runs."""
        return ()

    def setting(self, name: str) -> Setting:  # noqa: ARG002 - the protocol's
        """Refused."""
        _refuse()

    def change_setting(self, name: str, value: str) -> Setting:  # noqa: ARG002 - the protocol's
        """Refused."""
        _refuse()

    def evaluate(self, frame: FrameRef, source: str, budget: Budget) -> Value:  # noqa: ARG002 - described already
        """The value of a variable that was kept; anything else would be code to run."""
        for each in self._kept(frame):
            if each.name == source.strip():
                return each.value
        raise NotNow(
            "a dump holds no objects, so that no code can run in it; "
            "`p NAME` shows a variable that `locals` lists"
        )

    def _kept(self, frame: FrameRef) -> tuple[Variable, ...]:
        """The variables of a frame, of whichever run; none where there are none."""
        runs = [each.run.run for each in self._inspector.picture.pictures]
        for run in sorted(runs, key=lambda number: number != self._inspector.run_id):
            try:
                return self._inspector.view(run).locals(frame, Budget())
            except StepdbgError:
                continue
        return ()

    def execute(self, frame: FrameRef, source: str, budget: Budget) -> Value | None:
        """As `evaluate`."""
        return self.evaluate(frame, source, budget)

    def type_of(self, frame: FrameRef, source: str) -> str:
        """The type of a variable that was kept."""
        return self.evaluate(frame, source, Budget()).type

    def look_at_exception(self, number: str) -> TaskNumber:
        """Look at one exception of those that were kept."""
        return self._inspector.look_at_exception(number)

    def jump(self, frame: FrameRef, line: int) -> None:  # noqa: ARG002 - the protocol's
        """Refused."""
        _refuse()

    def source_of(self, frame: FrameRef, source: str) -> tuple[str, int, tuple[str, ...]]:  # noqa: ARG002 - the protocol's
        """Refused: what an expression names would take code to find."""
        raise NotNow("a dump holds no objects to find the source of; `list FILE:LINE` shows lines")

    def dump(
        self,
        inspector: Inspector,  # noqa: ARG002 - the protocol's
        path: str,  # noqa: ARG002 - the protocol's
        *,
        values: bool = True,  # noqa: ARG002 - the protocol's
        stop: Stop | None = None,  # noqa: ARG002 - the protocol's
    ) -> int:
        """Refused."""
        raise NotNow("this is a dump already: copy its file")

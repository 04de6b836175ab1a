"""Acting on a dump, which has nothing to act on.

Owns: `ArchiveController`, which shows the values that were kept and refuses everything else.
Does not own: reading a picture (viewing).
"""

from __future__ import annotations

from typing import NoReturn

from stepdbg.model.errors import NotNow, StepdbgError
from stepdbg.model.facts import RunId, TaskNumber
from stepdbg.model.history import ObjectHistory
from stepdbg.model.protocols import Inspector
from stepdbg.model.recording import Sought
from stepdbg.model.schedules import Schedule
from stepdbg.model.settings import Setting
from stepdbg.model.steering import Steering
from stepdbg.model.stops import STOP_LINES, Stop
from stepdbg.model.task import FrameRef
from stepdbg.model.values import Budget, Value, Variable, value_named

from .viewing import PictureInspector


def _refuse(what: str) -> NoReturn:
    raise NotNow(f"{what} has no live run: you can look at it but not change it")


class ArchiveController:
    """A `Controller` over a picture.

    Attributes:
        inspector: reads the picture.
        way_on: what a user who wanted to go on can do instead; for messages.
    """

    medium = "a dump"
    way_on = "`quit` closes it"

    def __init__(self, inspector: PictureInspector) -> None:
        self.inspector = inspector

    @property
    def steering(self) -> Steering:
        """Raises `NotNow`: there is no run to steer."""
        _refuse(self.medium)

    def _refused(self, *_: object, **__: object) -> NoReturn:
        """Raises `NotNow`: only a live run can do this."""
        _refuse(self.medium)

    halt = add_breakpoint = remove_breakpoint = enable_breakpoint = ignore_breakpoint = _refused
    set_condition = set_commands = setting = change_setting = jump = trace = _refused

    stop_lines = STOP_LINES

    def go_to(self, sought: Sought) -> None:  # noqa: ARG002 - the protocol's
        """Raises `NotNow`: there is only one moment."""
        raise NotNow("a dump is one moment; `at` goes from moment to moment of a recording")

    def need_lines(self) -> None:
        """There is no run to follow."""

    def quit_soon(self, *, hard: bool = False) -> None:
        """There is nothing to end."""

    def settings(self) -> tuple[Setting, ...]:
        """None: they are about runs."""
        return ()

    def evaluate(self, frame: FrameRef, source: str, budget: Budget) -> Value:  # noqa: ARG002 - described already
        """The value of a variable that was kept.

        Raises `NotNow` for any other source, because its value could be found only by running code.
        """
        found = value_named(self._kept(frame), source)
        if found is not None:
            return found
        raise NotNow(
            f"{self.medium} holds no objects, so no code can run in it; `p NAME` shows a variable "
            "that `locals` lists, and `p NAME.ATTRIBUTE` what an object in it held"
        )

    def _kept(self, frame: FrameRef) -> tuple[Variable, ...]:
        """The kept variables of a frame and their attributes; empty if none were kept.

        The run in view is searched first, then the others.
        """
        runs = [each.run.run for each in self.inspector.picture.pictures]
        for run in sorted(runs, key=lambda number: number != self.inspector.run_id):
            try:
                view = self.inspector.view(run)
                return view.locals(frame, Budget()) + view.members(frame, Budget())
            except StepdbgError:
                continue
        return ()

    def execute(self, frame: FrameRef, source: str, budget: Budget) -> Value | None:
        """The value of a kept variable, as by `evaluate`: no code runs here."""
        return self.evaluate(frame, source, budget)

    def type_of(self, frame: FrameRef, source: str) -> str:
        """The type of a variable that was kept."""
        return self.evaluate(frame, source, Budget()).type

    def history_of(self, frame: FrameRef, source: str) -> ObjectHistory:  # noqa: ARG002 - the protocol's
        """A dump has no objects.  Raises `NotNow`."""
        raise NotNow(f"{self.medium} has no histories of objects; `why` shows what it kept of them")

    def look_at_exception(self, number: str) -> TaskNumber:
        """Look at one of the exceptions in the picture."""
        return self.inspector.look_at_exception(number)

    def source_of(self, frame: FrameRef, source: str) -> tuple[str, int, tuple[str, ...]]:  # noqa: ARG002 - the protocol's
        """Raises `NotNow`: what an expression names could be found only by running code."""
        raise NotNow(
            f"{self.medium} holds no objects to find the source of; `list FILE:LINE` shows lines"
        )

    def schedule(self, run: RunId) -> Schedule:  # noqa: ARG002 - the protocol's
        """A dump has none.  Raises `NotNow`."""
        raise NotNow("a dump has no schedule: only the run that it shows has one")

    def dump(
        self,
        inspector: Inspector,  # noqa: ARG002 - the protocol's
        path: str,  # noqa: ARG002 - the protocol's
        *,
        values: bool = True,  # noqa: ARG002 - the protocol's
        stop: Stop | None = None,  # noqa: ARG002 - the protocol's
    ) -> int:
        """Raises `NotNow`: the picture is in a file already."""
        raise NotNow(f"this is {self.medium} already: copy its file")

"""The steering of the small program of `fakes`: it keeps what was asked for.

Owns: `FakeSteering`.  Does not own: the program (fakes).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stepdbg.model.facts import RunId, TaskNumber
from stepdbg.model.task import TaskLabel
from stepdbg.model.values import Budget, Value

if TYPE_CHECKING:
    from stepdbg.model.facts import ScopeNumber
    from stepdbg.model.steering import Progress
    from stepdbg.model.task import FrameRef
    from tests.commands.fakes import FakeController


@dataclass
class FakeSteering:
    """A `Steering`; what is asked for is noted in `FakeController.told`."""

    controller: FakeController

    def report_to(self, report: Callable[[Progress | None], None]) -> None:
        """A fake never runs."""

    def ask_with(self, ask: Callable[[str], bool]) -> None:  # noqa: ARG002 - the protocol's
        self.controller.told.append("ask with")

    def await_free(self, frame: FrameRef, source: str, budget: Budget) -> Value | None:  # noqa: ARG002 - the protocol's
        self.controller.told.append(f"free {frame.task} {source}")
        return Value("1", "int")

    def await_later(self, frame: FrameRef, source: str) -> str:
        self.controller.told.append(f"later {frame.task} {source}")
        return "later"

    def throw(self, task: TaskNumber, frame: FrameRef, source: str, *, later: bool) -> str:  # noqa: ARG002 - the protocol's
        self.controller.told.append(f"throw {task} {source}{' later' if later else ''}")
        return "thrown"

    def hold(self, tasks: tuple[TaskNumber, ...]) -> str:
        return self._told("hold", tasks)

    def release(self, tasks: tuple[TaskNumber, ...]) -> str:
        return self._told("release", tasks)

    def only(self, tasks: tuple[TaskNumber, ...]) -> str:
        return self._told("only", tasks)

    def pick(self, task: TaskNumber) -> str:
        return self._told("pick", (task,))

    def order(self, tasks: tuple[TaskNumber, ...]) -> str:
        return self._told("order", tasks)

    def _told(self, what: str, tasks: tuple[TaskNumber, ...]) -> str:
        self.controller.told.append(" ".join([what, *map(str, tasks)]))
        return what

    def time(self) -> str:
        return "time"

    def move_time(self, seconds: float | None) -> str:
        self.controller.told.append(f"time {seconds}")
        return "moved"

    def set_speed(self, speed: float) -> str:
        self.controller.told.append(f"speed {speed:g}")
        return "fast"

    def interrupt(self) -> str:
        self.controller.told.append("interrupt")
        return "interrupted"

    def reach_of_scope(self, scope: ScopeNumber) -> tuple[TaskLabel, ...]:  # noqa: ARG002 - the protocol's
        return tuple(TaskLabel(RunId(1), TaskNumber(n), f"task{n}", 1, False) for n in range(7))

    def cancel_scope(self, scope: ScopeNumber) -> None:
        self.controller.told.append(f"cancel scope {scope}")

    def move_deadline(self, scope: ScopeNumber, seconds: float) -> None:
        self.controller.told.append(f"deadline {scope} {seconds:g}")

    def reach_of_task(self, task: TaskNumber) -> tuple[TaskLabel, ...]:
        return (TaskLabel(RunId(1), task, "one", 1, False),)

    def cancel_task(self, task: TaskNumber) -> None:
        self.controller.told.append(f"cancel {task}")

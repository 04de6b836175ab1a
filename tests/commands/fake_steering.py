"""The steering of the small program of `fakes`: it keeps what was asked for.

Owns: `FakeSteering`.  Does not own: the program (fakes).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stepdbg.model.values import Budget, Value

if TYPE_CHECKING:
    from stepdbg.model.task import FrameRef
    from tests.commands.fakes import FakeController


@dataclass
class FakeSteering:
    """A `Steering`; what is asked for is noted in `FakeController.told`."""

    controller: FakeController

    def await_free(self, frame: FrameRef, source: str, budget: Budget) -> Value | None:  # noqa: ARG002 - the protocol's
        self.controller.told.append(f"free {frame.task} {source}")
        return Value("1", "int")

    def await_later(self, frame: FrameRef, source: str) -> str:
        self.controller.told.append(f"later {frame.task} {source}")
        return "later"

"""What explored runs touch that no order of steps controls.

Owns: `Outside`.
Does not own: which functions touch what (histories.uncontrolled), what follows from it
(launcher.exploring).

It is heard of only where somebody wants to say that all orders were tried: a run that draws at
random, or waits for a thread, may go otherwise in the same order.
"""

from __future__ import annotations

from types import FrameType
from typing import TYPE_CHECKING, NamedTuple

from stepdbg._trio_internals import doings, runs
from stepdbg.engine.histories.uncontrolled import Touches
from stepdbg.engine.lines import interface
from stepdbg.engine.lines.starts import hear_starts
from stepdbg.engine.process.guard import settle
from stepdbg.model.facts import RunId
from stepdbg.model.standard import sys

if TYPE_CHECKING:
    from stepdbg.engine.lines.starts import Hearing

_NUMBER = RunId(0)
"""One number for the runs of all schedules."""


class _Led(NamedTuple):
    """Nothing was laid down for the run."""

    replay: None = None


class _Run(NamedTuple):
    """The run that is explored, see `uncontrolled.TouchingRun`."""

    runner: runs.Runner
    id: RunId = _NUMBER
    held: None = None
    steered: _Led = _Led()


class Outside:
    """Hears of what the runs of this process touch, from its making on.

    Attributes:
        cannot: why it cannot hear, a clause; empty where it can.
    """

    def __init__(self) -> None:
        self.cannot = ""
        self._touches = Touches(self)
        self._touches.run_begins(_NUMBER)
        self._hearing: Hearing | None = None
        self._modules = 0
        self._hear()
        if not self.cannot and not self._touches.hear_calls(by_profile=True):
            self.cannot = "another tool keeps stepdbg from hearing of what a run touches"

    def begin(self) -> None:
        """A schedule begins."""
        if self._touches.forget_seed() and self._hearing is not None:
            self._hearing.again()
        if len(sys.modules) != self._modules:
            self._hear()

    def touched(self) -> str:
        """What the schedules so far have touched, a clause; empty for nothing."""
        found = self._touches.of(_NUMBER)
        return f"a run touches {found[0]}, which no order controls" if found else self.cannot

    def close(self) -> None:
        """Hear of nothing more."""
        self._touches.hear_no_calls()
        if self._hearing is not None:
            self._hearing.close()

    def of_thread(self) -> _Run | None:
        """See `uncontrolled.TouchingRuns`."""
        runner = runs.current_runner()
        return None if runner is None else _Run(runner)

    def _hear(self) -> None:
        """Hear of the functions of the modules that are loaded by now."""
        if self._hearing is not None:
            self._hearing.close()
        self._modules = len(sys.modules)
        try:
            functions = self._touches.functions()
            self._hearing = hear_starts(functions, self._on_start, doings.code_renewed)
        except interface.LinesUnavailable:
            self.cannot = "another tool keeps stepdbg from hearing of what a run touches"

    def _on_start(self, frame: FrameType) -> bool:
        try:
            return bool(self._touches.on_start(frame))
        except RecursionError:
            raise  # `hear_starts` sees to it, where a frame is left for that
        except Exception as error:  # the program is the caller
            settle(error, "noticing what no schedule controls")
            return False

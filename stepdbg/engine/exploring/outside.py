"""What explored runs touch that no order of steps controls.

Owns: `Outside`.
Does not own: which functions touch what (histories.uncontrolled), what follows from it
(launcher.exploring).

That is noticed only during a search of all orders.  A run that draws random numbers, or waits for a
thread, may go differently in the same order, so such a search cannot say that it tried everything.
"""

from __future__ import annotations

from types import FrameType
from typing import TYPE_CHECKING

from stepdbg._trio_internals import doings, runs
from stepdbg.engine.histories.uncontrolled import Touches
from stepdbg.engine.lines import interface
from stepdbg.engine.lines.starts import hear_starts
from stepdbg.engine.process.guard import settle
from stepdbg.model.facts import RunId
from stepdbg.model.records import NamedTuple
from stepdbg.model.standard import sys

if TYPE_CHECKING:
    from stepdbg.engine.lines.starts import Hearing

_NUMBER = RunId(0)
"""One number for the runs of all schedules."""


class _NoReplay(NamedTuple):
    """Says that the run follows no schedule."""

    replay: None = None


class _Run(NamedTuple):
    """The run that is explored, see `uncontrolled.TouchingRun`."""

    runner: runs.Runner
    id: RunId = _NUMBER
    held: None = None
    steered: _NoReplay = _NoReplay()


class Outside:
    """Notices what the runs of this process touch, from now on.

    Attributes:
        cannot: why it cannot notice that, a clause; empty if it can.
    """

    def __init__(self) -> None:
        self.cannot = ""
        self._touches = Touches(self)
        self._touches.run_begins(_NUMBER)
        self._hearing: Hearing | None = None
        self._modules = 0
        self._hear()
        if not self.cannot and not self._touches.hear_calls(by_profile=True):
            self.cannot = "another tool keeps stepdbg from noticing what a run touches"

    def begin(self) -> None:
        """Begin a schedule."""
        if self._touches.forget_seed() and self._hearing is not None:
            self._hearing.again()
        if len(sys.modules) != self._modules:
            self._hear()

    def touched(self) -> str:
        """What the schedules so far have touched, a clause; empty if they touched nothing."""
        found = self._touches.of(_NUMBER)
        return f"a run touches {found[0]}, which no order controls" if found else self.cannot

    def close(self) -> None:
        """Stop noticing what runs touch."""
        self._touches.hear_no_calls()
        if self._hearing is not None:
            self._hearing.close()

    def of_thread(self) -> _Run | None:
        """The run of this thread; None if there is none."""
        runner = runs.current_runner()
        return None if runner is None else _Run(runner)

    def _hear(self) -> None:
        """Have the functions reported of the modules that are loaded by now."""
        if self._hearing is not None:
            self._hearing.close()
        self._modules = len(sys.modules)
        try:
            functions = self._touches.functions()
            self._hearing = hear_starts(functions, self._on_start, doings.code_renewed)
        except interface.LinesUnavailable:
            self.cannot = "another tool keeps stepdbg from noticing what a run touches"

    def _on_start(self, frame: FrameType) -> bool:
        try:
            return bool(self._touches.on_start(frame))
        except RecursionError:
            raise  # `hear_starts` handles it, where the stack has room for a call again
        except Exception as error:  # the program is the caller, and must not get it
            settle(error, "noticing what no schedule controls")
            return False

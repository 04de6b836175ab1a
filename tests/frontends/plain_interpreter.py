"""An interpreter that knows five words, for tests of what happens around one."""

from __future__ import annotations

from stepdbg.model.breakpoints import BreakpointHit, BreakpointSpec, TaskTarget
from stepdbg.model.facts import BreakpointNumber, RunId
from stepdbg.model.protocols import Inspector
from stepdbg.model.replies import Answer, Failure, Message, StopShown
from stepdbg.model.stops import Continue, Resume, StepTask, Stop, StopKind

RESUMES: dict[str, Resume] = {"continue": Continue(), "step": StepTask()}


class PlainInterpreter:
    """`continue` and `step` resume, `block` wants more, anything else is answered with itself."""

    prompt = "(stepdbg) "

    def __init__(self) -> None:
        self.fed: list[str] = []
        self.typed: list[str] = []

    def begin_stop(self, stop: Stop, inspector: Inspector) -> StopShown:  # noqa: ARG002 - as the real one
        return StopShown(stop, None)

    def feed(self, line: str, *, typed: bool = True) -> Answer:
        self.fed.append(line)
        if typed:
            self.typed.append(line)
        first, _, rest = line.partition(" ;; ")
        if first in RESUMES:
            return Answer((), RESUMES[first], rest=rest)
        return Answer((Message(line),), wants_more=line == "block")

    def end_of_input(self) -> bool:
        return False

    def runs_while_running(self, line: str) -> bool:
        return line in ("tasks", "halt", "quit")

    def feed_running(self, line: str, inspector: Inspector) -> Answer:  # noqa: ARG002 - as the real one
        if not self.runs_while_running(line):
            return Answer((Failure(line),))
        return Answer((Message(f"running: {line}"),))


def stop_with(*commands: tuple[str, ...], problem: str = "") -> Stop:
    """A stop at breakpoints, each with its `commands`."""
    hits = tuple(
        BreakpointHit(BreakpointNumber(number), BreakpointSpec(TaskTarget("*")), problem, lines)
        for number, lines in enumerate(commands, start=1)
    )
    kind = StopKind.BREAKPOINT if hits else StopKind.START
    return Stop(kind, RunId(1), None, 0, 0.0, None, None, 0, 1, None, hits)

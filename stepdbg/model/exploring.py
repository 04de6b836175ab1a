"""What stepdbg has found by exploring the orders of a program's steps.

Owns: `Fault`, `FoundFault`, `Verdict`, and the words of a verdict.
Does not own: exploring (engine.exploring, launcher.exploring), the report (render.exploring).
"""

from __future__ import annotations

import enum

from .records import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:  # see `hints`
    from .schedules import Moment


TRIES_OF_MODE = 200
"""How many orders are tried in each mode if there is time, see `Explained.mode`."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one schedule.

    key: two schedules with the same key have the same fault.
    title: the fault in one line.
    text: the traceback, or who waits for what.
    """

    key: str
    title: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class ShownStep:
    """One step of a schedule.

    step: the step in words.
    begins: the own line at which its task stands before the step.
    ends: the one after the step; empty if the task takes no further step.
    """

    step: str
    begins: str
    ends: str


@dataclass(frozen=True, slots=True)
class SharedName:
    """Something that both steps of a pair touch.

    name: as the code of the first step spells it.
    first, then: what the two steps do to it, and where.
    other: how the second one spells it, where that is not the same.
    """

    name: str
    first: str
    then: str
    other: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Steps that one task takes in a row.

    step: which step of the run the first one is, from 1.
    count: how many they are.
    column: of the task.
    line: where the task stands before the first one.
    why: why it is not the task of the default order, or what happened before: ``runs on``,
        ``deadline fired``; empty for nothing.
    delayed: columns of tasks that would have stepped here in the default order.
    mark: ``first`` or ``then``, where a step of the pair is among them.
    """

    step: int
    count: int
    column: int
    line: str
    why: str = ""
    delayed: tuple[int, ...] = ()
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Explained:
    """Why a schedule fails, as far as trying other schedules shows it.

    facts: how it differs from the default order, one clause each; if one of them is left out, it
        does not fail, as far as there was time to try.
    of: how many facts the schedule had before it was reduced.
    again: how many of `replays` replays failed as well.
    pair: two steps; the failure goes when the second one comes before the first.
    shared: the names that both of them touch and one of them writes.
    words: the kind of failure, if the reads and writes of the steps prove it.
    mode: the least freedom in which it fails: ``stock``, orders that Trio itself can produce;
        ``batch``, any order within each pass; ``free``, any order.
    tried: in how many orders of each mode with less freedom it was not found.
    stays: the default order is the one in which each task goes on for as long as it can.
    columns: the tasks, with the names of their functions.
    rows: who steps, in columns.
    stop: the commands that stop a replay before the first step of the pair.
    """

    facts: tuple[str, ...]
    of: int
    again: int
    replays: int
    pair: tuple[ShownStep, ShownStep] | None = None
    shared: tuple[SharedName, ...] = ()
    words: str = ""
    mode: str = ""
    tried: tuple[int, ...] = ()
    stays: bool = False
    columns: tuple[tuple[str, str], ...] = ()
    rows: tuple[Row, ...] = ()
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundFault:
    """A fault that stepdbg has confirmed in a separate process.

    token: its schedule as one line, for ``--replay``.
    number: after how many schedules it was found.
    times: in how many schedules it was seen.
    steps: how many steps its schedule has.
    output: what the program wrote in that schedule.
    explained: why it fails.
    late: how many seconds late a step is in it; 0 if no step has to be late.
    fired: the deadlines that pass because of that, see `engine.exploring.lateness`.
    """

    fault: Fault
    token: str
    number: int
    times: int = 1
    steps: int = 0
    output: str = ""
    explained: Explained | None = None
    late: float = 0.0
    fired: tuple[Moment | None, ...] = ()


class VerdictKind(enum.StrEnum):
    """Which sentence states a verdict."""

    FAILED = "failed"
    EXHAUSTED = "exhausted"
    BOUNDED = "bounded"
    BUDGET = "budget"
    NOT_EXPLORED = "not explored"


_STATUS = {VerdictKind.FAILED: 1, VerdictKind.NOT_EXPLORED: 2}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known after so many schedules.

    schedules: how many were tried, `distinct` of them different.
    cut: how many of them stepdbg ended early, so that they prove nothing.
    bounded: for BOUNDED: up to how many delays all schedules were tried, and how many those are.
    seconds: how long exploring took.
    notes: further facts, a sentence each; for NOT_EXPLORED the reason.
    every: for EXHAUSTED: how many schedules there are in all.
    """

    kind: VerdictKind
    schedules: int = 0
    distinct: int = 0
    cut: int = 0
    bounded: tuple[int, int] = (0, 0)
    seconds: float = 0.0
    faults: tuple[FoundFault, ...] = ()
    notes: tuple[str, ...] = ()
    every: int = 0

    @property
    def status(self) -> int:
        """The exit status: 0 no failure, 1 a failure, 2 could not explore."""
        return _STATUS.get(self.kind, 0)

    def __str__(self) -> str:
        n = f"{self.schedules:,}"
        match self.kind:
            case VerdictKind.FAILED:
                first = min(each.number for each in self.faults)
                after = "1 schedule" if first == 1 else f"{first:,} schedules"
                return f"failed after {after} ({self.distinct:,} distinct)"
            case VerdictKind.EXHAUSTED:
                are = "the only schedule" if self.every == 1 else f"all {self.every:,} schedules"
                return f"exhausted: no failure in {are}"
            case VerdictKind.BOUNDED:
                done, tried = self.bounded
                return (
                    f"all {tried:,} schedules with at most {done} delays passed, "
                    f"{done + 1} not finished"
                )
            case VerdictKind.BUDGET:
                return f"budget ended after {n}, not exhausted"
            case _:
                return "could not explore"

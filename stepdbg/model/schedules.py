"""A schedule: the order in which the tasks of a run step, as a value.

Owns: `Schedule` and its parts.
Does not own: its text (schedule_text), writing one down or following one (engine.scheduling).
"""

from __future__ import annotations

import enum
from collections.abc import Iterator

from stepdbg.model.records import NamedTuple

from .facts import LogicalId
from .records import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:  # see `hints`
    from .clock_reads import ClockReads
    from .tape import Contents
    from .uncontrolled import Touch


MOST_READS = 1_000_000
"""How many reads of the clock a run keeps, and a text may have: 12 MB."""


class Base(enum.StrEnum):
    """Which task steps when a schedule says nothing.

    FIFO: first in, first out, one task a pass.
    STAY: the task that has just stepped, while it is runnable.
    STOCK: the order was Trio's own, and the schedule has all of it; after its end the order is as
        for FIFO.
    """

    FIFO = "fifo"
    STAY = "stay"
    STOCK = "stock"


class Moment(NamedTuple):
    """One step of a task, or one of its deadlines.

    nth: which step or deadline of this task, from 1.
    deadline: the moment is when that deadline passes, not a step.
    """

    task: LogicalId
    nth: int
    deadline: bool = False

    def __str__(self) -> str:
        what = "deadline" if self.deadline else "step"
        return f"{what} {self.nth} of {self.task}"


class After(NamedTuple):
    """An order fact: a step waits until something else has happened."""

    step: Moment
    after: Moment

    def __str__(self) -> str:
        return f"{self.step} after {self.after}"


class Substitution(NamedTuple):
    """A substitution: when `step` would come next by the base, another task steps first.

    Several substitutions for the same step apply one after the other.
    """

    step: Moment
    task: LogicalId

    def __str__(self) -> str:
        return f"a step of {self.task} instead of {self.step}"


class TurnKind(enum.IntEnum):
    """What one entry of a log says has happened."""

    STEP = 0
    STEPS = 1
    DEADLINE = 2
    TIME = 3
    LOOK = 4  # written as a time of 0 and a number, twice that look
    WHICH = 5  # the same, one more; no turn, since `Turn.which` has it
    WITHIN = 6  # the same with a 0; no turn, since `Turn.within` has it


class Turn(NamedTuple):
    """One entry of a log.

    kind: STEP: `task` steps.  DEADLINE: one of its deadlines passes.  TIME: the run is `time` old.
        LOOK: in the next step, a scope finds that its deadline has passed.
    task: its index in the table of tasks.
    time: in milliseconds.
    look: which look of a scope at the clock that is, counted in that step from 1.
    which: which of the task's pending deadlines passes, from 0 for the outermost; None: the only
        one.
    within: whether the deadline passes within the next step, which is another task's.
    """

    kind: TurnKind
    task: int = 0
    time: int = 0
    look: int = 0
    which: int | None = None
    within: bool = False


NO_HASH_SEED = "unset"
"""Stands for a PYTHONHASHSEED that was not set: the seed in use cannot be read."""


@dataclass(frozen=True, slots=True)
class Header:
    """The circumstances under which a schedule was written down.

    python, trio, stepdbg: versions.
    files: the program's own files, the main one first: name and CRC-32 of each.
    clock: ``system``: Trio's own; ``virtual``: that of ``--virtual-time``; ``own``: the program's.
    seed: the argument of ``--seed``; None without it.
    hash_seed: PYTHONHASHSEED, or `NO_HASH_SEED`.
    run: the number of the run in its process, from 1.
    lints: its failure is something that looks wrong, so a replay has to look for that.
    """

    python: str
    trio: str
    stepdbg: str
    files: tuple[tuple[str, int], ...] = ()
    clock: str = "system"
    seed: int | None = None
    hash_seed: str = NO_HASH_SEED
    run: int = 1
    lints: bool = False


@dataclass(frozen=True, slots=True)
class Logged:
    """The whole order of a run.

    tasks: all tasks that occur in it.
    turns: what happened, as bytes from `TurnWriter.written`.
    steps: how many steps it has.
    """

    tasks: tuple[LogicalId, ...] = ()
    turns: bytes = b""
    steps: int = 0


@dataclass(frozen=True, slots=True)
class Schedule:
    """The order in which the tasks of a run step.

    facts: how it differs from the base.
    log: the whole order, if that was logged; a schedule has facts or a log.
    touched: what the run has touched that no schedule controls; the text does not include it.
    tape: the input that the run got from outside, if it was recorded; only a file has it.
    reads: what the program has read on the clock of the run; only a file has it.
    """

    header: Header
    base: Base = Base.FIFO
    facts: tuple[After | Substitution, ...] = ()
    log: Logged = Logged()
    touched: tuple[Touch, ...] = ()
    tape: Contents | None = None
    reads: ClockReads | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """The order of all steps of a run so far, for the user to copy.

    text: the line that `--replay` takes; empty where it would be too long to paste.
    steps: how many steps it describes.
    """

    text: str
    steps: int


class Damaged(Exception):
    """Bytes that are not turns; the reader of a schedule turns this into an error message."""


def to_varint(number: int, out: bytearray) -> None:
    """Append a number that is not negative, seven bits a byte."""
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)


def from_varint(data: bytes, at: int) -> tuple[int, int]:
    """The number that begins at a position, and the position after it.  Raises `Damaged`."""
    number = shift = 0
    while at < len(data) and shift < 70:
        byte = data[at]
        number |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return number, at
        shift += 7
    raise Damaged


class TurnWriter:
    """Writes turns as bytes: one varint each, and a second one if a task steps repeatedly."""

    def __init__(self) -> None:
        self.steps = 0
        self._out = bytearray()
        self._last = -1
        self._repeated = 0
        self._time = 0

    def step(self, task: int) -> None:
        """Note that a task of the table steps."""
        self.steps += 1
        if task == self._last:
            self._repeated += 1
            return
        self._end_repetition()
        self._last, self._repeated = task, 1

    def deadline(self, task: int, which: int | None = None, *, within: bool = False) -> None:
        """Note that a deadline of a task passes.  which, within: see `Turn`."""
        self._end_repetition()
        if within:
            self._aside(0)
        if which is not None:
            self._aside(which << 1 | 1)
        to_varint(task << 2 | TurnKind.DEADLINE, self._out)

    def look(self, look: int) -> None:
        """In the next step a scope finds, at this look at the clock, that it is too late."""
        self._end_repetition()
        self._aside(look << 1)

    def time(self, milliseconds: int) -> None:
        """Note how old the run is, if that has grown since the last note."""
        if milliseconds > self._time:
            self._end_repetition()
            to_varint((milliseconds - self._time) << 2 | TurnKind.TIME, self._out)
            self._time = milliseconds

    def written(self) -> bytes:
        """All turns so far."""
        self._end_repetition()
        return bytes(self._out)

    def _aside(self, number: int) -> None:
        """A number that says more of the next step or deadline; no time is 0."""
        to_varint(TurnKind.TIME, self._out)
        to_varint(number, self._out)

    def _end_repetition(self) -> None:
        if self._repeated == 1:
            to_varint(self._last << 2 | TurnKind.STEP, self._out)
        elif self._repeated:
            to_varint(self._last << 2 | TurnKind.STEPS, self._out)
            to_varint(self._repeated, self._out)
        self._last, self._repeated = -1, 0


_KINDS = tuple(TurnKind)
"""By their numbers: to call an enumeration costs a twentieth of a step that is executed again."""


def _entries(log: Logged) -> Iterator[tuple[TurnKind, int, int]]:
    """Read the entries of a log: kind, value, and how many steps each is.  Raises `Damaged`."""
    data, known = log.turns, len(log.tasks)
    at, end = 0, len(data)
    while at < end:
        word = data[at]
        if word < 0x80:
            at += 1
        else:
            word, at = from_varint(data, at)
        kind, value = _KINDS[word & 3], word >> 2
        if kind is TurnKind.TIME:
            if not value:
                value, at = from_varint(data, at)
                kind, value = (TurnKind.WHICH if value & 1 else TurnKind.LOOK), value >> 1
                if value == 0 and kind is TurnKind.LOOK:  # looks are counted from 1
                    kind = TurnKind.WITHIN
        elif value >= known:
            raise Damaged
        steps = int(kind is TurnKind.STEP)
        if kind is TurnKind.STEPS:
            steps, at = from_varint(data, at)
        yield kind, value, steps


def count_steps(log: Logged) -> int:
    """Count the steps in a log without making its turns.  Raises `Damaged`."""
    return sum(steps for _, _, steps in _entries(log))


def turns_of(log: Logged) -> Iterator[Turn]:
    """The turns of a log, one by one.  Raises `Damaged`."""
    time, which, within = 0, None, False
    made: dict[int, Turn] = {}  # the steps of a task are all alike
    for kind, value, steps in _entries(log):
        if steps:
            turn = made.get(value)
            if turn is None:
                turn = made[value] = Turn(TurnKind.STEP, value)
            for _ in range(steps):
                yield turn
        elif kind is TurnKind.TIME:
            time += value
            yield Turn(kind, time=time)
        elif kind is TurnKind.LOOK:
            yield Turn(kind, look=value)
        elif kind is TurnKind.WHICH:
            which = value
        elif kind is TurnKind.WITHIN:
            within = True
        elif kind is TurnKind.DEADLINE:
            yield Turn(kind, value, which=which, within=within)
            which, within = None, False

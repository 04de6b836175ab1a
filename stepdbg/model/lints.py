"""Lints: what looks wrong in a run, each a fact with its line.

Owns: which lints there are (`LINTS`) and the pictures of those that were found; `MissedHandler`.
Does not own: finding them (engine.linting), or telling them (frontends).

A lint is never a guess: one that cannot be sure stays silent.
"""

from __future__ import annotations

import enum

from .facts import RunId
from .records import dataclass
from .task import Place, TaskLabel

LONG_STEP = 0.1
"""The seconds after which a step has kept the others waiting for long."""


class LintName(enum.StrEnum):
    """How a lint is called in `set lint`, in reports and in JSON."""

    LOST_EVENT = "lost-event"
    LOST_LOCK = "lost-lock"
    LOST_SENDER = "lost-sender"
    LOST_GENERATOR = "lost-generator"
    ENDLESS_SHIELD = "endless-shield"
    SLOW_STEP = "slow-step"
    BUSY_LOOP = "busy-loop"
    SWALLOWED_CANCEL = "swallowed-cancel"
    NEVER_AWAITED = "never-awaited"


class LintLevel(enum.StrEnum):
    """What a lint needs."""

    PICTURE = "picture"  # looked for at stops
    RARE = "rare"  # noticed when it happens, which costs nothing until then
    STEPS = "steps"  # something at every step, or at every coroutine: only when asked for


BY_TIME = (LintName.SLOW_STEP, LintName.BUSY_LOOP)
"""Lints that depend on real time: how long a step takes, how often a task polls until done."""


@dataclass(frozen=True, slots=True)
class LintKind:
    """One lint: what it is about, and what it costs."""

    name: LintName
    level: LintLevel
    summary: str

    @property
    def costs(self) -> bool:
        """Whether a running program pays for it, so that it has to be asked for."""
        return self.level is LintLevel.STEPS


LINTS: tuple[LintKind, ...] = (
    LintKind(
        LintName.LOST_EVENT,
        LintLevel.PICTURE,
        "a task waits for an Event that nobody else can set any more",
    ),
    LintKind(
        LintName.LOST_LOCK, LintLevel.RARE, "a task has exited without releasing a Lock it held"
    ),
    LintKind(
        LintName.LOST_SENDER,
        LintLevel.PICTURE,
        "a task receives from a channel with a send end that nobody will close",
    ),
    LintKind(
        LintName.LOST_GENERATOR,
        LintLevel.RARE,
        "an async generator with clean-up to do was left to the garbage collector",
    ),
    LintKind(
        LintName.ENDLESS_SHIELD,
        LintLevel.PICTURE,
        "a shielded scope without a deadline keeps a cancelled nursery open",
    ),
    LintKind(
        LintName.SLOW_STEP, LintLevel.STEPS, "a step kept all other tasks waiting for over 100 ms"
    ),
    LintKind(
        LintName.BUSY_LOOP,
        LintLevel.STEPS,
        "a loop does nothing but test conditions and pass checkpoints",
    ),
    LintKind(
        LintName.SWALLOWED_CANCEL,
        LintLevel.STEPS,
        "an `except` clause has caught a Cancelled and not raised it again",
    ),
    LintKind(LintName.NEVER_AWAITED, LintLevel.STEPS, "a coroutine was made and never awaited"),
)
"""All lints, those that cost nothing first."""


@dataclass(frozen=True, slots=True)
class Lint:
    """A lint that was found.

    text: one sentence: what is wrong, where, and what to do.
    place: the line, of own code where there is any.
    task, run: None where it belongs to none.
    seconds: how long it lasted, where that is what is wrong: the worst at one place
        counts.
    count: how many of the kind there were at this place, where each is one more loss.
    """

    name: LintName
    text: str
    place: Place | None
    task: TaskLabel | None = None
    run: RunId | None = None
    seconds: float = 0.0
    count: int = 1


@dataclass(frozen=True, slots=True)
class LintFound:
    """Something looks wrong.

    at_stop: the stop that follows shows it as well.
    asked: the schedule that the run follows failed by something like it.
    """

    lint: Lint
    at_stop: bool
    asked: bool = False


@dataclass(frozen=True, slots=True)
class LintsFound:
    """What looks wrong so far, in all runs.

    off: the lints that were not looked for.
    unseen: how many tasks were not looked at, because that would have taken too long.
    """

    found: tuple[Lint, ...]
    off: tuple[LintName, ...] = ()
    unseen: int = 0


@dataclass(frozen=True, slots=True)
class MissedHandler:
    """An `except` that names the class of what was raised, and does not catch the group of it.

    kinds: what it names, as written.  ahead: the group is still on its way there.
    """

    place: Place
    kinds: str
    ahead: bool

    @property
    def key(self) -> tuple[str, int | None]:
        """What makes it the same lint, no matter who reports it: file and line."""
        return self.place.filename, self.place.line

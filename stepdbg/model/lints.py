"""Lints: what looks wrong in a run, each a fact with its line.

Owns: the list of lints (`LINTS`), the pictures of those that were found; `MissedHandler`.
Does not own: finding them (engine.linting), or reporting them (frontends).

A lint is never a guess: stepdbg reports one only when it is sure.
"""

from __future__ import annotations

import enum

from .facts import RunId
from .records import dataclass
from .task import Place, TaskLabel

LONG_STEP = 0.1
"""After how many seconds a step counts as slow, because it keeps the other tasks waiting."""


class LintName(enum.StrEnum):
    """The name of a lint in `set lint`, in reports and in JSON."""

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
    """When stepdbg can notice a lint, which decides what the lint costs."""

    PICTURE = "picture"  # looked for at stops
    RARE = "rare"  # noticed when it happens, which costs nothing until then
    STEPS = "steps"  # needs work at every step or coroutine: only if the user switches it on


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
        """Whether a running program pays for it, so that the user has to switch it on."""
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
    place: the line, in own code if possible.
    task, run: None if it belongs to none.
    seconds: how long it lasted, if its length is what is wrong: the longest at one place
        counts.
    count: how many of this kind there were at this place, if each one is a further loss.
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
    unseen: how many tasks stepdbg did not examine, because that would have taken too long.
    """

    found: tuple[Lint, ...]
    off: tuple[LintName, ...] = ()
    unseen: int = 0


@dataclass(frozen=True, slots=True)
class MissedHandler:
    """An `except` that names the class of an exception, and does not catch the group around it.

    kinds: the classes that it names, as written.
    ahead: the group has not reached it yet.
    """

    place: Place
    kinds: str
    ahead: bool

    @property
    def key(self) -> tuple[str, int | None]:
        """File and line, by which two reports of the same lint are recognised."""
        return self.place.filename, self.place.line

"""What a task waits for, and who could end it.

Owns: `Explanation` (the answer to `why`) with its typed links, `Surroundings`, `RunWaits`,
`Deadlock`, and `Pending`.
Does not own: finding it out (engine.waiting) or the words (render).

Facts that Trio keeps are always there; those that only a recorder could have noted are
`NOT_RECORDED` without one.

Longer than most modules: each module costs time before a program's first step.
"""

from __future__ import annotations

import enum

from .facts import NotRecorded, RunId
from .records import dataclass
from .task import Fate, Place, RunSnapshot, ScopeSnapshot, TaskLabel, TimerSnapshot, WaitKind, Wake
from .values import ChildProcess

TYPE_CHECKING = False
if TYPE_CHECKING:  # see `hints`
    from .deeds import Deed, Failed


class Part(enum.StrEnum):
    """The part of a statement that a line is in."""

    LOOP = "loop"
    WITH = "with"
    IF = "if"
    ELSE = "else"  # of an `if`
    TRY = "try"  # one with a `finally`
    EXCEPT = "except"
    FINALLY = "finally"


@dataclass(frozen=True, slots=True)
class Block:
    """A statement of own code around a line.

    place: the line that opens the part.
    head: what stands there, such as ``while True:``; of a part that has no more than a keyword
        (`else`, `try`, `finally`): that.
    endless: it is a loop that only an exception ends.
    cleanup: the line of the `finally` that comes after it, where it is a `try`.
    """

    part: Part
    place: Place
    head: str
    endless: bool = False
    cleanup: int | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where in its function a task waits.

    elsewhere: the block is in a function that has called the one that waits.
    in_a_row: how often the task has blocked at this very line and nowhere else, this time
        included.  more: it may have been more often: the notes do not go back so far.
    asked: somebody has cancelled a scope around the task.
    """

    block: Block
    elsewhere: bool = False
    in_a_row: int | NotRecorded = 1
    more: bool = False
    asked: bool = False


class WaitState(enum.StrEnum):
    """A task's state, as far as waiting goes."""

    NOT_STARTED = "not started"
    RUNNABLE = "runnable"
    CURRENT = "current"
    BLOCKED = "blocked"
    SHIELDED = "blocked, shielded from a cancellation"  # one that was already asked for
    IN_THREAD = "waiting for a thread"
    HELD = "held"  # by the user; it could run if it were not
    FOREVER = "waiting for ever"
    EXITED = "exited"


class Ending(enum.StrEnum):
    """Who could end a wait, as far as can be told."""

    TASKS = "tasks"  # only a task of this run
    TIME = "time"  # a deadline
    OUTSIDE = "outside"  # I/O, a thread, a signal, code that nobody can look into


@dataclass(frozen=True, slots=True)
class WaitedObject:
    """The object that a task waits for.

    type: what to call it: ``Lock``, ``receive channel``.
    name: the variable or attribute of an own frame that holds it (``self.lock``); empty when
        there is none.
    is_global: it is a global variable, so that others than tasks with it may get at it.
    apart: a name that only it has, where the answer is about others of the same `name`: that of
        a variable of any task.
    """

    type: str
    name: str = ""
    is_global: bool = False
    apart: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """When and where something was done.

    step: the number of the step of the task that did it.  place: its own line.
    """

    step: int
    time: float
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Replaced:
    """What stands now where a wait has got its object from.

    expression: as the line has it: ``gate.opened``.  type: what it is now; empty for None.
    is_set: of an Event.
    """

    expression: str
    type: str = ""
    is_set: bool | None = None


class ThreadRole(enum.StrEnum):
    """What a thread of the process does."""

    WORKER = "worker"  # works for a task of Trio's, or did until it was abandoned
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class WorkerThread:
    """A worker thread, or any other thread of the process.

    task: who waits for it, None when it was abandoned.
    stack: its Python frames, innermost first; empty when it has ended.
    run: the run that it carries out, if it is not a worker thread.
    """

    name: str
    task: TaskLabel | None
    stack: tuple[Place, ...]
    role: ThreadRole = ThreadRole.WORKER
    run: RunId | None = None


class Grade(enum.StrEnum):
    """What the remaining code of a task does with an object that it has."""

    NAMES = "names it"  # it calls what would end the wait, if it gets there
    MIGHT = "might"  # it hands it to where nobody can look
    HAS = "has it"  # its code no longer names it


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What the remaining code of a task does with an object by which it could end a wait.

    name: the attribute that it names; empty where it is not known.  place: where.
    waits_alike: it waits for the same in the same way, and so must come out of that first.
    itself: it is the very task whose wait this is.
    """

    task: TaskLabel
    grade: Grade
    name: str = ""
    place: Place | None = None
    waits_alike: bool = False
    itself: bool = False


@dataclass(frozen=True, slots=True)
class Afterwards:
    """How a wait came to its end, which only a recording knows.

    wake: what ended it; None: nothing had when the recording ended.
    seconds: how long after the moment that is looked at.
    """

    wake: Wake | None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Wait:
    """One wait.

    place: the own line where the task waits.
    through: the library function that waits on its behalf, empty for Trio's own.
    holders: the tasks that have what it waits for (the owner of a lock, borrowers).
    wakers: the tasks that could end the wait, as far as their variables tell.
    waiters: how many tasks wait for the same, this one included.
    deadline: seconds until a deadline ends the wait, None without one; of a sleep: until it ends.
    timeout: the scope of the program whose deadline ends the wait first, None without one.
    numbers: what is known of the object, such as ``buffer used`` and ``buffer size``.
    detail: more in words: the addresses of a socket, the name of a function.
    held_since: when the holder got it.  made: when the object was made.
    told: what was done before to what it waits for, as far as that says something.
    everybody_asked: whether the variables of every task were looked at, for holders and wakers;
        in a run of very many tasks the search has an end.
    child: the process that it waits for, or at a pipe of which.
    peers: the tasks that have the other end of the socket or pipe.
    foreseen: what the remaining code of holders and wakers does, the likeliest first; who is not
        in it just has the object.  None where that is not looked at.
    afterwards: how it ended, in a recording, which has no objects: then `detail` is the function.
    """

    kind: WaitKind
    ending: Ending
    place: Place | None = None
    object: WaitedObject | None = None
    through: str = ""
    holders: tuple[TaskLabel, ...] = ()
    wakers: tuple[TaskLabel, ...] = ()
    waiters: int = 1
    deadline: float | None = None
    numbers: tuple[tuple[str, int], ...] = ()
    detail: str = ""
    since: Moment | NotRecorded | None = None
    held_since: Moment | NotRecorded | None = None
    made: Moment | NotRecorded | None = None
    thread: WorkerThread | None = None
    everybody_asked: bool = True
    child: ChildProcess | None = None
    peers: tuple[TaskLabel, ...] = ()
    told: tuple[Deed, ...] = ()
    timeout: ScopeSnapshot | None = None
    foreseen: tuple[Foreseen, ...] | None = None
    replaced: Replaced | None = None
    afterwards: Afterwards | None = None

    def number(self, name: str) -> int | None:
        """One of `numbers`, None when it is not there."""
        return dict(self.numbers).get(name)


@dataclass(frozen=True, slots=True)
class Cancelling:
    """A cancellation that is asked for and has not yet ended the task.

    scope: the scope that was cancelled.
    source: ``deadline``, ``nursery``, ``explicit``, … (Trio 0.31 and later).
    by: the task that did it.  place: its own line (the recorder's).
    reason: Trio's words for it.
    since: when that was, in program seconds since the start of the run (the recorder's).
    fate: what has become of it; None at the very moment of the cancellation.
    """

    scope: ScopeSnapshot
    source: str | NotRecorded
    by: TaskLabel | None = None
    place: Place | NotRecorded | None = None
    reason: str = ""
    since: float | None = None
    fate: Fate | None = None


class Standing(enum.StrEnum):
    """What becomes of an exception that has been raised and waits."""

    ON_ITS_WAY = "on its way"  # through a ``finally``, or out of a ``with``
    HANDLED = "being handled"  # by an ``except``
    IN_NURSERY = "in a nursery"  # which tells when all its tasks have ended


@dataclass(frozen=True, slots=True)
class Pending:
    """An exception that has been raised in a task that waits, so that nobody is told of it yet.

    summary: as of an `ExceptionNode`.  raised: the innermost own line of its traceback.
    """

    task: TaskLabel
    standing: Standing
    summary: str
    raised: Place | None


@dataclass(frozen=True, slots=True)
class WaitLink:
    """One task in a chain of waits.

    depth: 0 for the task that was asked about, 1 for those that could end its wait, …
    wait: None when it does not wait.  wake: why a runnable task runs.
    unlisted: how many more tasks could end the wait that have no link of their own.
    held: the user holds it: it would not run even if it did not wait.
    doing: its own line, for a task that does not wait.
    calling: what it is in the middle of calling there, where that is written in C (``time.sleep``).
    lasted: for how many seconds its step has lasted, where it is in the middle of one.
    pending: what has been raised in it, of which nobody has been told yet.
    around: the code around the line at which it waits.
    failed: what it has failed with, at the stop for that.
    caught: the cancellation that a scope of its has caught on the way to where it is.
    """

    depth: int
    task: TaskLabel
    state: WaitState
    wait: Wait | None
    wake: Wake | NotRecorded | None = None
    cancelling: Cancelling | None = None
    unlisted: int = 0
    held: bool = False
    doing: Place | None = None
    calling: str = ""
    lasted: float | None = None
    pending: tuple[Pending, ...] = ()
    around: Surroundings | None = None
    failed: Failed | None = None
    caught: Deed | None = None


class Claim(enum.StrEnum):
    """How much is known of tasks that wait for one another, or for what nobody does."""

    DEADLOCK = "deadlock"  # nothing lets them go on any more
    UNTIL_CANCELLED = "until cancelled"  # only a cancellation does
    UNTIL_DEADLINE = "until a deadline"  # a deadline does, which is pending
    UNLESS = "as far as variables tell"  # somebody else may have what they wait for


@dataclass(frozen=True, slots=True)
class CanStop:
    """A task that could cancel others.

    place: the line of its code that names `cancel`; None where it would have to fail.
    """

    task: TaskLabel
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Knot:
    """Tasks that wait for one another, or for what nobody does.

    cycle: of these each waits for the next one and the last for the first; empty where what is
        missing is a waker.
    missing: the tasks whose waits nobody can end, where it is not a cycle.
    stoppers: who could cancel one of them, where only that helps; more_stoppers: how many more.
    deadline: seconds until the first deadline that helps, None without one; whose: the task.
    """

    claim: Claim
    cycle: tuple[TaskLabel, ...] = ()
    missing: tuple[TaskLabel, ...] = ()
    stoppers: tuple[CanStop, ...] = ()
    more_stoppers: int = 0
    deadline: float | None = None
    whose: TaskLabel | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a task does not go on: its wait, who could end it, what those wait for, …

    knots: what that makes of several tasks, or of one that nobody can wake.
    """

    links: tuple[WaitLink, ...]
    knots: tuple[Knot, ...] = ()


@dataclass(frozen=True, slots=True)
class RunWaits:
    """What a run itself waits for, besides its tasks: what comes from outside, and time.

    able: how many tasks can go on, so that it does not wait yet; the current one included.
    links: the tasks whose waits something outside ends, by number.
    timers: the pending deadlines, soonest first.
    """

    run: RunSnapshot
    able: int
    links: tuple[WaitLink, ...]
    timers: tuple[TimerSnapshot, ...]


@dataclass(frozen=True, slots=True)
class Deadlock:
    """Tasks that no task of the run can let go on any more, a cancellation or a deadline aside.

    whole: every task of the run is stuck; else others go on.
    links: the stuck tasks, each with its wait.
    """

    whole: bool
    links: tuple[WaitLink, ...]
    knot: Knot

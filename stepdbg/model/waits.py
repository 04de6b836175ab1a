"""What a task waits for, and who could end the wait.

Owns: `Explanation` (the answer to `why`) with its typed links, `Surroundings`, `RunWaits`,
`Deadlock`, and `Pending`.
Does not own: finding these facts (engine.waiting) or the words (render).

Facts that Trio keeps are always there; facts that only a recorder notes are `NOT_RECORDED`
without one.

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
    ELSE = "else"  # the `else` of an `if`
    TRY = "try"  # a `try` with a `finally`
    EXCEPT = "except"
    FINALLY = "finally"


@dataclass(frozen=True, slots=True)
class Block:
    """A statement in own code that contains a line.

    place: the line that opens the part.
    head: the text of that line, such as ``while True:``; only the keyword if the part has no more
        (`else`, `try`, `finally`).
    endless: it is a loop that only an exception ends.
    cleanup: for a `try`: the line of its `finally`.
    """

    part: Part
    place: Place
    head: str
    endless: bool = False
    cleanup: int | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The code around the line at which a task waits.

    elsewhere: the block is in a function that has called the one that waits.
    in_a_row: how often in a row the task has blocked at this same line, including this
        time.  more: it may have been more often, because the notes do not go back further.
    asked: a scope around the task was cancelled.
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
    SHIELDED = "blocked, shielded from a cancellation"  # from one that has already happened
    IN_THREAD = "waiting for a thread"
    HELD = "held"  # by the user; else it could run
    FOREVER = "waiting for ever"
    EXITED = "exited"


class Ending(enum.StrEnum):
    """What could end a wait, as far as stepdbg knows."""

    TASKS = "tasks"  # only a task of this run
    TIME = "time"  # a deadline
    OUTSIDE = "outside"  # I/O, a thread, a signal, code that stepdbg cannot read


@dataclass(frozen=True, slots=True)
class WaitedObject:
    """The object that a task waits for.

    type: its type in words: ``Lock``, ``receive channel``.
    name: the variable or attribute of an own frame that holds it (``self.lock``); empty if
        there is none.
    is_global: it is in a global variable, so that tasks without a local reference can reach it.
    apart: a name that only this object has, if the answer has other objects of the same `name`: a
        variable of any task.
    """

    type: str
    name: str = ""
    is_global: bool = False
    apart: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """When and where something was done.

    step: the number of the task's step that did it.
    place: the own line that did it.
    """

    step: int
    time: float
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Replaced:
    """The object that is now in the variable from which a wait got its object.

    expression: the variable as the line names it.
    type: that of its present value; empty for None.
    is_set: whether an Event is set.
    """

    expression: str
    type: str = ""
    is_set: bool | None = None


class ThreadRole(enum.StrEnum):
    """What a thread of the process does."""

    WORKER = "worker"  # works for a task, or did so until the task abandoned it
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class WorkerThread:
    """A worker thread, or any other thread of the process.

    task: who waits for it; None if it was abandoned.
    stack: its Python frames, innermost first; empty if it has ended.
    run: the run that it executes, if it is not a worker thread.
    """

    name: str
    task: TaskLabel | None
    stack: tuple[Place, ...]
    role: ThreadRole = ThreadRole.WORKER
    run: RunId | None = None


class Grade(enum.StrEnum):
    """What the remaining code of a task does with an object that it can reach."""

    NAMES = "names it"  # the code calls what would end the wait, if it gets there
    MIGHT = "might"  # the code passes the object to code that stepdbg cannot read
    HAS = "has it"  # the code no longer names the object


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What the remaining code of a task does with an object by which it could end a wait.

    name: the attribute that it names; empty if that is not known.
    place: where.
    waits_alike: it waits for the same object in the same way, so its own wait must end first.
    itself: it is the very task that waits.
    """

    task: TaskLabel
    grade: Grade
    name: str = ""
    place: Place | None = None
    waits_alike: bool = False
    itself: bool = False


@dataclass(frozen=True, slots=True)
class Afterwards:
    """How a wait ended, which only a recording knows.

    wake: what ended it; None if nothing had ended it when the recording ended.
    seconds: how long after the moment that is shown.
    """

    wake: Wake | None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Wait:
    """One wait.

    place: the own line where the task waits.
    through: the library function that waits on its behalf; empty if it calls Trio itself.
    holders: the tasks that have what it waits for (the owner of a lock, borrowers).  As many as the
        number ``threads`` says, at the end, are those whose threads have it.
    wakers: the tasks that could end the wait, as far as their variables show.
    waiters: how many tasks wait for the same object, including this one.
    deadline: seconds until a deadline ends the wait, None without one; for a sleep, until it ends.
    timeout: the program's scope whose deadline ends the wait first; None if there is none.
    numbers: what is known of the object, such as ``buffer used`` and ``buffer size``.
    detail: more in words: the addresses of a socket, the name of a function.
    held_since: when the holder got it.
    made: when the object was made.
    told: what was done earlier to the object, if it may explain why the wait has not ended, oldest
        first: the notifications of a Condition, the last send or receive on a channel if the task
        that did it has ended, a ``started()`` that came too late.
    everybody_asked: whether the search for holders and wakers examined the variables of every task;
        in a run with very many tasks it ends early.
    child: the process for whose end it waits, or at one of whose pipes.
    peers: the tasks that have the other end of the socket or pipe.
    foreseen: what the remaining code of holders and wakers does, the most likely first; a task that
        is not in it only has the object.  None if stepdbg has not examined the code.
    afterwards: how it ended, in a recording, which has no objects: `detail` is the function.
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
        """One of `numbers`; None if it is not there."""
        return dict(self.numbers).get(name)


@dataclass(frozen=True, slots=True)
class Cancelling:
    """A cancellation that has happened and has not yet ended the task.

    scope: the scope that was cancelled.
    source: ``deadline``, ``nursery``, ``explicit``, … (Trio 0.31 and later).
    by: the task that cancelled it, or noticed that its deadline had passed.
    place: the own line that did (only with the recorder).
    reason: Trio's words for it.
    since: when that was, in program seconds since the start of the run (only with the recorder).
    fate: what has happened to it since; None at the very moment of the cancellation.
    """

    scope: ScopeSnapshot
    source: str | NotRecorded
    by: TaskLabel | None = None
    place: Place | NotRecorded | None = None
    reason: str = ""
    since: float | None = None
    fate: Fate | None = None


class Standing(enum.StrEnum):
    """What happens to an exception while the task that it was raised in waits."""

    ON_ITS_WAY = "on its way"  # through a ``finally``, or out of a ``with``
    HANDLED = "being handled"  # by an ``except``
    IN_NURSERY = "in a nursery"  # which raises it when all its tasks have ended


@dataclass(frozen=True, slots=True)
class Pending:
    """An exception that was raised in a task that now waits, so that nothing reports it yet.

    summary: as in an `ExceptionNode`.
    raised: the innermost own line of its traceback.
    then: after the end, the moment at which this was so, in program seconds since the start of the
        run; None if it is so now, or at the moment of a dump or recording.
    """

    task: TaskLabel
    standing: Standing
    summary: str
    raised: Place | None
    then: float | None = None


@dataclass(frozen=True, slots=True)
class WaitLink:
    """One task in a chain of waits.

    depth: 0 for the task that the user asked about, 1 for those that could end its wait, …
    wait: None if it does not wait.
    wake: why a runnable task runs.
    unlisted: how many more tasks without a link of their own could end the wait.
    held: the user holds it, so it would not run even if it did not wait.
    doing: its own line, for a task that does not wait.
    calling: the function in C that it is calling there (``time.sleep``).
    lasted: how many seconds its step has lasted, if it is in the middle of one.
    pending: exceptions raised in it that Trio has not reported yet.
    around: the code around the line at which it waits.
    failed: the exception with which it failed, at the stop for that.
    caught: the cancellation that one of its scopes caught on the way to where it is now.
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
    """How certain it is that tasks wait for one another, or for something that no task will do."""

    DEADLOCK = "deadlock"  # nothing can let them go on any more
    UNTIL_CANCELLED = "until cancelled"  # only a cancellation can
    UNTIL_DEADLINE = "until a deadline"  # a pending deadline will
    UNLESS = "as far as variables tell"  # other code may have what they wait for


@dataclass(frozen=True, slots=True)
class CanStop:
    """A task that could cancel others.

    place: the line of its code that names `cancel`; None if it could cancel only by failing.
    """

    task: TaskLabel
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Knot:
    """Tasks that wait for one another, or for something that no task will do.

    cycle: each of these tasks waits for the next one, and the last for the first; empty if the
        tasks wait for something that no task will do.
    missing: the tasks whose waits no task can end, if it is not a cycle.
    stoppers: the tasks that could cancel one of them, if only that helps.
    more_stoppers: how many more of these tasks there are.
    deadline: seconds until the first deadline that helps; None without one.
    whose: the task of that deadline.
    lost: the tasks of the cycle that wait for something that the next one has, while the code of
        that one no longer does what would wake them.
    """

    claim: Claim
    cycle: tuple[TaskLabel, ...] = ()
    missing: tuple[TaskLabel, ...] = ()
    stoppers: tuple[CanStop, ...] = ()
    more_stoppers: int = 0
    deadline: float | None = None
    whose: TaskLabel | None = None
    lost: tuple[TaskLabel, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a task does not go on: its wait, who could end it, what those wait for, …

    knots: groups of tasks that wait for one another, and tasks that no task can wake.
    """

    links: tuple[WaitLink, ...]
    knots: tuple[Knot, ...] = ()


@dataclass(frozen=True, slots=True)
class RunWaits:
    """What a run itself waits for, besides its tasks: things from outside, and time.

    able: how many tasks can go on, including the current one; above 0, the run does not wait.
    links: the tasks whose waits something outside ends, ordered by number.
    timers: the pending deadlines, soonest first.
    """

    run: RunSnapshot
    able: int
    links: tuple[WaitLink, ...]
    timers: tuple[TimerSnapshot, ...]


@dataclass(frozen=True, slots=True)
class Deadlock:
    """Tasks that no task of the run can let go on any more, except by a cancellation or deadline.

    whole: every task of the run is stuck; else other tasks go on.
    links: the stuck tasks, each with its wait.
    """

    whole: bool
    links: tuple[WaitLink, ...]
    knot: Knot

"""What a task of a recording waits for, and what ended the wait.

Owns: `kind_of`, from the name of the function of Trio that the task awaits; `explain`; scopes.
Does not own: what live tasks wait for, which their frames tell (engine.waiting).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from stepdbg.model.facts import TaskNumber
from stepdbg.model.recording import ASLEEP, OWN, SHIELD, ShapeKind
from stepdbg.model.records import NamedTuple, replace
from stepdbg.model.task import Place, ScopeSnapshot, ShortWait, TaskSnapshot, WaitKind
from stepdbg.model.wait_kinds import WAITS
from stepdbg.model.waits import Afterwards, Explanation, Wait, WaitedObject, WaitLink, WaitState
from stepdbg.model.waits import Moment as Since

from . import logs
from .moments import TaskStates
from .reading import Recording

_KINDS = {
    "Event.wait": WaitKind.EVENT,
    "_LockImpl.acquire": WaitKind.LOCK,
    "Lock.acquire": WaitKind.LOCK,
    "StrictFIFOLock.acquire": WaitKind.LOCK,
    "Condition.acquire": WaitKind.LOCK,
    "Condition.wait": WaitKind.CONDITION,
    "Semaphore.acquire": WaitKind.SEMAPHORE,
    "CapacityLimiter.acquire": WaitKind.LIMITER,
    "CapacityLimiter.acquire_on_behalf_of": WaitKind.LIMITER,
    "MemoryReceiveChannel.receive": WaitKind.RECEIVE,
    "MemoryReceiveChannel.__anext__": WaitKind.RECEIVE,
    "ReceiveChannel.__anext__": WaitKind.RECEIVE,
    "MemorySendChannel.send": WaitKind.SEND,
    "NurseryManager.__aexit__": WaitKind.NURSERY,
    "Nursery.start": WaitKind.START,
    "sleep": WaitKind.SLEEP,
    "sleep_until": WaitKind.SLEEP,
    "sleep_forever": WaitKind.FOREVER,
    "ParkingLot.park": WaitKind.PARKING_LOT,
    "EntryQueue.task": WaitKind.ENTRY_QUEUE,
    "to_thread_run_sync": WaitKind.THREAD,
    "wait_all_tasks_blocked": WaitKind.IDLE,
    "Runner.wait_all_tasks_blocked": WaitKind.IDLE,
    "wait_readable": WaitKind.READABLE,
    "wait_writable": WaitKind.WRITABLE,
    "SocketStream.receive_some": WaitKind.READABLE,
    "SocketStream.send_all": WaitKind.WRITABLE,
    "SocketListener.accept": WaitKind.READABLE,
    "FdStream.receive_some": WaitKind.READABLE,
    "FdStream.send_all": WaitKind.WRITABLE,
    "Process.wait": WaitKind.PROCESS,
    "SignalReceiver.__anext__": WaitKind.SIGNAL,
}
"""The kind of a wait, by the function that the program awaits (`engine.recording.step_ends`)."""


_OBJECTS = {
    WaitKind.EVENT: "Event",
    WaitKind.LOCK: "Lock",
    WaitKind.CONDITION: "Condition",
    WaitKind.SEMAPHORE: "Semaphore",
    WaitKind.LIMITER: "CapacityLimiter",
    WaitKind.RECEIVE: "receive channel",
    WaitKind.SEND: "send channel",
    WaitKind.PARKING_LOT: "ParkingLot",
}
"""The type of the object whose method is awaited in each kind of wait."""


def kind_of(awaited: str) -> WaitKind:
    """What kind of thing ends a wait in a function; `CUSTOM` if it is not one of Trio's."""
    return _KINDS.get(awaited, WaitKind.CUSTOM)


_MARKS = 6
"""How many events after a wait to look for its deadline."""

_MOST_SCOPES = 100
"""How many scopes of a task are read, at most."""

_FOLLOWED = 20
"""How many tasks an answer is about, at most."""


class Moment(NamedTuple):
    """A moment of a recording.

    states: the state of the tasks then.
    place: how many events have happened.
    now: the time, in program seconds since the start of the run.
    """

    recording: Recording
    states: TaskStates
    place: int
    now: float


def explain(
    at: Moment, living: Mapping[TaskNumber, TaskSnapshot], asked: TaskNumber
) -> Explanation:
    """Why a task did not go on.

    Args:
        at: the moment.
        living: the tasks of the run then.
        asked: the number of the task.

    Returns:
        A link for the task itself.  If it waited for its nursery, also links for its children.
    """
    parents = at.recording.tasks.parents
    links: list[WaitLink] = []
    pending = [(0, asked)]
    while pending:
        depth, number = pending.pop(0)
        task = living[number]
        wait = None if task.wait is None else _wait(at, task, task.wait)
        children: list[TaskNumber] = []
        if wait is not None and wait.kind is WaitKind.NURSERY:
            children = [each for each in living if parents.get(each) == number]
        followed = children[: max(_FOLLOWED - len(links) - len(pending), 0)]
        pending += [(depth + 1, each) for each in followed]
        links.append(
            WaitLink(
                depth,
                task.label,
                WaitState(task.state),
                wait,
                task.wake,
                unlisted=len(children) - len(followed),
                doing=task.doing,
            )
        )
    return Explanation(tuple(links))


def scope(
    recording: Recording, identity: int, left: float | None = None, place: Place | None = None
) -> ScopeSnapshot:
    """A scope, as far as a recording knows it.  left, place: as in `ScopeSnapshot`."""
    return ScopeSnapshot(recording.scope_number(identity), left, False, False, False, place)


def left_at(recording: Recording, index: int, now: float) -> float:
    """The seconds from a moment of a run until the deadline passes that an event noted."""
    return recording.times[index] + recording.events.seconds[index] - now


def timeouts(at: Moment, number: int) -> Iterator[ScopeSnapshot]:
    """The scope around a task and its nurseries that would have ended its last wait first.

    number: of the task.
    """
    events, ended = at.recording.events, at.states.ended.get(number)
    if ended is None:
        return
    # Where the line was searched for, marks come before the deadline.
    for index in range(ended + 1, min(ended + _MARKS, at.place)):
        shape = events.known[events.shapes[index]]
        if shape.kind is ShapeKind.DEADLINE and events.tasks[index] == number:
            if shape.detail == OWN:
                left = left_at(at.recording, index, at.now)
                yield scope(at.recording, events.numbers[index], left, shape.place)
            return


def own_scopes(at: Moment, number: int) -> list[tuple[int, ScopeSnapshot]]:
    """The scopes without a deadline that a task had entered when it blocked last, outermost first.

    number: of the task.

    Returns:
        Each with the number of the task's nurseries around it.
    """
    told, events = at.states.scopes.get(number), at.recording.events
    if told is None:
        return []
    found: list[tuple[int, ScopeSnapshot]] = []
    count = min(events.numbers[told], _MOST_SCOPES)
    # Where a line was searched for, marks come before its scope.
    for index in range(told + 1, min(told + _MARKS * (count + 1), len(events))):
        shape = events.known[events.shapes[index]]
        if len(found) == count:
            break
        if shape.kind is ShapeKind.SCOPE and events.tasks[index] == number:
            shield, identity = shape.detail == SHIELD, events.numbers[index]
            told_so = replace(scope(at.recording, identity, place=shape.place), shield=shield)
            found.append((int(events.seconds[index]), told_so))
    return found


def is_timeout(recording: Recording, states: TaskStates, number: int) -> bool:
    """Whether a line of the program has set the deadline of a task's wait, as far as is known."""
    deadline = states.deadline.get(number)
    if deadline is None:
        return False
    shape = recording.events.known[recording.events.shapes[deadline]]
    return shape.place is not None and shape.detail != ASLEEP


def _wait(at: Moment, task: TaskSnapshot, wait: ShortWait) -> Wait:
    """One wait, and its end."""
    recording, events, number = at.recording, at.recording.events, task.label.number
    began = at.states.ended[number]  # the step that ended in the wait
    woken = _next_wake(recording, number, at.place)
    afterwards = Afterwards(None)
    if woken is not None:
        afterwards = Afterwards(logs.wake_in(recording, woken), recording.times[woken] - at.now)
    timeout, deadline = None, at.states.deadline.get(number)
    if deadline is not None and is_timeout(recording, at.states, number):
        left = left_at(recording, deadline, at.now)
        place = events.known[events.shapes[deadline]].place
        timeout = scope(recording, events.numbers[deadline], left, place)
    shape, kind = events.known[events.shapes[began]], _OBJECTS.get(wait.what)
    return Wait(
        wait.what,
        WAITS[wait.what].ending,
        task.doing,
        None if kind is None or not shape.name else WaitedObject(kind, shape.name),
        detail=shape.detail,
        deadline=wait.left,
        since=Since(events.numbers[began], recording.times[began], None),
        afterwards=afterwards,
        timeout=timeout,
    )


def _next_wake(recording: Recording, number: int, place: int) -> int | None:
    """The event that wakes a task next."""
    events = recording.events
    while True:
        try:
            place = events.tasks.index(number, place)
        except ValueError:
            return None
        if events.known[events.shapes[place]].kind is ShapeKind.WOKEN:
            return place
        place += 1

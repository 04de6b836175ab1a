"""What a task of a recording waits for, and what ended that.

Owns: `kind_of`, from the name of the function of Trio that the task awaits; `explain`.
Does not own: what live tasks wait for, which their frames tell (engine.waiting).
"""

from __future__ import annotations

from collections.abc import Mapping

from stepdbg.model.facts import TaskNumber
from stepdbg.model.recording import ShapeKind
from stepdbg.model.task import TaskSnapshot, TaskState, WaitKind
from stepdbg.model.wait_kinds import WAITS
from stepdbg.model.waits import Afterwards, Explanation, Moment, Wait, WaitLink, WaitState

from . import logs
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
"""By the function that a line of the program awaits, as `engine.recording.step_ends` notes it."""


def kind_of(awaited: str) -> WaitKind:
    """What kind of thing ends a wait in a function; of another library's: its own."""
    return _KINDS.get(awaited, WaitKind.CUSTOM)


_FOLLOWED = 20
"""How many children, and theirs, an answer is about."""


def explain(
    recording: Recording,
    living: Mapping[TaskNumber, TaskSnapshot],
    place: int,
    now: float,
    asked: TaskNumber,
) -> Explanation:
    """Why a task did not go on.

    Args:
        recording: the file.
        living: the tasks of the run at that moment.
        place: how many events have happened then.
        now: when that is, in program seconds.
        asked: the number of the task.

    Returns:
        The task itself, and where it waited for its nursery, the children there.
    """
    links: list[WaitLink] = []
    pending = [(0, asked)]
    while pending:
        depth, number = pending.pop(0)
        task = living[number]
        wait = _wait(recording, task, place, now) if task.wait is not None else None
        children: list[TaskNumber] = []
        if wait is not None and wait.kind is WaitKind.NURSERY:
            children = [each for each in living if recording.tasks.parents.get(each) == number]
        followed = children[: max(_FOLLOWED - len(links) - len(pending), 0)]
        pending += [(depth + 1, each) for each in followed]
        links.append(
            WaitLink(
                depth,
                task.label,
                _STATES[task.state],
                wait,
                task.wake,
                unlisted=len(children) - len(followed),
                doing=task.doing,
            )
        )
    return Explanation(tuple(links))


_STATES = {
    TaskState.NOT_STARTED: WaitState.NOT_STARTED,
    TaskState.RUNNABLE: WaitState.RUNNABLE,
    TaskState.CURRENT: WaitState.CURRENT,
    TaskState.BLOCKED: WaitState.BLOCKED,
    TaskState.HELD: WaitState.HELD,
    TaskState.EXITED: WaitState.EXITED,
}


def _wait(recording: Recording, task: TaskSnapshot, place: int, now: float) -> Wait:
    """One wait, and its end."""
    events, number = recording.events, task.label.number
    assert task.wait is not None
    since, at = None, place
    while since is None and at > 0:  # a blocked task has blocked before
        at -= 1
        if events.tasks[at] == number:
            shape = events.known[events.shapes[at]]
            if shape.kind is ShapeKind.BLOCKED:
                since = Moment(events.numbers[at], recording.times[at], None)
                break
    else:
        shape = None
    woken = _next_wake(recording, number, place)
    afterwards = Afterwards(None)
    if woken is not None:
        afterwards = Afterwards(logs.wake_in(recording, woken), recording.times[woken] - now)
    return Wait(
        task.wait.what,
        WAITS[task.wait.what].ending,
        task.doing,
        detail="" if shape is None else shape.detail,
        deadline=task.wait.left,
        since=since,
        afterwards=afterwards,
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

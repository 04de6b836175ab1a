"""One recogniser for each thing that Trio can wait for.

Owns: the table of the functions of Trio in which tasks wait, and reading those functions.
Does not own: choosing the frame (chain), or what a picture says of it.

A recogniser is given the frame of the outermost known function of Trio, so that a process
is a process and not the file descriptor by which Trio waits for it.
"""

from __future__ import annotations

import math
import signal
from collections.abc import Callable
from functools import partial
from types import CellType

import trio
from trio.lowlevel import ParkingLot, Task

from stepdbg._trio_internals import waits
from stepdbg._trio_internals.frame_values import peek_at
from stepdbg.model.records import replace
from stepdbg.model.waits import Ending, WaitKind

from .files import address_of, describe_file, descriptor_of
from .objects import Found, Table, Waiting

TABLE = Table()
"""Every recogniser by the functions that it knows."""

_TASKS, _OUTSIDE = Ending.TASKS, Ending.OUTSIDE


def _tasks(*owners: object) -> tuple[Task, ...]:
    return tuple(owner for owner in owners if isinstance(owner, Task))


def _is(obj: object) -> Callable[[object], bool]:
    return lambda other: other is obj


# -- what tasks do to one another --------------------------------------------------------


@TABLE.knows("trio._sync:Event.wait")
def _event(waiting: Waiting) -> Found | None:
    event = waiting.self
    if not isinstance(event, trio.Event):
        return None
    waiters = event.statistics().tasks_waiting
    return Found(WaitKind.EVENT, _TASKS, event, "Event", keys=_is(event), waiters=waiters)


@TABLE.knows("trio._sync:_LockImpl.acquire")
def _lock(waiting: Waiting) -> Found | None:
    lock = waiting.self
    return _of_lock(lock) if isinstance(lock, trio.Lock | trio.StrictFIFOLock) else None


def _of_lock(lock: trio.Lock | trio.StrictFIFOLock, what: str = "") -> Found:
    known = lock.statistics()
    return Found(
        WaitKind.LOCK,
        _TASKS,
        lock,
        what or type(lock).__name__,
        holders=_tasks(known.owner),
        waiters=known.tasks_waiting,
        held=waits.lot_of(lock),
    )


@TABLE.knows("trio._sync:Condition.wait")
def _condition(waiting: Waiting) -> Found | None:
    condition = waiting.self
    if not isinstance(condition, trio.Condition):
        return None
    lock = waits.lock_of(condition)
    # A notification moves who waits to the lock's parking lot, in which the frame is not.
    if waiting.task.custom_sleep_data is waits.lot_of(lock):
        found = _of_lock(lock, "the lock of Condition")
        return replace(found, aliases=(condition,))
    known = condition.statistics()
    owner = known.lock_statistics.owner
    return Found(
        WaitKind.CONDITION,
        _TASKS,
        condition,
        "Condition",
        keys=_is(condition),
        waiters=known.tasks_waiting,
        holders=_tasks(owner),
    )


@TABLE.knows("trio._sync:Condition.acquire")
def _condition_lock(waiting: Waiting) -> Found | None:
    condition = waiting.self
    if not isinstance(condition, trio.Condition):
        return None
    found = _of_lock(waits.lock_of(condition), "the lock of Condition")
    return replace(found, aliases=(condition,))


@TABLE.knows("trio._sync:Semaphore.acquire")
def _semaphore(waiting: Waiting) -> Found | None:
    semaphore = waiting.self
    if not isinstance(semaphore, trio.Semaphore):
        return None
    return Found(
        WaitKind.SEMAPHORE,
        _TASKS,
        semaphore,
        "Semaphore",
        keys=_is(semaphore),
        waiters=semaphore.statistics().tasks_waiting,
        numbers=(("value", semaphore.value),),
    )


@TABLE.knows("trio._sync:CapacityLimiter.acquire_on_behalf_of")
def _limiter(waiting: Waiting) -> Found | None:
    limiter = waiting.self
    if not isinstance(limiter, trio.CapacityLimiter):
        return None
    known = limiter.statistics()
    total = known.total_tokens
    numbers = [("borrowed", known.borrowed_tokens)]
    if not math.isinf(total):
        numbers.append(("total", int(total)))
    others = [borrower for borrower in known.borrowers if not isinstance(borrower, Task)]
    if others:
        numbers.append(("other borrowers", len(others)))
    return Found(
        WaitKind.LIMITER,
        _OUTSIDE if others else _TASKS,  # the token of a thread, for one, comes back by itself
        limiter,
        "CapacityLimiter",
        holders=_tasks(*known.borrowers),
        waiters=known.tasks_waiting,
        numbers=tuple(numbers),
    )


@TABLE.knows("trio._channel:MemoryReceiveChannel.receive")
def _receive(waiting: Waiting) -> Found | None:
    end = waiting.self
    if not isinstance(end, trio.MemoryReceiveChannel):
        return None
    return _channel(WaitKind.RECEIVE, end, trio.MemorySendChannel)


@TABLE.knows("trio._channel:MemorySendChannel.send")
def _send(waiting: Waiting) -> Found | None:
    end = waiting.self
    if not isinstance(end, trio.MemorySendChannel):
        return None
    return _channel(WaitKind.SEND, end, trio.MemoryReceiveChannel)


def _channel(kind: WaitKind, end: waits.ChannelEnd, peer: type) -> Found:
    known = end.statistics()
    state = waits.channel_state(end)
    size = known.max_buffer_size
    numbers = [
        ("open senders", known.open_send_channels),
        ("open receivers", known.open_receive_channels),
        ("buffer used", known.current_buffer_used),
    ]
    if not math.isinf(size):
        numbers.append(("buffer size", int(size)))
    waiting = known.tasks_waiting_receive
    return Found(
        kind,
        _TASKS,
        end,
        "receive channel" if kind is WaitKind.RECEIVE else "send channel",
        keys=partial(_is_open_peer, state, peer),
        waiters=waiting if kind is WaitKind.RECEIVE else known.tasks_waiting_send,
        numbers=tuple(numbers),
        made=state,
    )


def _is_open_peer(state: waits.State, peer: type, obj: object) -> bool:
    return type(obj) is peer and waits.channel_state(obj) is state and waits.is_open(obj)  # type: ignore[arg-type]  # its type is `peer`


@TABLE.knows("trio._core._run:Nursery._nested_child_finished")
def _nursery(waiting: Waiting) -> Found | None:
    nursery = waiting.self
    if not isinstance(nursery, trio.Nursery):
        return None
    children, starting = nursery.child_tasks, waits.pending_starts(nursery)
    return Found(
        WaitKind.NURSERY,
        _TASKS,
        nursery,
        "nursery",
        wakers=(*children, *(waits.tasks_starting_in(nursery) if starting else ())),
        numbers=(("children", len(children)), ("starting", starting)),
    )


@TABLE.knows("trio._core._run:Nursery.start")
def _start(waiting: Waiting) -> Found | None:
    nursery = waiting.self
    inner = waiting.local("old_nursery")
    if not isinstance(nursery, trio.Nursery) or not isinstance(inner, trio.Nursery):
        return None
    return Found(WaitKind.START, _TASKS, nursery, "nursery", wakers=tuple(inner.child_tasks))


@TABLE.knows("trio._core._parking_lot:ParkingLot.park")
def _parking_lot(waiting: Waiting) -> Found | None:
    lot = waiting.self
    if not isinstance(lot, ParkingLot):
        return None
    waiters = lot.statistics().tasks_waiting
    return Found(WaitKind.PARKING_LOT, _TASKS, lot, "ParkingLot", keys=_is(lot), waiters=waiters)


# -- time --------------------------------------------------------------------------------


@TABLE.knows("trio._timeouts:sleep", "trio._timeouts:sleep_until")
def _sleep(waiting: Waiting) -> Found | None:
    deadline = waiting.local("deadline")
    for frame in waiting.inner:
        if frame.f_code.co_qualname == "sleep_until":
            deadline = peek_at(frame, "deadline")
    if deadline == math.inf:
        return _forever(waiting)
    return Found(WaitKind.SLEEP, Ending.TIME)


@TABLE.knows("trio._timeouts:sleep_forever")
def _forever(waiting: Waiting) -> Found | None:  # noqa: ARG001 - as the table calls it
    return Found(WaitKind.FOREVER, _OUTSIDE)


@TABLE.knows(
    "trio._core._generated_run:wait_all_tasks_blocked",
    "trio._core._run:Runner.wait_all_tasks_blocked",
)
def _idle(waiting: Waiting) -> Found | None:  # noqa: ARG001 - as the table calls it
    return Found(WaitKind.IDLE, Ending.TIME)


# -- the world outside -------------------------------------------------------------------


@TABLE.knows(
    *(f"trio._core._generated_io_{name}:wait_readable" for name in ("epoll", "kqueue", "windows"))
)
def _readable(waiting: Waiting) -> Found | None:
    return _file(WaitKind.READABLE, waiting.local("fd") or waiting.local("sock"))


@TABLE.knows(
    *(f"trio._core._generated_io_{name}:wait_writable" for name in ("epoll", "kqueue", "windows"))
)
def _writable(waiting: Waiting) -> Found | None:
    return _file(WaitKind.WRITABLE, waiting.local("fd") or waiting.local("sock"))


def _file(kind: WaitKind, file: object, owner: object = None, doing: str = "") -> Found:
    detail = ", ".join(filter(None, (doing, describe_file(file))))
    what = "file"
    if owner is not None:
        what = "socket" if waits.plain_socket(owner) else type(owner).__name__.removeprefix("_")
    fd = descriptor_of(file)
    numbers = () if fd is None else (("fd", fd),)
    return Found(kind, _OUTSIDE, owner, what, detail=detail, numbers=numbers, aliases=(file,))


@TABLE.knows("trio._socket:_SocketType._nonblocking_helper", "trio._socket:_SocketType.connect")
def _socket(waiting: Waiting) -> Found | None:
    owner = waiting.self
    file = waits.plain_socket(owner)
    if file is None:
        return None
    wait = next((f.f_code.co_name for f in waiting.inner if f.f_code.co_name in _WAITS), "")
    kind = WaitKind.WRITABLE if wait == "wait_writable" else WaitKind.READABLE
    if waiting.frame.f_code.co_name == "connect":
        address = address_of(waiting.local("address"))
        return _file(kind, file, owner, f"connecting to {address}" if address else "connecting")
    return _file(kind, file, owner, _called(waiting))


_WAITS = frozenset(("wait_readable", "wait_writable"))


def _called(waiting: Waiting) -> str:
    """The name of the socket's method that waits."""
    return str(getattr(waiting.local("fn"), "__name__", ""))


@TABLE.knows("trio._unix_pipes:FdStream.receive_some", "trio._unix_pipes:FdStream.send_all")
def _pipe(waiting: Waiting) -> Found | None:
    name = waiting.frame.f_code.co_name
    kind = WaitKind.READABLE if name == "receive_some" else WaitKind.WRITABLE
    stream = waiting.self
    file = stream.fileno() if isinstance(stream, trio.lowlevel.FdStream) else None
    return _file(kind, file, stream)


@TABLE.knows("trio._subprocess:Process.wait")
def _process(waiting: Waiting) -> Found | None:
    process = waiting.self
    if not isinstance(process, trio.Process):
        return None
    numbers = (("pid", process.pid),)
    return Found(WaitKind.PROCESS, _OUTSIDE, process, "Process", numbers=numbers)


@TABLE.knows("trio._signals:SignalReceiver.__anext__")
def _signal(waiting: Waiting) -> Found | None:
    receiver = waiting.self
    return Found(WaitKind.SIGNAL, _OUTSIDE, receiver, "signal", detail=_signals_of(receiver))


def _signals_of(receiver: object) -> str:
    """The signals whose handler puts them into a receiver."""
    names = []
    for number in sorted(signal.valid_signals()):
        cells = getattr(signal.getsignal(number), "__closure__", None) or ()
        if any(_content(cell) is receiver for cell in cells):
            names.append(signal.Signals(number).name)
    return ", ".join(names)


def _content(cell: CellType) -> object:
    try:
        return cell.cell_contents
    except ValueError:  # an empty one
        return None


@TABLE.knows("trio._threads:to_thread_run_sync")
def _thread(waiting: Waiting) -> Found | None:
    for frame in waiting.inner:
        if frame.f_code.co_qualname == "CapacityLimiter.acquire_on_behalf_of":
            return _limiter(Waiting(waiting.task, frame, ()))
    if any(frame.f_code.co_qualname == "Run.run" for frame in waiting.inner):
        return None  # the thread has called back: what that waits for is what counts
    register = waits.thread_register(waiting.frame)
    name = waiting.local("thread_name")
    return Found(WaitKind.THREAD, _OUTSIDE, detail=str(name or ""), thread=register)


@TABLE.knows("trio._core._entry_queue:EntryQueue.task")
def _entry_queue(waiting: Waiting) -> Found | None:  # noqa: ARG001 - as the table calls it
    return Found(WaitKind.ENTRY_QUEUE, _OUTSIDE)

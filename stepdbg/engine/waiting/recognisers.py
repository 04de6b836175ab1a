"""One recogniser for each thing that Trio can wait for.

Owns: the table of the functions of Trio in which tasks wait, reading the frames of those functions,
and choosing the one that says most.  Does not own: pictures of waits (chain).

A recogniser gets the frame of the outermost known function of Trio.  So a wait for a process is
recognised as that, and not as a wait for the file descriptor that Trio uses for it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import CellType, FrameType
from typing import Final

import trio
from trio.lowlevel import ParkingLot, Task

from stepdbg._trio_internals import losses, tasks, waits
from stepdbg._trio_internals.frame_values import is_a, peek_at
from stepdbg.engine.plumbing.files import address_of, describe_file, descriptor_of
from stepdbg.engine.stacks import frames
from stepdbg.model.records import replace
from stepdbg.model.standard import math, signal
from stepdbg.model.task import Origin, WaitKind

from .libraries import LIBRARIES
from .objects import Found, Table, Waiting, channel_numbers

TABLE = Table()
"""Every recogniser, by the functions that it knows."""


def _tasks(*owners: object) -> tuple[Task, ...]:
    return tuple(owner for owner in owners if is_a(owner, Task))


def _is(obj: object) -> Callable[[object], bool]:
    return lambda other: other is obj


# -- what tasks do to one another --------------------------------------------------------


@TABLE.knows_method(trio.Event, "trio._sync:Event.wait")
def _event(event: trio.Event) -> Found:
    return Found(
        WaitKind.EVENT,
        event,
        "Event",
        keys=_is(event),
        mates=partial(losses.event_waiters, event),
        waiters=event.statistics().tasks_waiting,
    )


@TABLE.knows("trio._sync:_LockImpl.acquire")
def _lock(waiting: Waiting) -> Found | None:
    lock = waiting.self
    return _of_lock(lock) if is_a(lock, trio.Lock, trio.StrictFIFOLock) else None


def _of_lock(lock: trio.Lock | trio.StrictFIFOLock, what: str = "") -> Found:
    known = lock.statistics()
    return Found(
        WaitKind.LOCK,
        lock,
        what or type(lock).__name__,
        holders=_tasks(known.owner),
        waiters=known.tasks_waiting,
        held=waits.lot_of(lock),
    )


@TABLE.knows("trio._sync:Condition.wait")
def _condition(waiting: Waiting) -> Found | None:
    condition = waiting.self
    if not is_a(condition, trio.Condition):
        return None
    lock = waits.lock_of(condition)
    # A notification moves the task to the lock's parking lot, but its frame is still in `wait`.
    if waiting.task.custom_sleep_data is waits.lot_of(lock):
        found = _of_lock(lock, "the lock of Condition")
        return replace(found, aliases=(condition,))
    known = condition.statistics()
    owner = known.lock_statistics.owner
    return Found(
        WaitKind.CONDITION,
        condition,
        "Condition",
        keys=_is(condition),
        waiters=known.tasks_waiting,
        holders=_tasks(owner),
    )


@TABLE.knows_method(trio.Condition, "trio._sync:Condition.acquire")
def _condition_lock(condition: trio.Condition) -> Found:
    found = _of_lock(waits.lock_of(condition), "the lock of Condition")
    return replace(found, aliases=(condition,))


@TABLE.knows_method(trio.Semaphore, "trio._sync:Semaphore.acquire")
def _semaphore(semaphore: trio.Semaphore) -> Found:
    return Found(
        WaitKind.SEMAPHORE,
        semaphore,
        "Semaphore",
        keys=_is(semaphore),
        waiters=semaphore.statistics().tasks_waiting,
        numbers=(("value", semaphore.value),),
    )


@TABLE.knows_method(trio.CapacityLimiter, "trio._sync:CapacityLimiter.acquire_on_behalf_of")
def _limiter(limiter: trio.CapacityLimiter) -> Found:
    known = limiter.statistics()
    total = known.total_tokens
    numbers = [("borrowed", known.borrowed_tokens)]
    if not math.isinf(total):
        numbers.append(("total", int(total)))
    others = tuple(borrower for borrower in known.borrowers if not is_a(borrower, Task))
    return Found(
        WaitKind.LIMITER,
        limiter,
        "CapacityLimiter",
        holders=tuple(sorted(_tasks(*known.borrowers), key=tasks.number)),
        lent=others,
        waiters=known.tasks_waiting,
        numbers=tuple(numbers),
        outside=bool(others),  # a token that a thread has, for example, returns without any task
    )


@TABLE.knows_method(trio.MemoryReceiveChannel, "trio._channel:MemoryReceiveChannel.receive")
def _receive(end: trio.MemoryReceiveChannel[object]) -> Found:
    return _channel(WaitKind.RECEIVE, end, trio.MemorySendChannel)


@TABLE.knows_method(trio.MemorySendChannel, "trio._channel:MemorySendChannel.send")
def _send(end: trio.MemorySendChannel[object]) -> Found:
    return _channel(WaitKind.SEND, end, trio.MemoryReceiveChannel)


def _channel(kind: WaitKind, end: waits.ChannelEnd, peer: type) -> Found:
    known = end.statistics()
    state = waits.channel_state(end)
    receives = kind is WaitKind.RECEIVE
    return Found(
        kind,
        end,
        f"{kind} channel",
        keys=partial(_is_open_peer, state, peer),
        mates=partial(losses.receivers, state),
        waiters=known.tasks_waiting_receive if receives else known.tasks_waiting_send,
        numbers=channel_numbers(
            known.open_send_channels,
            known.open_receive_channels,
            known.current_buffer_used,
            known.max_buffer_size,
        ),
        made=state,
    )


def _is_open_peer(state: waits.State, peer: type, obj: object) -> bool:
    return type(obj) is peer and waits.channel_state(obj) is state and waits.is_open(obj)  # type: ignore[arg-type]  # its type is `peer`


@TABLE.knows_method(trio.Nursery, "trio._core._run:Nursery._nested_child_finished")
def _nursery(nursery: trio.Nursery) -> Found:
    # In the order of their births, which is that of every other list; Trio has them in a set.
    children = sorted(tasks.children_of(nursery), key=tasks.number)
    starting = waits.pending_starts(nursery)
    return Found(
        WaitKind.NURSERY,
        nursery,
        "nursery",
        wakers=(*children, *(waits.tasks_starting_in(nursery) if starting else ())),
        numbers=(("children", len(children)), ("starting", starting)),
    )


@TABLE.knows("trio._core._run:Nursery.start")
def _start(waiting: Waiting) -> Found | None:
    nursery = waiting.self
    inner = waiting.local("old_nursery")
    if not is_a(nursery, trio.Nursery) or not is_a(inner, trio.Nursery):
        return None
    power = waiting.local("task_status") or _NOT_FOUND
    wakers = tuple(tasks.children_of(inner))
    return Found(WaitKind.START, nursery, "nursery", wakers=wakers, power=power)


_NOT_FOUND: Final = object()
"""Stands for an unknown holder."""


@TABLE.knows_method(ParkingLot, "trio._core._parking_lot:ParkingLot.park")
def _parking_lot(lot: ParkingLot) -> Found:
    waiters = lot.statistics().tasks_waiting
    return Found(WaitKind.PARKING_LOT, lot, "ParkingLot", keys=_is(lot), waiters=waiters)


# -- time --------------------------------------------------------------------------------


@TABLE.knows("trio._timeouts:sleep", "trio._timeouts:sleep_until")
def _sleep(waiting: Waiting) -> Found | None:
    deadline = waiting.local("deadline")
    for frame in waiting.inner:
        if frame.f_code.co_qualname == "sleep_until":
            deadline = peek_at(frame, "deadline")
    return Found(WaitKind.FOREVER if deadline == math.inf else WaitKind.SLEEP)


def _plain(kind: WaitKind) -> Callable[[Waiting], Found]:
    """A recogniser for functions whose waits have no object."""
    return lambda _: Found(kind)


TABLE.knows("trio._timeouts:sleep_forever")(_plain(WaitKind.FOREVER))
TABLE.knows("trio._core._entry_queue:EntryQueue.task")(_plain(WaitKind.ENTRY_QUEUE))
TABLE.knows(
    "trio._core._generated_run:wait_all_tasks_blocked",
    "trio._core._run:Runner.wait_all_tasks_blocked",
)(_plain(WaitKind.IDLE))


# -- the world outside -------------------------------------------------------------------


def _descriptor(kind: WaitKind) -> Callable[[Waiting], Found]:
    return lambda waiting: _file(kind, waiting.local("fd") or waiting.local("sock"))


for _system in ("epoll", "kqueue", "windows"):
    _module = f"trio._core._generated_io_{_system}"
    TABLE.knows(f"{_module}:wait_readable")(_descriptor(WaitKind.READABLE))
    TABLE.knows(f"{_module}:wait_writable")(_descriptor(WaitKind.WRITABLE))


def _file(kind: WaitKind, file: object, owner: object = None, doing: str = "") -> Found:
    detail = ", ".join(filter(None, (doing, describe_file(file))))
    what = "file"
    if owner is not None:
        what = "socket" if waits.plain_socket(owner) else type(owner).__name__.removeprefix("_")
    fd = descriptor_of(file)
    numbers = () if fd is None else (("fd", fd),)
    return Found(kind, owner, what, detail=detail, numbers=numbers, aliases=(file,))


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
    """The name of the socket method in which the task waits."""
    return str(getattr(waiting.local("fn"), "__name__", ""))


@TABLE.knows("trio._unix_pipes:FdStream.receive_some", "trio._unix_pipes:FdStream.send_all")
def _pipe(waiting: Waiting) -> Found | None:
    name = waiting.frame.f_code.co_name
    kind = WaitKind.READABLE if name == "receive_some" else WaitKind.WRITABLE
    stream = waiting.self
    file = stream.fileno() if is_a(stream, trio.lowlevel.FdStream) else None
    return _file(kind, file, stream)


@TABLE.knows_method(trio.Process, "trio._subprocess:Process.wait")
def _process(process: trio.Process) -> Found:
    numbers = (("pid", process.pid),)
    return Found(WaitKind.PROCESS, process, "Process", numbers=numbers)


@TABLE.knows("trio._signals:SignalReceiver.__anext__")
def _signal(waiting: Waiting) -> Found | None:
    receiver = waiting.self
    return Found(WaitKind.SIGNAL, receiver, "signal", detail=_signals_of(receiver))


def _signals_of(receiver: object) -> str:
    """The signals that a receiver gets."""
    names = []
    for number in sorted(signal.valid_signals()):
        cells = getattr(signal.getsignal(number), "__closure__", None) or ()
        if any(_content(cell) is receiver for cell in cells):
            names.append(signal.Signals(number).name)
    return ", ".join(names)


def _content(cell: CellType) -> object:
    try:
        return cell.cell_contents
    except ValueError:  # an empty cell
        return None


@TABLE.knows("trio._threads:to_thread_run_sync")
def _thread(waiting: Waiting) -> Found | None:
    for frame in waiting.inner:
        if frame.f_code.co_qualname == "CapacityLimiter.acquire_on_behalf_of":
            limiter = Waiting(waiting.task, frame, ()).self
            return _limiter(limiter) if is_a(limiter, trio.CapacityLimiter) else None
    if any(frame.f_code.co_qualname == "Run.run" for frame in waiting.inner):
        return None  # the thread has called back into the task, and that call's wait counts
    register = waits.thread_register(waiting.frame)
    name = waiting.local("thread_name")
    return Found(WaitKind.THREAD, detail=str(name or ""), thread=register)


# -- choosing ----------------------------------------------------------------------------


def find_wait(task: Task, stack: list[FrameType]) -> Found:
    """What a blocked task waits for, from the outermost function with a recogniser.

    Functions of Trio count up to the first frame that is not Trio's; functions of libraries count
    up to the innermost own frame.
    """
    found: Found | None = None
    inner: list[FrameType] = []
    table = TABLE
    for frame in stack:
        origin = frames.origin_of(frame.f_code.co_filename)
        if origin is Origin.OWN:
            break
        table = LIBRARIES if origin is Origin.LIBRARY else table
        recogniser = table.find(frame)
        if recogniser is not None:
            found = recogniser(Waiting(task, frame, tuple(inner))) or found
        inner.append(frame)
    if found is not None:
        return found
    return Found(WaitKind.CUSTOM, detail=_function_after(stack, inner))


def _function_after(stack: list[FrameType], inner: list[FrameType]) -> str:
    """The function that called Trio's `wait_task_rescheduled`."""
    for frame in stack:
        if frame.f_globals.get("__name__") != "trio._core._traps":
            return function_name(frame)
    return function_name(inner[-1]) if inner else ""


def function_name(frame: FrameType) -> str:
    """The name of a frame's function, with its module."""
    return f"{frame.f_globals.get('__name__', '?')}.{frame.f_code.co_qualname}"

"""What Trio's synchronization objects keep for themselves.

Owns: access to locks, conditions, channels, nurseries and worker threads.
Does not own: what follows from it (engine.waiting).

If a public ``statistics()`` has the answer, that is called, and nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import CodeType, FrameType
from typing import Any, Final

from trio import _threads
from trio._channel import MemoryChannelState, MemoryReceiveChannel, MemorySendChannel
from trio._core._entry_queue import EntryQueue
from trio._core._parking_lot import GLOBAL_PARKING_LOT_BREAKER, ParkingLot
from trio._core._run import CancelScope, CancelStatus, Nursery, Runner, Task
from trio._socket import _SocketType
from trio._sync import Condition, Lock, Semaphore, StrictFIFOLock

from stepdbg.model.standard import _thread, math, socket, sys

from .frame_values import is_a, peek_at

ChannelEnd = MemorySendChannel[object] | MemoryReceiveChannel[object]
State = MemoryChannelState[object]


def lot_of(lock: Lock | StrictFIFOLock | Condition | Semaphore) -> ParkingLot:
    """The parking lot of the waiting tasks."""
    return lock._lot


def lock_of(condition: Condition) -> Lock:
    """The lock of a condition."""
    return condition._lock


def channel_state(end: ChannelEnd) -> State:
    """The state that the ends of a memory channel and all their clones share."""
    return end._state


def is_open(end: ChannelEnd) -> bool:
    """Whether this clone has not been closed."""
    return not end._closed


def pending_starts(nursery: Nursery) -> int:
    """How many tasks are starting through ``nursery.start``."""
    return nursery._pending_starts


def tasks_starting_in(nursery: Nursery) -> tuple[Task, ...]:
    """The tasks that are starting through ``nursery.start``."""
    runner = nursery.parent_task._runner
    return tuple(task for task in runner.tasks if task.eventual_parent_nursery is nursery)


def waits_for_idle(runner: Runner) -> bool:
    """Whether some task is in ``wait_all_tasks_blocked``."""
    return bool(getattr(runner, "waiting_for_idle", ()))


def is_token_handed_out(runner: Runner) -> bool:
    """Whether code besides Trio's has the run's `TrioToken`, which lets threads call in."""
    if getattr(runner, "trio_token", None) is None:
        return False
    # The runner has one reference, and the argument of `getrefcount` is the other.
    return sys.getrefcount(runner.trio_token) > 2


def cancel_source(scope: CancelScope) -> tuple[str, str, str] | None:
    """Source, reason and source task (a repr) of a cancellation; None before Trio 0.31."""
    reason = getattr(scope, "_cancel_reason", None)
    if reason is None:
        return None
    return str(reason.source), str(reason.reason or ""), str(reason.source_task or "")


def cancelled_scope(task: Task) -> CancelScope | None:
    """The outermost cancelled scope around a task, ignoring shields; None if there is none."""
    found = None
    status: CancelStatus | None = task._cancel_status
    while status is not None:
        if status._scope._cancel_called:
            found = status._scope
        status = status._parent
    return found


def thread_register(frame: FrameType) -> object:
    """The object that connects a worker thread's frame with its waiting task; None if not found."""
    return peek_at(frame, "task_register")


class calls_refused:  # noqa: N801 - used like a function
    """A block in which code on this worker thread cannot call into the run that it works for.

    ``from_thread.run`` raises RuntimeError there, even with that run's token.  If this Trio keeps
    the run in another way, this does nothing.

    Args:
        reason: what the error says.
    """

    def __init__(self, reason: str) -> None:
        self._reason = reason
        self._data: Any = getattr(_threads, "PARENT_TASK_DATA", None)
        self._token = getattr(self._data, "token", None)

    def __enter__(self) -> None:
        if self._token is not None:
            self._data.token = self
            with _arranging:
                _refused[_thread.get_ident()] = self
                _arrange()

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            self._data.token = self._token
            with _arranging:
                del _refused[_thread.get_ident()]
                _arrange()

    def run_sync_soon(self, *_: object, **__: object) -> None:
        """Refuse a call; Trio calls this as the method of a `TrioToken`."""
        raise RuntimeError(self._reason)

    def takes(self, token: object) -> bool:
        """Whether calls with this token are refused."""
        return token is self or token is self._token


_SEND: Final = "run_in_system_nursery"

_refused: dict[int, calls_refused] = {}
"""By thread.  A token is shared with threads that may call, so it cannot itself refuse."""

_arranging = _thread.allocate_lock()

_originals: dict[type[Any], Callable[[Any, Any], None]] = {}
"""By class: Trio's method that sends a message with a token, while ours replaces it."""


def _arrange() -> None:
    """Check messages with a token, but only while some thread must not send any."""
    kinds = [getattr(_threads, name, None) for name in ("Run", "RunSync")]
    if _refused and not _originals:
        for kind in filter(None, kinds):
            original = getattr(kind, _SEND, None)
            if original is not None:
                _originals[kind] = original
                setattr(kind, _SEND, _looked_at(original))
    elif not _refused:
        for kind, original in _originals.items():
            setattr(kind, _SEND, original)
        _originals.clear()


def _looked_at(original: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    def run_in_system_nursery(message: Any, token: Any) -> None:
        refused = _refused.get(_thread.get_ident())
        if refused is not None and refused.takes(token):
            refused.run_sync_soon()
        original(message, token)

    return run_in_system_nursery


def is_calling_back(frame: FrameType | None) -> bool:
    """Whether a thread with this innermost frame waits for a run to do what it asked for."""
    code = getattr(getattr(_threads, "_send_message_to_trio", None), "__code__", None)
    while frame is not None and frame.f_code is not code:
        frame = frame.f_back
    return frame is not None


def thread_borrower(frame: FrameType) -> object:
    """Who borrows the token of a limiter for the thread of a task; None if there is none.

    frame: any frame of the task.
    """
    code = frame.f_code
    here = code.co_qualname == "to_thread_run_sync" and frame.f_globals is vars(_threads)
    return peek_at(frame, "placeholder") if here else None


def is_worker_code(code: CodeType) -> bool:
    """Whether this is the function that Trio runs in a worker thread."""
    return code.co_qualname == "to_thread_run_sync.<locals>.worker_fn"


def soonest_deadline(task: Task) -> float:
    """The deadline that ends a task's wait, in the clock's seconds; inf if there is none."""
    soonest = math.inf
    status: CancelStatus | None = task._cancel_status
    while status is not None:
        if not status._scope._cancel_called:  # else its deadline no longer matters
            soonest = min(soonest, status._scope._deadline)
        if status._scope._shield:
            break
        status = status._parent
    return soonest


def plain_socket(owner: object) -> socket.socket | None:
    """The standard library's socket inside one of Trio's; None for other objects."""
    return owner._sock if is_a(owner, _SocketType) else None


def is_entry_task(task: Task) -> bool:
    """Whether this is Trio's own task that carries out calls from other threads."""
    return task.coro.cr_code is EntryQueue.task.__code__


def owners_that_wait() -> Iterator[tuple[Task, Task]]:
    """Each task that holds a lock and waits for another lock, with the task that holds that one."""
    held = list(GLOBAL_PARKING_LOT_BREAKER.items())  # other threads may also have runs
    if not held:
        return
    owners = {id(lot): owner for owner, lots in held for lot in lots}
    for task, _ in held:
        # A parking lot puts itself there for the tasks that are parked in it.
        lot = task.custom_sleep_data
        if isinstance(lot, ParkingLot) and task in lot._parked and id(lot) in owners:
            yield task, owners[id(lot)]

"""What Trio's synchronization objects keep for themselves.

Owns: access to locks, conditions, channels, nurseries and worker threads.
Does not own: what follows from it (engine.waiting).

Whatever a public ``statistics()`` tells is asked there instead.
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
    """The parking lot in which those who wait stand."""
    return lock._lot


def lock_of(condition: Condition) -> Lock:
    """The lock of a condition."""
    return condition._lock


def channel_state(end: ChannelEnd) -> State:
    """What the ends of a memory channel and all their clones share."""
    return end._state


def is_open(end: ChannelEnd) -> bool:
    """Whether this clone has not been closed."""
    return not end._closed


def pending_starts(nursery: Nursery) -> int:
    """How many tasks are on their way in through ``nursery.start``."""
    return nursery._pending_starts


def tasks_starting_in(nursery: Nursery) -> tuple[Task, ...]:
    """The tasks on their way in through ``nursery.start``."""
    runner = nursery.parent_task._runner
    return tuple(task for task in runner.tasks if task.eventual_parent_nursery is nursery)


def waits_for_idle(runner: Runner) -> bool:
    """Whether some task is in ``wait_all_tasks_blocked``."""
    return bool(getattr(runner, "waiting_for_idle", ()))


def is_token_handed_out(runner: Runner) -> bool:
    """Whether somebody besides Trio has the run's `TrioToken`, by which a thread may call in."""
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
    """The outermost cancelled scope around a task, shields or not; None when there is none."""
    found = None
    status: CancelStatus | None = task._cancel_status
    while status is not None:
        if status._scope._cancel_called:
            found = status._scope
        status = status._parent
    return found


def thread_register(frame: FrameType) -> object:
    """What ties a worker thread's frame to the task that waits for it; None without."""
    return peek_at(frame, "task_register")


class calls_refused:  # noqa: N801 - used like a function
    """A block in which code on this thread, a worker, cannot call into the run it works for.

    ``from_thread.run`` raises RuntimeError there, also where it is given that run's token.  Does
    nothing with a Trio that keeps the run in another way.

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
        """What Trio calls, as of a `TrioToken`."""
        raise RuntimeError(self._reason)

    def takes(self, token: object) -> bool:
        """Whether calls with this token are refused."""
        return token is self or token is self._token


_SEND: Final = "run_in_system_nursery"

_refused: dict[int, calls_refused] = {}
"""By thread.  A token is shared with threads that may call, so it cannot refuse by itself."""

_arranging = _thread.allocate_lock()

_originals: dict[type[Any], Callable[[Any, Any], None]] = {}
"""By class, how Trio sends a message with a token, while ours stand in these places."""


def _arrange() -> None:
    """Have messages with a token looked at while, and only while, some thread may not send any."""
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
    """Whether a thread with this innermost frame waits for what it has asked a run to do."""
    code = getattr(getattr(_threads, "_send_message_to_trio", None), "__code__", None)
    while frame is not None and frame.f_code is not code:
        frame = frame.f_back
    return frame is not None


def is_worker_code(code: CodeType) -> bool:
    """Whether this is the function that Trio runs in a worker thread."""
    return code.co_qualname == "to_thread_run_sync.<locals>.worker_fn"


def soonest_deadline(task: Task) -> float:
    """The deadline that ends a task's wait, in the clock's seconds; inf when there is none."""
    soonest = math.inf
    status: CancelStatus | None = task._cancel_status
    while status is not None:
        if not status._scope._cancel_called:  # else its deadline does nothing any more
            soonest = min(soonest, status._scope._deadline)
        if status._scope._shield:
            break
        status = status._parent
    return soonest


def plain_socket(owner: object) -> socket.socket | None:
    """The socket of the standard library that one of Trio's stands on; None for others."""
    return owner._sock if is_a(owner, _SocketType) else None


def is_entry_task(task: Task) -> bool:
    """Whether this is Trio's own task that carries out calls from other threads."""
    return task.coro.cr_code is EntryQueue.task.__code__


def owners_that_wait() -> Iterator[tuple[Task, Task]]:
    """Every task that holds a lock and waits for another one, with the task that holds that."""
    held = list(GLOBAL_PARKING_LOT_BREAKER.items())  # other threads may also have runs
    if not held:
        return
    owners = {id(lot): owner for owner, lots in held for lot in lots}
    for task, _ in held:
        # A parking lot leaves itself there for the tasks that are parked in it.
        lot = task.custom_sleep_data
        if isinstance(lot, ParkingLot) and task in lot._parked and id(lot) in owners:
            yield task, owners[id(lot)]

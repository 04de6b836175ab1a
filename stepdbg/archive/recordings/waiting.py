"""What kind of wait a task is in, from the name of the function of Trio that it awaits.

Owns: `kind_of`.
Does not own: what live tasks wait for, which their frames tell (engine.waiting).
"""

from __future__ import annotations

from stepdbg.model.task import WaitKind

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

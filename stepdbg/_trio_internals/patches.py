"""Methods of Trio that are wrapped, while somebody waits for what they do.

Owns: the `watch_…` functions; each gives the function that takes it back.
Does not own: deciding what an exit or a cancellation means.

No hook of an instrument tells these: `task_exited` comes after the parent's nursery has
been told (the siblings' waits are aborted by then) and without the outcome, and nothing at
all tells that a scope is cancelled.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

from outcome import Error, Outcome
from trio import _sync
from trio._channel import MemoryChannelState, MemorySendChannel
from trio._core._ki import enable_ki_protection
from trio._core._parking_lot import ParkingLot
from trio._core._run import CancelScope, Nursery, Runner, Task

ExitWatcher = Callable[[Task, Outcome[object]], None]
CancelWatcher = Callable[[CancelScope], None]
NurseryWatcher = Callable[[Nursery, BaseException], None]


def _replace(owner: type, name: str, wrapped: Callable[..., object]) -> Callable[[], None]:
    original = getattr(owner, name)
    functools.update_wrapper(wrapped, original)
    setattr(owner, name, wrapped)

    def restore() -> None:
        setattr(owner, name, original)

    return restore


def watch_exits(watcher: ExitWatcher, *, failed_only: bool = False) -> Callable[[], None]:
    """Call `watcher` when a task has run its last step, before anybody else learns of it.

    failed_only: only when it has raised.

    Returns:
        A function that takes the patch back.
    """
    original: Callable[..., None] | None = getattr(Runner, "task_exited", None)
    if original is None:
        return lambda: None  # the check of the names has told

    def task_exited(self: Runner, task: Task, outcome: Outcome[object]) -> None:
        if not failed_only or type(outcome) is Error:
            watcher(task, outcome)
        original(self, task, outcome)

    return _replace(Runner, "task_exited", task_exited)


def watch_failing_nurseries(watcher: NurseryWatcher) -> Callable[[], None]:
    """Call `watcher` when a nursery takes an exception, before it cancels anything for it.

    It comes from a child, or from the block of the nursery itself.  Nothing is called before.

    Returns:
        A function that takes the patch back.
    """
    original: Callable[..., None] | None = getattr(Nursery, "_add_exc", None)
    if original is None:
        return lambda: None  # the check of the names has told

    # Trio 0.31 has added the reason that it hands to the cancelled.
    def add_exc(self: Nursery, exc: BaseException, *args: object, **named: object) -> None:
        watcher(self, exc)
        original(self, exc, *args, **named)

    return _replace(Nursery, "_add_exc", enable_ki_protection(add_exc))


_cancel_watchers: list[CancelWatcher] = []
_restore_cancel: list[Callable[[], None]] = []


def watch_cancels(watcher: CancelWatcher) -> Callable[[], None]:
    """Call `watcher` before a scope is cancelled for the first time, for whatever reason.

    Several may watch; the method is wrapped while anybody does.

    Returns:
        A function that ends it.
    """
    _cancel_watchers.append(watcher)
    if not _restore_cancel:
        _restore_cancel.append(_wrap_cancel())

    def end() -> None:
        _cancel_watchers.remove(watcher)
        if not _cancel_watchers:
            _restore_cancel.pop()()

    return end


def _wrap_cancel() -> Callable[[], None]:
    # Everything goes through `_cancel` since Trio 0.31, and through `cancel` before.
    name = "_cancel" if hasattr(CancelScope, "_cancel") else "cancel"
    original: Callable[..., None] = getattr(CancelScope, name)

    def cancel(self: CancelScope, *args: object) -> None:
        if not getattr(self, "_cancel_called", False):
            for watcher in tuple(_cancel_watchers):
                watcher(self)
        return original(self, *args)

    return _replace(CancelScope, name, enable_ki_protection(cancel))


def watch_channels(watcher: Callable[[MemoryChannelState[object]], None]) -> Callable[[], None]:
    """Call `watcher` with what a memory channel's ends share, at its first end and each clone.

    Returns:
        A function that takes the patch back.
    """
    original: Callable[..., None] = MemorySendChannel.__attrs_post_init__

    def post_init(self: MemorySendChannel[object]) -> None:
        watcher(self._state)
        original(self)

    return _replace(MemorySendChannel, "__attrs_post_init__", post_init)


def watch_locks(watcher: Callable[[Task, ParkingLot], None]) -> Callable[[], None]:
    """Call `watcher` when a task has got a lock, with the lock's parking lot.

    Locks register their owner as a breaker of their lot; replacing that function where locks
    look it up leaves no frame of ours on a traceback when a lock is not to be had.

    Returns:
        A function that takes the patch back.
    """
    names = vars(_sync)
    original: Callable[[Task, ParkingLot], None] | None = names.get("add_parking_lot_breaker")
    if original is None:
        return lambda: None  # the check of the names has told

    def add_parking_lot_breaker(task: Task, lot: ParkingLot) -> None:
        original(task, lot)
        watcher(task, lot)

    names["add_parking_lot_breaker"] = add_parking_lot_breaker

    def restore() -> None:
        names["add_parking_lot_breaker"] = original

    return restore

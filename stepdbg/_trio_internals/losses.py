"""What is lost for good: the tasks that wait for an object, and the moments when Trio gives one up.

Owns: access to the tasks that wait for events and channels, and the `watch_…` functions for what
tasks leave behind.  Does not own: whether any of that is a mistake (engine.linting).

Trio calls the wrapped functions only at those rare moments, so a program that runs into none of
them pays nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from types import AsyncGeneratorType
from typing import Any, TypeGuard

import trio
from trio._channel import MemoryChannelState
from trio._core._asyncgens import AsyncGenerators
from trio._core._parking_lot import ParkingLot
from trio._core._run import CancelScope, CancelStatus, Task

from .frame_values import is_a
from .patches import replace_method
from .runs import current_runner, current_task

Generator = AsyncGeneratorType[object, object]


def is_channel_state(obj: object) -> TypeGuard[MemoryChannelState[object]]:
    """Whether an object is the state that the ends of a memory channel share."""
    return is_a(obj, MemoryChannelState)


def event_waiters(event: trio.Event) -> tuple[Task, ...]:
    """The tasks that wait for an event."""
    return tuple(getattr(event, "_tasks", ()))


def receivers(state: MemoryChannelState[object]) -> tuple[Task, ...]:
    """The tasks that wait to receive from a channel."""
    return tuple(state.receive_tasks)


def open_senders(state: MemoryChannelState[object]) -> int:
    """How many send ends of a channel are still open."""
    return state.open_send_channels


def shield_around(task: Task) -> CancelScope | None:
    """The scope whose shield protects a task from a cancellation.

    None if there is no such scope, or if the task is also being cancelled inside of it.
    """
    status: CancelStatus | None = task._cancel_status
    if status is None or status.effectively_cancelled:
        return None
    while status is not None and status._parent is not None:
        if status._scope._shield and status._parent.effectively_cancelled:
            return status._scope
        status = status._parent
    return None


def cancelling_status(task: Task) -> CancelStatus | None:
    """The status of the scope that will catch a task's Cancelled; None if not cancelled."""
    status: CancelStatus | None = task._cancel_status
    if status is None or not status.effectively_cancelled:
        return None
    while status._parent is not None and not status._scope._shield:
        if not status._parent.effectively_cancelled:
            break
        status = status._parent
    return status


def is_inside(task: Task, status: CancelStatus) -> bool:
    """Whether a task is still inside a status."""
    around: CancelStatus | None = task._cancel_status
    while around is not None and around is not status:
        around = around._parent
    return around is status


def watch_broken_lots(watcher: Callable[[Task, ParkingLot], None]) -> Callable[[], None]:
    """Call `watcher` when a task has exited without opening a parking lot: it still holds a lock.

    Returns:
        A function that undoes the patch.
    """
    original: Callable[..., None] = ParkingLot.break_lot

    def break_lot(self: ParkingLot, task: Task | None = None) -> None:
        if task is not None:
            watcher(task, self)
        original(self, task)

    return replace_method(ParkingLot, "break_lot", break_lot)


def watch_left_generators(watcher: Callable[[Generator], None]) -> Callable[[], None]:
    """Call `watcher` with an async generator that the garbage collector has found unfinished.

    Generators that live at the end of a run are not reported: Trio ends them then.

    Returns:
        A function that undoes the patch.
    """
    original: Callable[..., Coroutine[Any, Any, None]] | None = getattr(
        AsyncGenerators, "_finalize_one", None
    )
    if original is None:
        return lambda: None  # `names.check` has warned already

    # It returns Trio's own coroutine, so none of our frames is on its stack.
    def finalize_one(self: AsyncGenerators, agen: Generator, *args: object) -> object:
        runner = current_runner()
        if runner is not None and current_task() is not runner.init_task:
            watcher(agen)
        return original(self, agen, *args)

    return replace_method(AsyncGenerators, "_finalize_one", finalize_one)

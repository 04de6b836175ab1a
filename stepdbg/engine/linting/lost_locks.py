"""`lost-lock`: a task has exited without releasing a lock that it held.

Owns: its facts and its sentence.
Does not own: the moment when Trio learns of it (_trio_internals.losses).

A lock whose owner is gone cannot be used any more.  That matters only while something still refers
to the lock and other tasks are alive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import trio
from trio.lowlevel import ParkingLot, Task

from stepdbg._trio_internals import runs, waits
from stepdbg._trio_internals.frame_values import is_a
from stepdbg.engine.stacks.frames import place_of_code
from stepdbg.model.lints import Lint, LintName
from stepdbg.model.standard import gc, weakref
from stepdbg.model.task import Place
from stepdbg.model.waits import Moment

from .saying import at

if TYPE_CHECKING:
    from stepdbg.engine.recording.origins import Origins

    from .views import NamedTasks

_LOCKS = (trio.Lock, trio.StrictFIFOLock)


class LostLock:
    """A lock whose owner has just exited."""

    def __init__(self, lock: trio.Lock | trio.StrictFIFOLock, lint: Lint) -> None:
        self._lock = weakref.ref(lock)
        self._lint = lint

    def lint(self) -> Lint | None:
        """The lint, if something still refers to the lock."""
        return None if self._lock() is None else self._lint


def lost_lock(run: NamedTasks, origins: Origins, task: Task, lot: ParkingLot) -> LostLock | None:
    """The lock that an exiting task still holds; None for another kind of lot, or the last task."""
    runner = run.runner
    others = [each for each in runs.living_tasks(runner) if not runs.is_system(runner, each)]
    if all(each is task for each in others):
        return None
    for holder in gc.get_referrers(lot):
        if is_a(holder, *_LOCKS) and waits.lot_of(holder) is lot:
            taken = origins.lock_taken(lot, task, run.life)
            place = taken.place if isinstance(taken, Moment) else None
            return LostLock(holder, _lint(run, task, type(holder).__name__, place))
    return None


def _lint(run: NamedTasks, task: Task, what: str, place: Place | None) -> Lint:
    label = run.registry.label_of(task)
    code = task.coro.cr_code
    began = place_of_code(code, code.co_firstlineno)
    since = "" if place is not None else f", which began{at(began)},"
    text = (
        f"{label}{since} has exited without releasing a {what}{at(place, 'taken at')}: a task "
        "that wants it will get a BrokenResourceError; hold it by `async with`"
    )
    return Lint(LintName.LOST_LOCK, text, place or began, label, run.life.id)

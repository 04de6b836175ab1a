"""Tasks that can never go on by themselves, while others may.

Owns: `Blocked` (a blocked task, without live objects) and `stuck_among`.
Does not own: reading waits (engine.waits), who has an object (reach), what is told (the lints).

Tasks are stuck together when each waits for what only another one of them can do.  Found as
the largest such set: those whose wait something else could end are left out, until nothing
changes any more.  What remains ends by a cancellation or never.
"""

from __future__ import annotations

import gc
import math
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, TypeGuard

import trio
from trio.lowlevel import Task

from stepdbg._trio_internals import losses, runs, tasks, waits
from stepdbg.engine import frames
from stepdbg.engine.locals import frame_locals
from stepdbg.engine.waits.chain import find_wait
from stepdbg.engine.waits.object_names import name_of, walk
from stepdbg.model.records import dataclass
from stepdbg.model.task import Place
from stepdbg.model.waits import WaitKind

from .reach import held_elsewhere
from .saying import names

if TYPE_CHECKING:
    from stepdbg.engine.run import DebuggedRun

TOGETHER: Final = 200
"""How many tasks are looked at together; among more nothing is found."""

_BY_HAVING = frozenset(
    (
        WaitKind.EVENT,
        WaitKind.RECEIVE,
        WaitKind.SEND,
        WaitKind.CONDITION,
        WaitKind.SEMAPHORE,
    )
)
"""Waits that whoever has the object can end."""

_CHANNELS = (trio.MemorySendChannel, trio.MemoryReceiveChannel)

_BY_TASKS = frozenset((WaitKind.LOCK, WaitKind.NURSERY, WaitKind.START))
"""Waits that certain tasks have to end; each of them is needed."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """A blocked task.

    key: the `id` of the object that it waits for (of a channel: what its ends share).
    needs: the tasks without which the wait does not end.  mates: who waits for the same.
    dropped: how many send ends of a channel were never closed.
    place: where it waits.
    """

    run: DebuggedRun
    task: Task
    kind: WaitKind
    key: int
    needs: tuple[Task, ...]
    mates: tuple[Task, ...]
    dropped: int
    place: Place | None


def blocked(run: DebuggedRun, task: Task) -> Blocked | None:
    """What a task waits for; None when it does not wait, or is not the program's own.

    Nothing of the answer holds the object that is waited for.
    """
    started = tasks.is_started(task) and not tasks.is_runnable(task)
    if not started or task.coro.cr_frame is None or runs.is_system(run.runner, task):
        return None
    stack = run.live_frames(task)
    if not stack or task.coro.cr_running:
        return None
    found = find_wait(task, stack)
    own = frames.innermost_own(stack)
    needs = found.holders if found.kind is WaitKind.LOCK else found.wakers or ()
    obj, kind = found.obj, found.kind
    del found  # it refers to what is about to be counted
    return Blocked(
        run=run,
        task=task,
        kind=kind,
        key=id(waits.channel_state(obj)) if isinstance(obj, _CHANNELS) else id(obj),
        needs=needs,
        mates=_mates(obj),
        dropped=_dropped(obj) if kind is WaitKind.RECEIVE else 0,
        place=None if own is None else frames.place_of(own),
    )


def _mates(obj: object) -> tuple[Task, ...]:
    if isinstance(obj, trio.Event):
        return losses.event_waiters(obj)
    return losses.receivers(waits.channel_state(obj)) if isinstance(obj, _CHANNELS) else ()


def _dropped(end: object) -> int:
    """How many open send ends of a channel exist no more: nobody has closed them."""
    if not isinstance(end, trio.MemoryReceiveChannel):
        return 0
    # Every end refers to the state once, the receiving one among them.
    state, unrelated = waits.channel_state(end), object()
    ends = sys.getrefcount(state) - sys.getrefcount(unrelated)
    return max(0, losses.open_senders(state) - max(0, ends - 1))


def dropped_ends(each: Blocked) -> int:
    """As `Blocked.dropped`, where ends that were closed and are still around hide none.

    It goes through all objects of the process, so it is for tasks that are stuck anyway.
    """
    end = find_wait(each.task, each.run.live_frames(each.task)).obj
    if not isinstance(end, trio.MemoryReceiveChannel):
        return 0
    state = waits.channel_state(end)
    around = sum(_is_open_sender(other) for other in gc.get_referrers(state))
    return max(0, losses.open_senders(state) - around)


def _is_open_sender(value: object) -> TypeGuard[trio.MemorySendChannel[object]]:
    return isinstance(value, trio.MemorySendChannel) and waits.is_open(value)


def object_of(each: Blocked) -> str:
    """What a task waits for, in words: ``Event `go```."""
    stack = each.run.live_frames(each.task)
    found = find_wait(each.task, stack)
    name = name_of(found.obj, stack)
    article = "an" if found.what[:1] in "AEIO" else "a"
    return f"{found.what} `{name}`" if name else f"{article} {found.what}"


def may_wait_for_ever(each: Blocked) -> bool:
    """Whether no deadline and no cancellation is going to end a wait."""
    return math.isinf(waits.soonest_deadline(each.task)) and (
        waits.cancelled_scope(each.task) is None
    )


def stuck_among(seen: Iterable[Blocked]) -> dict[Task, Blocked]:
    """Those of some blocked tasks that can never go on by themselves."""
    stuck = {
        each.task: each
        for each in seen
        if (each.kind in _BY_HAVING or each.kind in _BY_TASKS) and may_wait_for_ever(each)
    }
    if len(stuck) > TOGETHER:
        return {}
    while stuck:
        wanted = [each.key for each in stuck.values() if each.kind in _BY_HAVING]
        held = held_elsewhere(stuck, wanted) if wanted else set()
        if held is None:
            return {}
        free = [task for task, each in stuck.items() if not _is_stuck(each, stuck, held)]
        if not free:
            break
        for task in free:
            del stuck[task]
    return stuck


def stuck_tasks(run: DebuggedRun) -> list[Task]:
    """The tasks of a run that can never go on by themselves, by number."""
    seen: list[Blocked] = []
    for task in runs.living_tasks(run.runner):
        each = blocked(run, task)
        if each is not None:
            seen.append(each)
        if len(seen) == TOGETHER:
            break
    return list(stuck_among(seen))


def _is_stuck(each: Blocked, stuck: dict[Task, Blocked], held: set[int]) -> bool:
    if each.kind in _BY_HAVING:
        return each.key not in held and all(mate in stuck for mate in each.mates)
    return any(task in stuck for task in each.needs)


def others_who_have(each: Blocked, stuck: dict[Task, Blocked], it: str) -> str | None:
    """Who of the stuck has what a task waits for, in words.

    None where it may be meant: a task above has it, and others under it are at work, which end
    it all when they are done.
    """
    mates = each.mates or (each.task,)
    run = each.run
    if held_elsewhere(mates, [each.key]) == set():
        return (
            f"nobody else has {it}"
            if each.kind is WaitKind.EVENT
            else (f"nobody but {names(run, mates)} itself has {it}")
        )
    others = [task for task in stuck if task not in mates and _has(run, task, each.key)]
    if not others or (_is_above(each.task, others) and not _is_left_alone(each.task, stuck)):
        return None
    if len(others) == 1:
        return f"only {names(run, others)} has {it}, stuck itself"
    return f"only {names(run, others)} have {it}, stuck too"


def _is_above(task: Task, others: list[Task]) -> bool:
    """Whether one of some tasks is above a task in the tree."""
    nursery = task.parent_nursery
    while nursery is not None and nursery.parent_task not in others:
        nursery = nursery.parent_task.parent_nursery
    return nursery is not None


def _is_left_alone(task: Task, stuck: dict[Task, Blocked]) -> bool:
    """Whether all under the stuck tasks above a task are stuck: nobody there will cancel it."""
    nursery = task.parent_nursery
    while nursery is not None and nursery.parent_task in stuck:
        if not all(child in stuck for child in nursery.child_tasks):
            return False
        nursery = nursery.parent_task.parent_nursery
    return True


def _has(run: DebuggedRun, task: Task, key: int) -> bool:
    """Whether a task has an object in its variables."""
    for frame in run.live_frames(task):
        for _, value in walk(frame_locals(frame)):
            end = waits.channel_state(value) if _is_open_sender(value) else value
            if id(end) == key:
                return True
    return False

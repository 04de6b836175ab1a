"""Many tasks at once: grouping equal tasks before pictures are made.

Owns: `fold`.  Does not own: the picture of one task (capture).

A hundred thousand tasks wait in only a few ways.  So each task is looked at just closely enough to
see which way that is, and one task of each kind is pictured.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from types import CoroutineType
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import tasks
from stepdbg.engine.stacks import frames
from stepdbg.engine.waiting import standing
from stepdbg.model.task import TaskGroup, TaskLabel, TaskState, plain_name

from . import capture

if TYPE_CHECKING:
    from .seen import SeenTasks


_EXACTLY = 20_000
"""Above this number, tasks count as equal even if their functions call one another on different
lines.  Asking a frame for its line makes an object of 200 bytes that stays while the function runs.
"""


def fold(
    run: SeenTasks,
    *,
    system: bool,
    numbers: Container[int] | None,
    wanted: Callable[[TaskLabel, TaskState], bool] | None,
) -> tuple[TaskGroup, ...]:
    """The living tasks, grouped by equal names, states and stacks.

    Args:
        system: whether Trio's own tasks count.
        numbers: only tasks of these numbers; None: all.
        wanted: only tasks for which this returns True; None: all.

    Returns:
        The groups in the order of the first task of each.
    """
    label_of, state_of = run.registry.label_of, standing.state_of
    groups: dict[object, list[TaskLabel]] = {}
    first: list[Task] = []
    everybody = capture.living(run, system=system)
    exactly = len(everybody) <= _EXACTLY
    for task in everybody:
        if numbers is not None and tasks.number(task) not in numbers:
            continue
        label, state = label_of(task), state_of(run, task)
        if wanted is not None and not wanted(label, state):
            continue
        key = (plain_name(task.name), label.called, state, *_way_in(task, exactly=exactly))
        group = groups.get(key)
        if group is None:
            groups[key] = [label]
            first.append(task)
        else:
            group.append(label)
    return tuple(
        TaskGroup(capture.task_snapshot(run, task), tuple(labels))
        for task, labels in zip(first, groups.values(), strict=True)
    )


def _add_line(found: list[int], coro: CoroutineType[object, object, object]) -> None:
    frame = coro.cr_frame
    if frame is not None:
        found.append(frame.f_lasti)


def _way_in(task: Task, *, exactly: bool) -> list[int]:
    """The key by which stacks are compared: their functions, and the lines of own code.

    exactly: take each of those lines; else only the innermost.

    For a running task, and for everything that is not a plain coroutine, the frames are looked up,
    which takes longer.
    """
    found: list[int] = []
    awaited: object = task.coro
    innermost: CoroutineType[object, object, object] | None = None
    own = frames.OWN_CODE
    while type(awaited) is CoroutineType:
        code = awaited.cr_code
        key = id(code)
        found.append(key)
        known = own.get(key)
        if known is None or known[0] is not code:
            known = own[key] = code, frames.is_own(code.co_filename)
        if known[1]:
            if exactly and innermost is not None:
                _add_line(found, innermost)
            innermost = awaited
        awaited = awaited.cr_await
    if innermost is not None:
        _add_line(found, innermost)
    if awaited is None or hasattr(awaited, "gi_code"):
        return found
    for frame in frames.task_frames(task):
        found += (id(frame.f_code), frame.f_lasti)
    return found

"""Equal tasks of a picture in one group.

Owns: `fold_snapshots`.  Does not own: groups of living tasks (engine.seeing.folding).
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable

from stepdbg.model.task import TaskGroup, TaskLabel, TaskSnapshot, TaskState


def fold_snapshots(
    tasks: Iterable[TaskSnapshot],
    numbers: Container[int] | None,
    wanted: Callable[[TaskLabel, TaskState], bool] | None,
) -> tuple[TaskGroup, ...]:
    """Tasks with equal names, states and stacks together, in the order of the first of each.

    Args:
        numbers: only tasks of these numbers; None: all.
        wanted: only those for which this is true; None: all.
    """
    groups: dict[tuple[str, str, TaskState, int], list[TaskSnapshot]] = {}
    for task in tasks:
        if numbers is not None and task.label.number not in numbers:
            continue
        if wanted is None or wanted(task.label, task.state):
            groups.setdefault(
                (task.label.name, task.label.called, task.state, task.stack_key), []
            ).append(task)
    return tuple(
        TaskGroup(members[0], tuple(task.label for task in members)) for members in groups.values()
    )

"""Groups of equal tasks in a picture, and chains of waits without the parts shown elsewhere.

Owns: `fold_snapshots`, `without_told`.
Does not own: groups of living tasks (engine.seeing.folding).
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from operator import attrgetter

from stepdbg.model.chains import not_told_elsewhere
from stepdbg.model.facts import TaskNumber
from stepdbg.model.records import replace
from stepdbg.model.task import TaskGroup, TaskLabel, TaskSnapshot, TaskState
from stepdbg.model.waits import Explanation


def fold_snapshots(
    tasks: Iterable[TaskSnapshot],
    numbers: Container[int] | None,
    wanted: Callable[[TaskLabel, TaskState], bool] | None,
) -> tuple[TaskGroup, ...]:
    """Group tasks with equal names, states and stacks, in the order of each group's first task.

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


def without_told(why: Explanation, elsewhere: Container[TaskNumber]) -> Explanation:
    """An explanation without the links below tasks that have an explanation of their own.

    Args:
        elsewhere: the numbers of those tasks.  Their own links stay in this chain.
    """
    if not elsewhere:
        return why
    links = not_told_elsewhere(
        why.links, attrgetter("depth"), lambda link: link.task.number in elsewhere
    )
    return replace(why, links=tuple(links))

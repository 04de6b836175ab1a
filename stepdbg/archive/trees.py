"""The tree of tasks, from its flat picture.

Owns: building `TaskNode`s, and checking that a picture's nodes form a tree.
Does not own: which part of the tree is asked for (viewing).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stepdbg.model.errors import StepdbgError
from stepdbg.model.facts import TaskNumber
from stepdbg.model.task import NurserySnapshot, ScopeSnapshot, TaskLabel, TaskNode

from .shapes import NodePicture, NurseryPicture, TaskPicture

_Tasks = Mapping[TaskNumber, TaskPicture]


def build_tree(
    nodes: Sequence[NodePicture], tasks: _Tasks, root: TaskNumber, *, system: bool
) -> TaskNode:
    """The tree below a task.

    Args:
        nodes: parents before their children.
        system: whether Trio's own tasks belong to it.

    Raises:
        StepdbgError: the picture has no such tree.
    """
    built: dict[TaskNumber, TaskNode] = {}
    # Children first, so there is no recursion, however deep the tree is.
    for node in reversed(nodes):
        built[node.task] = _built(node, tasks, built, system=system)
    if root not in built:
        raise StepdbgError("the picture does not show the tree of tasks")
    return built[root]


def check_tree(nodes: Sequence[NodePicture], tasks: _Tasks) -> bool:
    """Whether nodes form a tree: all tasks known, each listed once, parents before children."""
    place = {node.task: index for index, node in enumerate(nodes)}
    children = [
        (index, child)
        for index, node in enumerate(nodes)
        for part in node.inside
        if isinstance(part, NurseryPicture)
        for child in part.children
    ]
    numbers = [child for _, child in children]
    return (
        len(place) == len(nodes)
        and place.keys() <= tasks.keys()
        and len(set(numbers)) == len(numbers)
        and all(place.get(child, -1) > parent for parent, child in children)
    )


def _built(
    node: NodePicture, tasks: _Tasks, built: Mapping[TaskNumber, TaskNode], *, system: bool
) -> TaskNode:
    inside: list[ScopeSnapshot | NurserySnapshot] = []
    for part in node.inside:
        if isinstance(part, ScopeSnapshot):
            inside.append(part)
            continue
        children = tuple(
            built[child] for child in part.children if _counts(tasks, child, system=system)
        )
        starting = tuple(each for each in part.starting if _is_listed(tasks, each, system=system))
        inside.append(NurserySnapshot(part.scope, part.place, part.closed, children, starting))
    return TaskNode(tasks[node.task].task, tuple(inside))


def _counts(tasks: _Tasks, number: TaskNumber, *, system: bool) -> bool:
    return system or not tasks[number].task.system


def _is_listed(tasks: _Tasks, label: TaskLabel, *, system: bool) -> bool:
    return label.number not in tasks or _counts(tasks, label.number, system=system)

"""Find tasks of a tree that are just like others, so that one of them can stand for all.

Owns: what makes two tasks alike, including everything inside them, and grouping children by it.
Does not own: tasks of a list, which are told apart before they are pictured
(engine.seeing.folding), or how a group is said (render).
"""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterable, Iterator, Mapping, Sequence

from .facts import TaskNumber
from .task import NurserySnapshot, ScopeSnapshot, TaskLabel, TaskNode

Kinds = Mapping[TaskNumber, int]
"""The kind of each task of a tree; tasks of one kind are alike."""


def kinds_in(root: TaskNode, apart: Container[TaskNumber] = ()) -> Kinds:
    """The kinds of the tasks of a tree.

    Two tasks are alike if they have the same name, state and stack, are inside equal scopes (the
    time of a deadline does not count), and have nurseries with equally many tasks that are alike.

    apart: the numbers of tasks that must not be grouped with any other.
    """
    kinds: dict[TaskNumber, int] = {}
    known: dict[Hashable, int] = {}
    for node in _inner_first(root):
        task = node.task
        number = task.label.number
        own = number if number in apart else None
        parts = tuple([_part(each, kinds) for each in node.inside])
        key = own, task.label.name, task.state, task.stack_key, parts
        kinds[number] = known.setdefault(key, len(known))
    return kinds


def grouped(
    children: Iterable[TaskNode], kinds: Kinds, most: int = 1
) -> list[tuple[TaskNode, tuple[TaskLabel, ...]]]:
    """Keep some children of a nursery; the last one kept of each kind lists those left out.

    Args:
        kinds: what `kinds_in` has returned.
        most: how many of each kind to keep.

    Returns:
        The kept children.  Those of one kind stand together, at the place of the first.
    """
    by_kind: dict[int, list[TaskNode]] = {}
    for child in children:
        by_kind.setdefault(kinds[child.task.label.number], []).append(child)
    shown: list[tuple[TaskNode, tuple[TaskLabel, ...]]] = []
    for group in by_kind.values():
        shown += [(child, ()) for child in group[:most]]
        others = tuple([child.task.label for child in group[most:]])
        shown[-1] = shown[-1][0], others
    return shown


def _inner_first(root: TaskNode) -> Iterator[TaskNode]:
    """The tasks of a tree, each after all that are inside of it."""
    # Without recursion: a tree of tasks may be deeper than Python's own stack.
    found, pending = [], [root]
    while pending:
        node = pending.pop()
        found.append(node)
        for part in node.inside:
            if isinstance(part, NurserySnapshot):
                pending += part.children
    return reversed(found)


def _part(part: ScopeSnapshot | NurserySnapshot, kinds: Kinds) -> Hashable:
    """The part of a scope or nursery that counts when two tasks are compared.

    `kinds` must already have the tasks in it.
    """
    if isinstance(part, ScopeSnapshot):
        return _scope(part)
    inner: Sequence[int] = sorted(kinds[child.task.label.number] for child in part.children)
    return part.place, part.closed, len(part.starting), tuple(inner), *_scope(part.scope)


def _scope(scope: ScopeSnapshot) -> tuple[Hashable, ...]:
    flags = scope.shield, scope.cancel_called, scope.effectively_cancelled
    return scope.place, scope.deadline is None, flags

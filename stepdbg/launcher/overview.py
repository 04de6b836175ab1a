"""A whole run on one page, for use without a prompt.

Owns: what stands on the page.  Does not own: the tree and the waits (the inspector gives
them), or how the page looks (render).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from stepdbg.model.errors import StepdbgError
from stepdbg.model.facts import TaskNumber
from stepdbg.model.overview import Overview, OverviewRow
from stepdbg.model.protocols import Inspector
from stepdbg.model.records import replace
from stepdbg.model.task import NurserySnapshot, ScopeSnapshot, TaskNode, TaskSnapshot
from stepdbg.model.waits import Wait, WaitKind, WaitLink

_ALIKE = 3
"""How many of a nursery's tasks that stand at one place get lines of their own."""

_Part = TaskNode | NurserySnapshot | ScopeSnapshot


def overview(inspector: Inspector) -> Overview:
    """A picture of a run with every task's wait.

    Raises:
        StepdbgError: its main task does not live any more.
    """
    rows = list(_rows(inspector.tree()))
    links = _links(inspector, [row.what for row in rows if isinstance(row.what, TaskSnapshot)])
    found, _ = inspector.deadlocks()
    return Overview(
        run=inspector.run(),
        rows=tuple(_without_sleeps(_explained(row, links) for row in rows)),
        threads=inspector.threads(),
        deadlocks=found,
    )


def _explained(row: OverviewRow, links: dict[TaskNumber, WaitLink]) -> OverviewRow:
    if not isinstance(row.what, TaskSnapshot):
        return row
    return replace(row, link=links.get(row.what.label.number))


def _without_sleeps(rows: Iterable[OverviewRow]) -> Iterator[OverviewRow]:
    """Leave out the scopes of which the sentence of a task that sleeps has told."""
    sleeps: Wait | None = None
    for row in rows:
        if isinstance(row.what, TaskSnapshot):
            wait = None if row.link is None else row.link.wait
            sleeps = wait if wait is not None and wait.kind is WaitKind.SLEEP else None
        elif (
            isinstance(row.what, ScopeSnapshot) and sleeps is not None and _is_of(row.what, sleeps)
        ):
            continue
        yield row


def _is_of(scope: ScopeSnapshot, wait: Wait) -> bool:
    plain = not (scope.shield or scope.effectively_cancelled)
    return plain and scope.place is not None and scope.place == wait.place


def _links(inspector: Inspector, tasks: list[TaskSnapshot]) -> dict[TaskNumber, WaitLink]:
    """Each task's own link; without those of tasks that exit meanwhile, in another thread."""
    rest = deque(task.label.number for task in tasks)
    links: dict[TaskNumber, WaitLink] = {}
    while rest:
        try:
            for told in inspector.whys(tuple(rest)):
                # Whom it does not follow has a line of its own on the page.
                links[rest.popleft()] = replace(told.links[0], unlisted=0)
        except StepdbgError:
            rest.popleft()
    return links


def _rows(root: TaskNode) -> Iterator[OverviewRow]:
    # A list of what is still to come: a tree of tasks may be deeper than Python's own stack.
    pending: list[tuple[int, _Part, tuple[_Part, ...], list[TaskNode]]] = [(0, root, (), [])]
    while pending:
        depth, part, further_in, alike = pending.pop()
        labels = tuple(node.task.label for node in alike)
        what = part.task if isinstance(part, TaskNode) else part
        yield OverviewRow(depth, what, alike=labels)
        below: list[tuple[int, _Part, tuple[_Part, ...], list[TaskNode]]] = []
        inside = part.inside if isinstance(part, TaskNode) else further_in
        told = [each for each in inside if _tells_something(each)]
        if told:
            below.append((depth + 1, told[0], tuple(told[1:]), []))
        if isinstance(part, NurserySnapshot):
            below += [(depth + 1, child, (), more) for child, more in _grouped(part.children)]
        pending += reversed(below)


def _tells_something(part: _Part) -> bool:
    """Whether it is worth a line: a scope without a deadline that nobody touched is not."""
    if not isinstance(part, ScopeSnapshot):
        return True
    return part.deadline is not None or part.shield or part.effectively_cancelled


def _grouped(children: Iterable[TaskNode]) -> list[tuple[TaskNode, list[TaskNode]]]:
    """The children that get lines, each with those that are only counted after it."""
    shown: list[tuple[TaskNode, list[TaskNode]]] = []
    alike: dict[int, list[list[TaskNode]]] = {}
    for child in children:
        group = alike.setdefault(child.task.stack_key, [])
        if child.inside or len(group) < _ALIKE:
            shown.append((child, []))
            if not child.inside:
                group.append(shown[-1][1])
        else:
            group[-1].append(child)
    return shown

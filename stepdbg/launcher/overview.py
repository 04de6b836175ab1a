"""A whole run on one page, for use without a prompt.

Owns: what is on the page.  Does not own: the tree and the waits (the inspector gives them), or how
the page looks (render).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from stepdbg.model.alike import grouped, kinds_in
from stepdbg.model.errors import StepdbgError
from stepdbg.model.facts import TaskNumber
from stepdbg.model.overview import Overview, OverviewRow
from stepdbg.model.protocols import Inspector
from stepdbg.model.records import replace
from stepdbg.model.task import (
    NurserySnapshot,
    ScopeSnapshot,
    TaskLabel,
    TaskNode,
    TaskSnapshot,
    WaitKind,
)
from stepdbg.model.waits import Cancelling, Wait, WaitLink

_ALIKE = 3
"""How many tasks of one nursery that run the same function get a line each, if they wait for
different things."""

_Part = TaskNode | NurserySnapshot | ScopeSnapshot

_Pending = tuple[int, _Part | tuple[TaskLabel, ...], tuple[_Part, ...]]
"""A thing that an `OverviewRow` describes, and the things inside it."""


def overview(inspector: Inspector) -> Overview:
    """A picture of a run with every task's wait.

    Raises:
        StepdbgError: its main task has exited.
    """
    rows = list(_rows(inspector.tree()))
    links = _links(inspector, [row.what for row in rows if isinstance(row.what, TaskSnapshot)])
    found, _ = inspector.deadlocks()
    return Overview(
        run=inspector.run(),
        rows=tuple(_merged(_without_sleeps(_explained(row, links) for row in rows))),
        threads=inspector.threads(),
        deadlocks=found,
    )


def _explained(row: OverviewRow, links: dict[TaskNumber, WaitLink]) -> OverviewRow:
    if not isinstance(row.what, TaskSnapshot):
        return row
    return replace(row, link=links.get(row.what.label.number))


def _without_sleeps(rows: Iterable[OverviewRow]) -> Iterator[OverviewRow]:
    """Leave out the scopes that the sentence of a sleeping task has already named."""
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


def _merged(rows: Iterable[OverviewRow]) -> list[OverviewRow]:
    """Merge into one row neighbouring tasks whose lines would say the same."""
    merged: list[OverviewRow] = []
    example: OverviewRow | None = None
    for row in rows:
        alike = row.what if isinstance(row.what, tuple) else ()
        if isinstance(row.what, TaskSnapshot) and example and _say_the_same(example, row):
            alike = (row.what.label,)
        if not alike:
            merged.append(row)
            example = row
            continue
        last = merged[-1]
        if isinstance(last.what, tuple) and last.depth == row.depth:
            alike = last.what + alike
            merged.pop()
        merged.append(OverviewRow(row.depth, alike))
    return merged


def _say_the_same(row: OverviewRow, other: OverviewRow) -> bool:
    if row.depth != other.depth or row.link is None or other.link is None:
        return False
    return _without_times(row.link) == _without_times(other.link)


def _without_times(link: WaitLink) -> tuple[object, ...]:
    """What two waits must have in common: neither task numbers nor times."""
    wait = link.wait
    ends = wait is not None and wait.deadline is not None
    plain = None if wait is None else replace(wait, deadline=None, since=None, timeout=None)
    return link.task.name, link.state, plain, ends, _without_counts(link), link.held, link.doing


def _without_counts(link: WaitLink) -> Cancelling | None:
    """The cancellation of a task, without how many times it was delivered."""
    cancelling = link.cancelling
    if cancelling is None or cancelling.fate is None:
        return cancelling
    return replace(cancelling, fate=replace(cancelling.fate, times=0))


def _links(inspector: Inspector, tasks: list[TaskSnapshot]) -> dict[TaskNumber, WaitLink]:
    """Each task's own link; a task that exits meanwhile, in another thread, has none."""
    rest = deque(task.label.number for task in tasks)
    links: dict[TaskNumber, WaitLink] = {}
    while rest:
        try:
            for why in inspector.whys(tuple(rest), once=True):
                # `unlisted` counts tasks that `why` leaves out; here each has a line of its own.
                links[rest.popleft()] = replace(why.links[0], unlisted=0)
        except StepdbgError:
            rest.popleft()
    return links


def _rows(root: TaskNode) -> Iterator[OverviewRow]:
    # A list of the parts left to do, not a recursion: a tree of tasks may be deeper than Python's
    # own stack.
    kinds = kinds_in(root)
    pending: list[_Pending] = [(0, root, ())]
    while pending:
        depth, part, further_in = pending.pop()
        yield OverviewRow(depth, part.task if isinstance(part, TaskNode) else part)
        if isinstance(part, tuple):
            continue
        below: list[_Pending] = []
        inside = part.inside if isinstance(part, TaskNode) else further_in
        telling = [each for each in inside if _tells_something(each)]
        if telling:
            below.append((depth + 1, telling[0], tuple(telling[1:])))
        if isinstance(part, NurserySnapshot):
            for child, others in grouped(part.children, kinds, _ALIKE):
                below += [(depth + 1, each, ()) for each in (child, others) if each]
        pending += reversed(below)


def _tells_something(part: _Part) -> bool:
    """Whether it is worth a line: a scope without a deadline that nobody touched is not."""
    if not isinstance(part, ScopeSnapshot):
        return True
    return part.deadline is not None or part.shield or part.effectively_cancelled

"""Why tasks do not go on: `why`, `waits`, `deadlock`, `scopes`, `threads`.

Owns: what the command answers.  Does not own: finding it out (engine.waiting).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from stepdbg.model.errors import NotNow
from stepdbg.model.facts import TaskNumber
from stepdbg.model.protocols import Inspector
from stepdbg.model.records import replace
from stepdbg.model.replies import Deadlocks, Scopes, Threads, Why
from stepdbg.model.task import (
    ScopeSnapshot,
    TaskGroup,
    TaskLabel,
    TaskNode,
    TaskSnapshot,
    TaskState,
    WaitKind,
)
from stepdbg.model.wait_kinds import WAITS, EndedBy
from stepdbg.model.waits import RunWaits

from . import task_names
from .request import Desk, Request, Result

ALL = "-a"

VERBOSE = "-v"

_AT_ONE_LINE = 100
"""How many tasks of one name, at one line, `why` looks at one by one: more look the same, and the
answer about ten thousand would take many seconds."""

_CANCELLED = 3
"""Of how many tasks `why` tells at a stop for a cancellation."""


def why(request: Request) -> Result:
    """`why [-a] [-v] [TASK…]`."""
    inspector = request.desk.inspector
    asked, verbose = _asked(request), VERBOSE in request.options
    unexamined: tuple[TaskGroup, ...] = ()
    if asked is None or len(asked) > _AT_ONE_LINE:
        named = None if asked is None else frozenset(asked)
        groups = inspector.groups(numbers=named)  # which says nothing of waits, so it costs little
        if asked is None:
            asked = sorted(label.number for group in groups for label in group.labels)
        unexamined = () if verbose else tuple(_left_out(groups))
        left_out = {label.number for group in unexamined for label in group.labels}
        asked = [number for number in asked if number not in left_out]
    return Why(tuple(inspector.whys(asked, once=True)), verbose, unexamined)


def _left_out(groups: Iterable[TaskGroup]) -> Iterator[TaskGroup]:
    """Of each group of very many equal tasks, those that are not looked at one by one."""
    for group in groups:
        if len(group.labels) > _AT_ONE_LINE:
            yield replace(group, labels=group.labels[_AT_ONE_LINE:])


def _asked(request: Request) -> list[TaskNumber] | None:
    """The tasks that the user asks about; None: all of the program."""
    desk = request.desk
    if ALL in request.options:
        request.words(most=0)
        return None
    words = request.words()
    if words:
        return task_names.numbers_of(desk.inspector, words)
    if cancelled := _cancelled_here(desk):
        return cancelled
    if desk.view.task is not None:
        return [desk.task_number()]
    main = desk.inspector.run().main
    return [desk.view.task_number() if main is None else main.number]


def waits(request: Request) -> Result:
    """`waits [-a]`."""
    request.words(most=0)
    inspector = request.desk.inspector
    tasks = inspector.tasks(system=ALL in request.options)
    asked = [task.label.number for task in tasks if _may_wait_outside(task)]
    firsts = (explanation.links[0] for explanation in inspector.whys(asked, once=True))
    outside = [link for link in firsts if link.wait and link.wait.kind in _OUTSIDE]
    return RunWaits(inspector.run(), _count_ready(inspector), tuple(outside), inspector.timers())


_OUTSIDE = {kind for kind, row in WAITS.items() if row.ended_by is EndedBy.OUTSIDE}
_OUTSIDE = (_OUTSIDE | {WaitKind.IDLE}) - {WaitKind.FOREVER}
"""The waits of which the run itself notices the end."""


def _may_wait_outside(task: TaskSnapshot) -> bool:
    """Whether a task has such a wait; where nobody has looked, whether it waits at all."""
    return task.state is TaskState.BLOCKED if task.wait is None else task.wait.what in _OUTSIDE


def _count_ready(inspector: Inspector) -> int:
    """How many tasks can go on."""
    queue = inspector.queue()
    return len(queue.this_pass) + len(queue.next_pass) + (queue.current is not None)


def _cancelled_here(desk: Desk) -> list[TaskNumber]:
    """The first tasks that get the cancellation that the stop is about, while that is in view."""
    stop = desk.stop
    if stop is None or stop.cancelled is None:
        return []
    moved = stop.task is not None and desk.view.task != stop.task.number
    return [] if moved else [label.number for label in stop.cancelled.inside[:_CANCELLED]]


def deadlock(request: Request) -> Result:
    """`deadlock`."""
    request.words(most=0)
    found, hope = request.desk.inspector.deadlocks()
    return Deadlocks(found, hope)


def scopes(request: Request) -> Result:
    """`scopes [TASK]`."""
    words = request.words(most=1)
    desk = request.desk
    task = (
        task_names.find_one(desk.inspector, words[0])
        if words
        else desk.inspector.task(desk.task_number())
    )
    tree = desk.inspector.tree(system=task.system)
    return Scopes(task.label, tuple(_around(tree, task.label.number)))


def _around(root: TaskNode, number: TaskNumber) -> list[tuple[TaskLabel, ScopeSnapshot]]:
    """The scopes from the root of a tree down to a task, with the task that entered each."""
    # A list and no recursion: a tree of tasks may be deeper than Python's own stack.
    pending: list[tuple[TaskNode, list[tuple[TaskLabel, ScopeSnapshot]]]] = [(root, [])]
    while pending:
        node, outer = pending.pop()
        around = list(outer)
        for part in node.inside:
            if isinstance(part, ScopeSnapshot):
                around.append((node.task.label, part))
                continue
            around.append((node.task.label, part.scope))
            pending += [(child, [*around]) for child in part.children]
        if node.task.label.number == number:
            return around
    raise NotNow(f"task {number} is not in the tree any more")


def threads(request: Request) -> Result:
    """`threads`."""
    every = "-a" in request.options
    request.words(most=0)
    return Threads(request.desk.inspector.threads(every=every))

"""Why tasks do not go on: `why`, `deadlock`, `scopes`, `threads`.

Owns: what the command answers.  Does not own: finding it out (engine.waiting).
"""

from __future__ import annotations

from stepdbg.model.errors import NotNow
from stepdbg.model.facts import TaskNumber
from stepdbg.model.replies import Deadlocks, Scopes, Threads, Why
from stepdbg.model.task import ScopeSnapshot, TaskLabel, TaskNode

from . import task_names
from .request import Request, Result

ALL = "-a"


def why(request: Request) -> Result:
    """`why [-a] [TASK…]`."""
    inspector = request.desk.inspector
    return Why(tuple(inspector.whys(_asked(request))))


def _asked(request: Request) -> list[TaskNumber]:
    desk = request.desk
    if ALL in request.options:
        request.words(most=0)
        return [task.label.number for task in desk.inspector.tasks()]
    words = request.words()
    if words:
        return task_names.numbers_of(desk.inspector, words)
    if desk.view.task is not None:
        return [desk.view.task]
    main = desk.inspector.run().main
    return [desk.view.task_number() if main is None else main.number]


def deadlock(request: Request) -> Result:
    """`deadlock`."""
    request.words(most=0)
    found, hope = request.desk.inspector.deadlocks()
    return Deadlocks(found, hope)


def scopes(request: Request) -> Result:
    """`scopes [TASK]`."""
    words = request.words(most=1)
    desk = request.desk
    task = task_names.find_one(desk.inspector, words[0]) if words else desk.view.snapshot()
    tree = desk.inspector.tree(system=task.system)
    return Scopes(task.label, tuple(_around(tree, task.label.number)))


def _around(root: TaskNode, number: TaskNumber) -> list[tuple[TaskLabel, ScopeSnapshot]]:
    """The scopes from the root of a tree down to a task, with who entered each."""
    # A list of what is to come: a tree of tasks may be deeper than Python's own stack.
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

"""The tree of tasks, nurseries and cancel scopes.

Owns: the look of `Tree`.  A row is inside the row above it that is indented less.  A deadline or a
cancellation reaches all rows below it that are indented further.
"""

from __future__ import annotations

from stepdbg.model.alike import Kinds, grouped, kinds_in
from stepdbg.model.records import NamedTuple
from stepdbg.model.replies import Tree
from stepdbg.model.task import NurserySnapshot, ScopeSnapshot, TaskLabel, TaskNode

from . import words
from .spans import EMPTY, Line, join, line_width, text, wrap
from .tables import Column, table
from .tasks import CODE_COLUMN, PLACE_COLUMN, STATE_COLUMN, doing, mark, more_alike, state

_COLUMNS = (
    Column(),
    Column(least=12, rank=5, comfortable=36),
    STATE_COLUMN,
    CODE_COLUMN._replace(comfortable=24),
    PLACE_COLUMN._replace(optional=True),
)
_INDENT = 2
_MARGIN = text(" " * 4)
"""The blanks before nurseries and scopes: as wide as the mark of the task in view and its gap."""


class _Branch(NamedTuple):
    """An item of the tree with what is inside it, outermost first.

    what: the item; labels stand for tasks that are just like the task above.
    alike: whether such labels follow.
    """

    what: TaskNode | NurserySnapshot | ScopeSnapshot | tuple[TaskLabel, ...]
    depth: int
    inside: tuple[ScopeSnapshot | NurserySnapshot, ...] = ()
    alike: bool = False


def render_tree(reply: Tree, width: int) -> list[Line]:
    """Tasks under nurseries under tasks; in each nursery, one of the tasks that are alike."""
    viewed = () if reply.in_view is None else (reply.in_view.number,)
    kinds = kinds_in(reply.root, viewed)
    branches: list[_Branch] = []
    # A list instead of recursion, because a tree of tasks may be deeper than Python's own stack.
    pending = [_Branch(reply.root, 0, reply.root.inside)]
    while pending:
        branch = pending.pop()
        branches.append(branch)
        pending += reversed(_below(branch, kinds))
    margins = [text(" " * min(branch.depth * _INDENT, width // 3)) for branch in branches]
    shown = list(zip(branches, margins, strict=True))
    # The column of the mark is never empty, or tasks would be left of their nurseries.
    cells = [
        _task(branch.what, margin, reply.in_view, width, alike=branch.alike)
        for branch, margin in shown
        if isinstance(branch.what, TaskNode)
    ]
    rows = iter(table(cells, _COLUMNS, width))
    lines = words.run_heading(reply.run, width)
    for branch, margin in shown:
        if isinstance(branch.what, TaskNode):
            lines.append(next(rows))
            continue
        indent = line_width(_MARGIN + margin)
        if isinstance(branch.what, tuple):
            lines.append(more_alike(branch.what, width, indent=indent))
        else:
            lines += wrap(_holder(branch.what), width, indent=indent + 2, first=indent)
    return lines


def _below(branch: _Branch, kinds: Kinds) -> list[_Branch]:
    """The rows inside an item, in order: the next inner scope or nursery, then child tasks."""
    below: list[_Branch] = []
    telling = [one for one in branch.inside if _tells_something(one)]
    if telling:
        next_in, *rest = telling
        below.append(_Branch(next_in, branch.depth + 1, tuple(rest)))
    if isinstance(branch.what, NurserySnapshot):
        for child, others in grouped(branch.what.children, kinds):
            below.append(_Branch(child, branch.depth + 1, child.inside, bool(others)))
            if others:
                below.append(_Branch(others, branch.depth + 1))
    return below


def _tells_something(what: ScopeSnapshot | NurserySnapshot) -> bool:
    """Whether an item gets a line: an untouched scope without a deadline does not."""
    return isinstance(what, NurserySnapshot) or bool(words.scope_facts(what))


def _task(
    node: TaskNode, margin: Line, in_view: TaskLabel | None, width: int, *, alike: bool
) -> tuple[Line, ...]:
    task = node.task
    name = margin + words.task(task.label)
    marked = mark(task.label, in_view) or text("  ")
    return marked, name, state(task, width, alike=alike), *doing(task)


def _holder(what: NurserySnapshot | ScopeSnapshot) -> Line:
    """A nursery or a scope as one line."""
    facts: list[Line] = []
    if isinstance(what, ScopeSnapshot):
        name, scope = f"cancel scope {what.number}", what
    else:
        name, scope = "nursery", what.scope
        facts.append(text("closed", "dim") if what.closed else EMPTY)
        if not what.children:
            facts.append(text("empty", "dim"))
        if what.starting:
            facts.append(text("starting ") + join(words.task(label) for label in what.starting))
    where = text(" at ") + words.place(what.place) if what.place else EMPTY
    return join((text(name, "key") + where, *facts, words.scope_facts(scope)))

"""A list of tasks, one task in detail, and the runs.

Owns: the look of `TaskList`, `TaskShown` and `RunList`, and the cells that other screens with
tasks share.  Does not own: the tree, the queue, the timers and stacks.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepdbg.model.facts import NO_TASK, NotRecorded
from stepdbg.model.replies import RunList, TaskList, TaskShown
from stepdbg.model.task import RunSnapshot, TaskGroup, TaskLabel, TaskSnapshot, TaskState, WaitKind
from stepdbg.model.wait_kinds import WAITS

from . import exceptions, words
from .source import MARK
from .spans import CUT, EMPTY, Line, join, text, wrap
from .tables import Column, pairs, table

MARK_CELL = text(MARK, "marked")

_STATE_STYLES = {TaskState.CURRENT: "good", TaskState.RUNNABLE: "good", TaskState.EXITED: "dim"}

CODE_COLUMN = Column(least=16, optional=True, rank=0)
PLACE_COLUMN = Column(least=12, rank=2, keep_end=True, comfortable=24)
STATE_COLUMN = Column(least=8, rank=4, optional=True)

_COLUMNS = (
    Column(),
    Column(right=True),
    Column(least=8, rank=3, keep_end=True, comfortable=32),
    STATE_COLUMN,
    # They shrink before names, which the user types and by which tasks are told apart.
    CODE_COLUMN._replace(comfortable=24),
    PLACE_COLUMN._replace(least=8, optional=True),
)
_HEADINGS = tuple(text(word, "dim") for word in ("", "no.", "name", "state", "doing", "at"))


_ROOM = 60
"""The width of a screen below which a state is one word, so that names have room."""


def state(task: TaskSnapshot, width: int = _ROOM, *, alike: bool = False) -> Line:
    """A task's state as a cell; for a blocked one, what it waits for, if the screen has room.

    width: the width of the screen, if the cell is in a table.
    alike: the task stands for others as well, which may wait until other times.
    """
    style = _STATE_STYLES.get(task.state, "state")
    if task.wait is None or width < _ROOM:
        return text(str(task.state), style)
    kind, left = task.wait.what, task.wait.left
    if left is None or kind not in (WaitKind.SLEEP, WaitKind.FOREVER):
        return text(WAITS[kind].short, style)
    asleep = text(WAITS[WaitKind.SLEEP].short, style)
    return asleep if alike else asleep + text(" ") + words.duration(max(left, 0))


def doing(task: TaskSnapshot) -> tuple[Line, Line]:
    """What a task is doing, as two cells: the source of its line, and the place."""
    if task.doing is None:
        return EMPTY, EMPTY
    return words.code(task.doing), words.place(task.doing)


def mark(task: TaskLabel, in_view: TaskLabel | None) -> Line:
    """The mark of the task in view as a cell."""
    return MARK_CELL if in_view is not None and task.number == in_view.number else EMPTY


def render_tasks(reply: TaskList, width: int) -> list[Line]:
    """The living tasks in columns; equal tasks share a row, and a line below counts them."""
    title = text(words.count(reply.total, "task"), "title")
    shown = sum(len(group.labels) for group in reply.groups)
    if reply.filter:
        verb = "match" if shown > 1 else "matches"
        title += text(f", {shown or 'none'} of them {verb} {reply.filter}")
    top = [*words.run_heading(reply.run, width), *wrap(title, width)]
    if not reply.groups:
        return top
    rows = [_row(group, reply.in_view, width) for group in reply.groups]
    headings, *lines = table([_HEADINGS, *rows], _COLUMNS, width)
    result = [*top, headings]
    for line, group in zip(lines, reply.groups, strict=True):
        result.append(line)
        if len(group.labels) > 1:
            result.append(more_alike(group.labels[1:], width, indent=9))
    return result


def _row(group: TaskGroup, in_view: TaskLabel | None, width: int) -> tuple[Line, ...]:
    task = group.example
    viewed = in_view is not None and any(in_view.number == each.number for each in group.labels)
    return (
        MARK_CELL if viewed else EMPTY,
        text(str(task.label.number), "number"),
        text(task.label.short, "task"),
        state(task, width, alike=len(group.labels) > 1),
        *doing(task),
    )


def more_alike(
    others: Sequence[TaskLabel],
    width: int,
    *,
    indent: int,
    until: Line = EMPTY,
    like: str = "just like it",
) -> Line:
    """How many more tasks a row stands for, with as many numbers as fit on one line.

    until: how the last of the rows left out would have differed.
    like: what the others have in common with the row.
    """
    numbers = " ".join(str(label.number) for label in others[:width])  # more would not fit
    more = text(f"and {len(others)} more {like}", "dim") + until
    more += text(": ", "dim") + text(numbers, "number")
    first, *rest = wrap(more, width - 2, indent=indent)
    return first + text(f" {CUT}", "dim") if rest else first


def render_task(reply: TaskShown, width: int) -> list[Line]:
    """One task: its names, where it was spawned, why it runs, what it is doing."""
    task = reply.task
    title, facts = words.task(task.label), list[tuple[Line, Line]]()
    if task.label.number != NO_TASK:  # a thread or an exception takes no steps
        steps = f"{words.count(task.steps, 'step')} so far"
        kind = text("Trio's own") if task.system else EMPTY
        title = join((title, state(task), text(steps), kind))
        facts.append((text("started by", "dim"), words.spawned(task.spawn)))
    if task.label.called:
        facts.append((text("Trio's name", "dim"), text(task.label.name)))
    if task.parent is not None and not _started_by_parent(task):
        facts.append((text("parent", "dim"), words.task(task.parent)))
    if task.wake is not None:
        facts.append((text("runs", "dim"), words.because(task.wake)))
    where = reply.frame.place if reply.frame else task.doing
    if where is not None:
        facts.append((text("at", "dim"), words.place_in(where)))
        if where.text:
            facts.append((text("doing", "dim"), words.code(where)))
    lines = [*wrap(title, width), *pairs(facts, width)]
    return [
        *lines,
        *(line for each in reply.pending for line in exceptions.pending(each, width, margin=2)),
    ]


def _started_by_parent(task: TaskSnapshot) -> bool:
    """Whether the spawning task is also the parent, so that it need not be named twice."""
    if isinstance(task.spawn, NotRecorded) or task.spawn.by is None or task.parent is None:
        return False
    return task.spawn.by.number == task.parent.number


_RUN_COLUMNS = (
    Column(),
    Column(),
    Column(),
    Column(least=8, rank=3, keep_end=True),
    Column(),
    Column(least=4, rank=2, optional=True),
    Column(least=8, rank=1, optional=True),
)


def render_runs(reply: RunList, width: int) -> list[Line]:
    """All runs of the process, the one in view marked."""
    if not reply.runs:
        return wrap(text("no run of Trio has begun yet"), width)
    rows = [_run(run, in_view=run.run == reply.in_view) for run in reply.runs]
    lines: list[Line] = []
    for line, run in zip(table(rows, _RUN_COLUMNS, width), reply.runs, strict=True):
        lines.append(line)
        for sentence in run.notes:
            lines += wrap(text(sentence, "dim"), width, indent=4)
    return lines


def _run(run: RunSnapshot, *, in_view: bool) -> tuple[Line, ...]:
    thread = f"thread {run.thread}" + (", guest" if run.guest else "")
    return (
        MARK_CELL if in_view else EMPTY,
        text(f"run {run.run}", "title"),
        text(run.state, "state"),
        words.task(run.main) if run.main else EMPTY,
        words.moment(run.time),
        text(words.count(run.task_count, "task")) if run.state != "ended" else EMPTY,
        text(thread, "dim"),
    )

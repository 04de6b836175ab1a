"""A whole run on one page.

Owns: the look of `Overview`: the tree with a sentence for every task.
Does not own: the sentences (waits), or where the page appears.
"""

from __future__ import annotations

from stepdbg.model.overview import Overview, OverviewRow
from stepdbg.model.task import NurserySnapshot, Origin, ScopeSnapshot, TaskSnapshot
from stepdbg.model.waits import WorkerThread

from . import words
from .knots import of_deadlock
from .spans import Line, join, text, wrap
from .tasks import more_alike
from .waits import cancellation, sentence

_INDENT = 2


def render_overview(page: Overview, width: int) -> list[Line]:
    """The run, its tree, its worker threads without a task, its deadlocks."""
    lines = _heading(page, width)
    for row in page.rows:
        lines += _row(row, width)
    for thread in page.threads:
        if thread.task is None:
            lines += wrap(_abandoned(thread), width, indent=4, first=2)
    for deadlock in page.deadlocks:
        lines += wrap(of_deadlock(deadlock), width, indent=4, first=2)
    return lines


def _heading(page: Overview, width: int) -> list[Line]:
    run = page.run
    parts = [
        text(words.count(run.task_count, "task"), "title"),
        text(f"{run.queue_length} runnable", "number"),
        text(f"thread {run.thread}"),
    ]
    if run.guest:
        parts.append(text("a guest run"))
    return wrap(text(f"run {run.run}: ", "title") + join(parts), width, indent=2, first=0)


def _row(row: OverviewRow, width: int) -> list[Line]:
    margin = min(_INDENT * (row.depth + 1), width // 3)
    if isinstance(row.what, tuple):
        return [more_alike(row.what, width, indent=margin)]
    if not isinstance(row.what, TaskSnapshot):
        return wrap(_holder(row.what), width, indent=margin + 4, first=margin)
    lines = wrap(_task(row, row.what), width, indent=margin + 4, first=margin)
    if row.link is not None and row.link.cancelling is not None:
        line = cancellation(row.link.cancelling)
        lines += wrap(line, width, indent=margin + 6, first=margin + 4)
    return lines


def _task(row: OverviewRow, task: TaskSnapshot) -> Line:
    link = row.link
    if link is None:
        return words.task(task.label) + text(f" was {task.state}, and has gone on since")
    return sentence(link)


def _holder(what: NurserySnapshot | ScopeSnapshot) -> Line:
    scope = what.scope if isinstance(what, NurserySnapshot) else what
    name = "nursery" if isinstance(what, NurserySnapshot) else f"cancel scope {what.number}"
    where = text(" at ") + words.place(what.place) if what.place else ()
    return join((text(name, "key") + where, words.scope_facts(scope)))


def _abandoned(thread: WorkerThread) -> Line:
    line = text("thread ") + text(thread.name, "key") + text(" was abandoned by its task")
    own = [place for place in thread.stack if place.origin is Origin.OWN]
    here = (own or thread.stack)[:1]
    return line + (text(", it is at ") + words.place_in(here[0]) if here else ())

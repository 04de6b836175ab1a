"""Cancel scopes around a task, and worker threads.

Owns: the look of `Scopes` and `Threads`.
"""

from __future__ import annotations

from stepdbg.model.replies import Scopes, Threads
from stepdbg.model.task import Place
from stepdbg.model.waits import ThreadRole, WorkerThread

from . import words
from .spans import EMPTY, Line, join, text, wrap
from .tables import Column, table
from .tasks import CODE_COLUMN, PLACE_COLUMN

_COLUMNS = (
    Column(),
    Column(least=10, rank=4, comfortable=40),
    Column(least=8, rank=1, keep_end=True, comfortable=28),
    CODE_COLUMN,
    PLACE_COLUMN,
)


def render_scopes(reply: Scopes, width: int) -> list[Line]:
    """The scopes around a task, outermost first: cancelling one cancels all those below it."""
    if not reply.around:
        return wrap(words.task(reply.task) + text(" is in no cancel scope"), width)
    rows = [
        (
            text(f"scope {scope.number}", "number"),
            words.scope_facts(scope) or text("no deadline", "dim"),
            words.task(owner),
            words.code(scope.place),
            EMPTY if scope.place is None else words.place(scope.place),
        )
        for owner, scope in reply.around
    ]
    title = text("cancel scopes around ") + words.task(reply.task) + text(", outermost first")
    return [*wrap(title, width), *table(rows, _COLUMNS, width)]


def render_threads(reply: Threads, width: int) -> list[Line]:
    """Each thread with its stack and the task that waits for it, or what else it does."""
    if not reply.threads:
        return wrap(text("no worker thread is busy"), width)
    lines: list[Line] = []
    for thread in reply.threads:
        title = text("thread ") + text(thread.name, "title")
        lines += wrap(join((title, _what_it_does(thread))), width, indent=4, first=0)
        lines += [line for place in thread.stack for line in _frame(place, width)]
    return lines


def _what_it_does(thread: WorkerThread) -> Line:
    if thread.task is not None:
        return text("for ") + words.task(thread.task)
    if thread.role is ThreadRole.WORKER:
        return text("abandoned", "warn")
    if thread.run is None:
        return text("works for no task")
    return text("carries out ") + text(f"run {thread.run}", "title")


def _frame(place: Place, width: int) -> list[Line]:
    source = words.code(place)
    return wrap(words.place_in(place) + (text(": ") + source if source else EMPTY), width, indent=4)

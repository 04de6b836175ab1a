"""The run queue and the pending deadlines.

Owns: the look of `Queue` and `Timers`, of tokens, and of what a schedule does not control.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from stepdbg.model.records import NamedTuple
from stepdbg.model.replies import Queue, Timers
from stepdbg.model.task import QueueEntry, ScopeSnapshot, TaskLabel, TimerSnapshot

from . import words
from .spans import COPIED, CUT, EMPTY, Line, join, text, wrap
from .tables import Column, pair_blocks, table
from .tasks import more_alike

if TYPE_CHECKING:
    from stepdbg.model.schedules import Token
    from stepdbg.model.uncontrolled import Touch

_THIS_PASS = " (in this order)"
_NEXT_PASS = " (Trio has not ordered it yet: it flips a coin)"


def render_queue(reply: Queue, width: int) -> list[Line]:
    """The current task, this pass in order, then the next pass, each with what woke it."""
    queue = reply.queue
    current = text("current: ", "title")
    current += words.task(queue.current) if queue.current else text("no task")
    lines = [*words.run_heading(reply.run, width), *wrap(current, width)]
    # Both passes share one layout, so that the causes are in one column.
    numbered = [_entry(entry, f"{n:>2}") for n, entry in enumerate(queue.this_pass, 1)]
    unordered = [_entry(entry, " -") for entry in queue.next_pass]
    held = [_entry(entry, " -") for entry in queue.held]
    blocks = pair_blocks([*numbered, *unordered, *held], width, indent=1)
    split = len(numbered)
    end = split + len(unordered)
    lines += _pass("this pass", _THIS_PASS, "nobody else", blocks[:split], width)
    lines += _pass("next pass", _NEXT_PASS, "nobody yet", blocks[split:end], width)
    return lines + (_pass("held", "", "", blocks[end:], width) if held else [])


def _pass(name: str, order: str, nobody: str, blocks: list[list[Line]], width: int) -> list[Line]:
    if not blocks:
        return wrap(text(f"{name}: ", "title") + text(nobody), width)
    order = order if len(blocks) > 1 else ""
    title = wrap(text(name, "title") + text(order, "dim"), width, indent=2, first=0)
    return title + [line for block in blocks for line in block]


def _entry(entry: QueueEntry, bullet: str) -> tuple[Line, Line]:
    name = text(bullet, "number") + text("  ") + words.task(entry.task.label)
    return name, words.because(entry.wake)


_TIMER_COLUMNS = (
    Column(),
    Column(least=14, rank=2, comfortable=32),
    Column(least=12, rank=3, optional=True, keep_end=True),
    Column(least=16, rank=1, optional=True),
)


def render_timers(reply: Timers, width: int) -> list[Line]:
    """The pending deadlines: time left, the tasks under each, and the line that set it."""
    if not reply.timers:
        return [*words.run_heading(reply.run, width), *wrap(text("no deadline is pending"), width)]
    title = text(words.count(len(reply.timers), "deadline"), "title")
    title += text(", soonest first") if len(reply.timers) > 1 else EMPTY
    kinds = kinds_of(reply.timers)
    rows = table([kind.cells for kind in kinds], _TIMER_COLUMNS, width, indent=2)
    lines = [*words.run_heading(reply.run, width), *wrap(title, width)]
    for row, kind in zip(rows, kinds, strict=True):
        lines.append(row)
        if kind.others:
            lines.append(more_alike(kind.others, width, indent=4, until=kind.until))
    return lines


class Kind(NamedTuple):
    """Things that share one row.

    cells: those of the first one.
    others: the tasks of the rest.
    until: when the last ends.
    """

    cells: tuple[Line, ...]
    others: Sequence[TaskLabel] = ()
    until: Line = EMPTY


def kinds_of(timers: Iterable[TimerSnapshot]) -> list[Kind]:
    """Rows for deadlines: time left, the tasks under each, the line that set it and its source."""
    kinds = []
    for first, *others in _alike(timers):
        tasks = [task for each in others for task in each.tasks]
        until = text(", the last one ", "dim") + words.left(others[-1].left) if others else EMPTY
        kinds.append(Kind(_timer(first), tasks, until))
    return kinds


def _alike(timers: Iterable[TimerSnapshot]) -> list[list[TimerSnapshot]]:
    """Group deadlines that differ only in their time and their one task."""
    groups: dict[object, list[TimerSnapshot]] = {}
    for timer in timers:
        scope, kind = timer.scope, object()
        if timer.task_count == len(timer.tasks) == 1 and scope.place is not None:
            kind = scope.place, scope.shield, timer.tasks[0].name
        groups.setdefault(kind, []).append(timer)
    return list(groups.values())


def _timer(timer: TimerSnapshot) -> tuple[Line, ...]:
    place = timer.scope.place
    source = join((words.code(place), _particulars(timer.scope)))
    where = words.place(place) if place else text("place not recorded", "dim")
    return words.left(timer.left), _tasks(timer), where, source


def _tasks(timer: TimerSnapshot) -> Line:
    """The tasks under a deadline, with their number if there are several."""
    if not timer.task_count:
        return text("no task", "dim")
    named = join(words.task(label) for label in timer.tasks)
    if timer.task_count > len(timer.tasks):
        named += text(f", {CUT}")
    return text(f"{timer.task_count} tasks: ") + named if timer.task_count > 1 else named


def _particulars(scope: ScopeSnapshot) -> Line:
    return text("shielded", "marked") if scope.shield else EMPTY


def render_touches(touched: Sequence[Touch], width: int) -> list[Line]:
    """What a run has touched that no schedule controls; empty if there is nothing."""
    if not touched:
        return []
    line = text("not controlled: ", "key") + text(", ".join(map(str, touched)))
    return wrap(line, width, indent=2, first=0)


def render_token(found: Token) -> list[Line]:
    """A token on one line of any width, because the user will copy it."""
    if found.text:
        return [text("token: ", "key") + text(found.text, COPIED)]
    steps = words.count(found.steps, "step")
    return [text("token: ", "key") + text(f"too long for a line ({steps}); `token FILE` writes it")]

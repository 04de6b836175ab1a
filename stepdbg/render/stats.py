"""The numbers of `stats`: what tasks and the loop have done in all.

Owns: the look of `StatsShown`.
"""

from __future__ import annotations

from stepdbg.model.history import LoopStats, StatsShown, TaskStats

from . import history, words
from .spans import EMPTY, Line, join, text, wrap
from .tables import Column, table

_COLUMNS = (
    Column(least=8, rank=2, keep_end=True, comfortable=24),
    Column(least=5, rank=1, optional=True),
    *(Column(right=True),) * 4,
    Column(least=12, rank=0, optional=True),
)
_HEADINGS = tuple(
    text(each, "dim") for each in ("task", "", "steps", "ran", "waited", "blocked", "longest step")
)


def render_stats(reply: StatsShown, width: int) -> list[Line]:
    """The loop in a sentence or two, then a row for each task."""
    stats = reply.stats
    lines = [] if reply.chosen else wrap(_loop(stats.loop), width, indent=2, first=0)
    if stats.tasks:
        lines += table([_HEADINGS, *map(_row, stats.tasks)], _COLUMNS, width)
    facts = []
    if reply.more:
        facts.append(f"{words.count(reply.more, 'more task')} (`stats NAME*` shows some of them)")
    if stats.rest and not reply.chosen:
        facts.append(f"{words.count(stats.rest, 'task')} ended before these")
    if not stats.complete:
        facts.append("counted since the recorder was switched on")
    if stats.replayed:
        facts.append("these are the times of the replay, in which sleeps take no time")
    return lines + (wrap(text("; ".join(facts), "dim"), width) if facts else [])


def _loop(loop: LoopStats) -> Line:
    """``busy for 64% of 12.3 s; 120 steps in 60 passes, 2 a pass; …``."""
    parts = [text(f"busy for {loop.busy:.0%} of ") + words.duration(loop.seconds)]
    steps = text(words.count(loop.steps, "step"))
    if loop.passes:
        each = f"{loop.steps / loop.passes:.3g}"
        steps += text(f" in {words.count(loop.passes, 'pass', 'passes')}, {each} a pass")
    parts.append(steps)
    if loop.gap is not None:
        parts.append(
            text("the longest time without a look for I/O was ")
            + text(history.took_time(loop.gap), "time")
        )
    return join(parts, "; ")


def _row(task: TaskStats) -> tuple[Line, ...]:
    return (
        words.task(task.label),
        text("ended", "dim") if task.ended else EMPTY,
        text(str(task.steps), "number"),
        *(text(history.took_time(each), "time") for each in (task.ran, task.waited, task.blocked)),
        _longest(task),
    )


def _longest(task: TaskStats) -> Line:
    step = task.longest
    if step is None:
        return EMPTY
    took = text(history.took_time(step.seconds), "time") + text(" so far" * step.under_way)
    line = took + text(f", step {step.step}")
    if step.where:
        return line + text(" at ") + text(step.where, "place")
    return line + (EMPTY if step.place is None else text(" up to ") + words.place(step.place))

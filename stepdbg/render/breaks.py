"""Breakpoints, set and listed.

Owns: the look of breakpoints outside of a stop.  Does not own: naming their hits (stops).
"""

from __future__ import annotations

from stepdbg.model.breakpoints import BreakpointSnapshot
from stepdbg.model.replies import BreakpointList, BreakpointSet

from . import words
from .spans import EMPTY, Line, join, text, wrap
from .tables import Column, table

_COLUMNS = (
    Column(right=True),
    Column(),
    Column(least=12, rank=2),
    Column(least=6, rank=1, optional=True),
    Column(least=12, rank=0, optional=True),
)


_NAMED = 6
"""How many tasks a list of hits names."""


def render_breakpoint_set(reply: BreakpointSet, width: int) -> list[Line]:
    """A breakpoint was set or changed."""
    breakpoint_ = reply.breakpoint
    kind = "temporary breakpoint" if breakpoint_.spec.temporary else "breakpoint"
    head = text(f"{kind} {breakpoint_.number}", "title") + text(f" {reply.what}: ")
    lines = wrap(head + words.wish(breakpoint_.spec), width, indent=2, first=0)
    if reply.what == "cleared":
        return lines
    return lines + _notes(breakpoint_, width, 2, matching=reply.what == "set")


def render_breakpoint_list(reply: BreakpointList, width: int) -> list[Line]:
    """All breakpoints with their hits; further facts about each follow below it."""
    if not reply.breakpoints:
        return wrap(text("no breakpoints; `break task PATTERN` sets one"), width)
    rows = table([_row(one) for one in reply.breakpoints], _COLUMNS, width, indent=2)
    lines: list[Line] = []
    for row, one in zip(rows, reply.breakpoints, strict=True):
        lines.append(row)
        for term in words.terms(one.spec):
            lines += wrap(term, width, indent=7)
        lines += _notes(one, width, 7, matching=False)
    return lines


def _row(one: BreakpointSnapshot) -> tuple[Line, ...]:
    return (
        text(str(one.number), "number"),
        text("on", "good") if one.enabled else text("off", "dim"),
        words.target(one.spec) + text(", temporary" if one.spec.temporary else ""),
        text(words.count(one.hits, "hit") if one.hits else "not hit yet"),
        # If no task matches, the note says so with more detail.
        text(_matching(one.matching)) if one.matching else EMPTY,
    )


def _hits_of_tasks(one: BreakpointSnapshot) -> Line:
    """How often it was hit in each living task, those with the most hits first."""
    most = sorted(one.of_tasks, key=lambda each: -each.hits)
    named = [words.task(each.task) + text(f" {each.hits}", "number") for each in most[:_NAMED]]
    more = f" and {len(most) - _NAMED} more tasks" if len(most) > _NAMED else ""
    return text("hits in ") + join(named, ", ") + text(more)


def _matching(tasks: int) -> str:
    return f"matches {words.count(tasks, 'living task')}"


def _notes(one: BreakpointSnapshot, width: int, indent: int, *, matching: bool) -> list[Line]:
    sentences: list[Line] = []
    if one.note:
        sentences.append(text(one.note, "warn"))
    elif matching and one.matching is not None:
        sentences.append(text(_matching(one.matching), "dim"))
    if one.spec.ignore:
        passing = "hit passes" if one.spec.ignore == 1 else f"{one.spec.ignore} hits pass"
        which = "the first" if one.spec.per_task else "the next"
        sentences.append(text(f"{which} {passing}" + " in each task" * one.spec.per_task))
    if one.of_tasks:
        sentences.append(_hits_of_tasks(one))
    if one.commands:
        sentences.append(text("at each hit: ") + text(" ;; ".join(one.commands), "source"))
    return [line for sentence in sentences for line in wrap(sentence, width, indent=indent)]

"""What a user asked to stop at.

Owns: `BreakpointSpec` (the wish) and `BreakpointSnapshot` (the wish with its fate).
Does not own: where a wish is planted, or how it is matched (engine.breakpoints).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from .facts import BreakpointNumber


class TaskEvent(enum.StrEnum):
    """A moment in a task's life that a breakpoint can name."""

    SPAWN = "spawn"  # the task has been created
    START = "start"  # before its first step
    STEP = "step"  # before each step
    BLOCK = "block"  # after a step that left it blocked
    WAKE = "wake"  # it became runnable
    CANCEL = "cancel"  # before a step in which Cancelled reaches it
    FAIL = "fail"  # it exited with an exception that is no cancellation
    EXIT = "exit"  # it exited


@dataclass(frozen=True, slots=True)
class TaskTarget:
    """Tasks by name: a glob, ``name#2`` or a number, at one event of their lives."""

    pattern: str
    event: TaskEvent = TaskEvent.STEP

    def __str__(self) -> str:
        suffix = "" if self.event is TaskEvent.STEP else f" on {self.event}"
        return f"task {self.pattern}{suffix}"


Target = TaskTarget
"""Anything a breakpoint can be set on; grows with the kinds of breakpoints."""


@dataclass(frozen=True, slots=True)
class BreakpointSpec:
    """A breakpoint as asked for.

    condition: a Python expression, evaluated in the task's innermost own frame; None: always.
    temporary: it is cleared when it is hit.
    ignore: how many hits to let pass first.
    """

    target: Target
    condition: str | None = None
    temporary: bool = False
    ignore: int = 0


@dataclass(frozen=True, slots=True)
class BreakpointSnapshot:
    """A breakpoint and what became of it.

    hits: how often its condition held, ignored hits included.
    matching: how many living tasks it matches now, None where that has no meaning.
    commands: lines to run at each hit.
    note: a sentence about it, such as "no task matches yet"; empty when all is plain.
    """

    number: BreakpointNumber
    spec: BreakpointSpec
    enabled: bool
    hits: int
    matching: int | None = None
    commands: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class BreakpointHit:
    """A breakpoint that stopped the run; `problem` tells how its condition failed."""

    number: BreakpointNumber
    spec: BreakpointSpec
    problem: str = ""
    commands: tuple[str, ...] = ()

"""Identities, and the explicit "not recorded".

Owns: the types of ids, the one marker for a fact that nobody wrote down, why a cancellation does
not arrive.
Does not own: how an id is found (engine) or shown (render).
"""

from __future__ import annotations

import enum
from typing import Final, NewType

from stepdbg.model.records import NamedTuple

RunId = NewType("RunId", int)
"""A run's number, counted from 1 in the order in which runs start in this process."""

TaskNumber = NewType("TaskNumber", int)
"""A task's number, unique in the process: Trio's own creation counter (main is 1)."""

NO_TASK: Final = TaskNumber(-1)
"""Stands for the held thread itself in a `FrameRef`, at a stop outside of any task."""


class LogicalId(NamedTuple):
    """A name for a task made from how it was spawned; the same in every run of one schedule.

    root: ``main``; ``system`` for Trio's own tasks, in the order in which they are spawned;
        ``loop`` for those that no task has spawned.
    path: the place among the tasks that each task above has spawned, from 0.
    """

    root: str
    path: tuple[int, ...] = ()

    def __str__(self) -> str:
        return "/".join([self.root, *map(str, self.path)])


ScopeNumber = NewType("ScopeNumber", int)
"""A cancel scope's number, which stepdbg gives it the first time that it is shown."""

BreakpointNumber = NewType("BreakpointNumber", int)
"""A breakpoint's number, counted from 1 and never used twice."""


class NotRecorded(enum.Enum):
    """The type of `NOT_RECORDED`: the debugger was not watching when this happened.

    None is different: it means that the thing does not exist (no deadline, no parent).
    """

    NOT_RECORDED = "not recorded"


NOT_RECORDED: Final = NotRecorded.NOT_RECORDED


class NotDelivered(enum.StrEnum):
    """Why a task does not get a cancellation."""

    SHIELD = "shield"  # there is one between the scope and the task
    THREAD = "thread"  # it waits for one that it will not abandon
    CHILDREN = "children"  # its nursery waits for them and raises Cancelled afterwards
    EMPTY_NURSERY = "empty nursery"  # its end is a checkpoint that delivers no cancellation
    SHIELDED_CHECKPOINT = "shielded checkpoint"  # a checkpoint that delivers none
    NO_CHECKPOINT = "no checkpoint"  # it runs, and has not reached one
    NOT_STARTED = "not started"
    NO_ABORT = "no abort"  # it is in a wait that Trio cannot abort

"""A cancel scope at the moment of its cancellation.

Owns: what cancels it, which tasks that reaches, and whether it is only the end of a sleep.
Does not own: noticing it (noticing.watches), breakpoints on it (breaking.hits), or what happens
to the cancellation afterwards (fate).
"""

from __future__ import annotations

from inspect import CO_ASYNC_GENERATOR, CO_GENERATOR
from types import FrameType
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, scopes, tasks
from stepdbg.engine.stacks import frames
from stepdbg.engine.stacks.scope_places import scopes_of_trio
from stepdbg.model.breakpoints import ScopeCancelled
from stepdbg.model.records import NamedTuple, replace
from stepdbg.model.task import TIMER_TASKS, Origin

from .entered import ScopedRun, Scopes

if TYPE_CHECKING:
    from stepdbg.engine.recording.registry import Registry

_GENERATORS = CO_GENERATOR | CO_ASYNC_GENERATOR
"""Flags of Trio's context managers, which are generators: a scope in them is their caller's."""


class Happening(NamedTuple):
    """A scope that is being cancelled.

    source: ``deadline``, ``nursery`` or ``explicit``, as Trio calls them.
    by: the task that cancels it, or notices that its deadline has passed; None for the loop.
    frame: the own frame that does.
    """

    scope: runs.CancelScope
    source: str
    by: Task | None
    frame: FrameType | None


def happening(scope: runs.CancelScope, here: FrameType) -> Happening:
    """What is cancelling a scope right now.  here: the frame of Trio or the program that does."""
    source = "explicit"
    if scopes.found_by(here) is not None:
        source = "deadline"
    elif any(runs.is_called_by(here, code) for code in (runs.EXITED_CODE, runs.ADD_ERROR_CODE)):
        source = "nursery"
    return Happening(scope, source, runs.current_task(), frames.first_own_caller(here))


def is_part_of_wait(scope: runs.CancelScope, here: FrameType) -> bool:
    """Whether Trio has entered the cancelled scope for a wait of its own, such as a sleep."""
    frame: FrameType | None = here
    while frame is not None and frame.f_code is not runs.LOOP_CODE:
        if frame.f_code is runs.ENTER_CODE:
            return frame.f_back is not None and is_wait_of_trio(frame.f_back)
        frame = frame.f_back
    return any(id(scope) in scopes_of_trio(task) for task in scopes.tasks_under(scope))


def is_wait_of_trio(frame: FrameType) -> bool:
    """Whether the frame that enters a scope is a function of Trio's, such as ``sleep``.

    Trio's context managers do not count, because they enter a scope for the program.
    """
    code = frame.f_code
    return frames.origin_of(code.co_filename) is Origin.TRIO and not code.co_flags & _GENERATORS


def who_gets_it(scope: runs.CancelScope) -> list[Task]:
    """The tasks that a scope cancels: first the one that entered it, then by number."""
    found = [
        task
        for task in scopes.tasks_under(scope)
        if any(scope is each for each in scopes.reaching(task))
    ]
    found.sort(key=lambda task: (scopes.entered_by(scope, task) is not task, tasks.number(task)))
    return found


def picture(run: ScopedRun, registry: Registry, seen: Happening) -> ScopeCancelled:
    """The picture of the cancelled scope for a stop."""
    inside = who_gets_it(seen.scope)
    under = inside or list(scopes.tasks_under(seen.scope))
    scope = Scopes(run).picture(seen.scope, under[0] if under else None)
    if not under and seen.by is not None and seen.frame is not None:
        # The task is just entering the scope, and its deadline has already passed.
        inside, scope = [seen.by], replace(scope, place=frames.place_of(seen.frame))
    labels = tuple(map(registry.label_of, inside[:TIMER_TASKS]))
    return ScopeCancelled(scope, seen.source, labels, len(inside))

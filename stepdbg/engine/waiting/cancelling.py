"""Which task caused a cancellation that has not ended a task yet.

Owns: `cancelling_of`.  Does not own: cancel scopes in general (cancelling, stacks.scope_places).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, scopes, waits
from stepdbg.engine.cancelling.entered import Scopes
from stepdbg.engine.cancelling.fate import fate_of
from stepdbg.engine.stacks import frames
from stepdbg.engine.stacks.scope_places import scopes_of_trio
from stepdbg.model.facts import NOT_RECORDED, NotRecorded
from stepdbg.model.task import Place, TaskLabel
from stepdbg.model.waits import Cancelling

if TYPE_CHECKING:
    from stepdbg.engine.cancelling.happening import Happening
    from stepdbg.engine.recording.origins import Noted, Origins

    from .views import BlockedRun


_DEADLINE = "deadline"
"""Trio's word for the source of a cancellation by a deadline."""


def cancelling_of(
    run: BlockedRun, origins: Origins, around: Scopes, task: Task
) -> Cancelling | None:
    """The cancellation around a task, None if there is none.

    Its scope is the one that is being cancelled at this stop, or else the outermost cancelled
    scope, even if a shield keeps it away.
    """
    seen = None if run.held is None else run.held.cancelled
    if seen is not None and any(seen.scope is each for each in scopes.reaching(task)):
        return _right_now(run, around, seen, task)
    scope = waits.cancelled_scope(task)
    if scope is None:
        return None
    recorded = waits.cancel_source(scope)
    noted = origins.cancel_of(scope)
    place: Place | NotRecorded | None = NOT_RECORDED
    by: TaskLabel | None = None
    if noted is not None:
        place = noted.place
        by = None if noted.task is None else run.registry.label(noted.task)
    source, reason, by_repr = recorded or (_source_of(noted), "", "")
    if source == _DEADLINE and id(scope) in scopes_of_trio(task):
        return None  # that is how a sleep ends
    return Cancelling(
        scope=around.picture(scope, task),
        source=source or NOT_RECORDED,
        by=by or _named(run, by_repr),
        place=place,
        reason=reason,
        since=None if noted is None else noted.time - run.life.begun_at,
        fate=fate_of(run, around, scope, task, noted),
    )


def _right_now(run: BlockedRun, around: Scopes, seen: Happening, task: Task) -> Cancelling:
    """The cancellation that the stop is about."""
    frame = seen.frame
    return Cancelling(
        scope=around.picture(seen.scope, task),
        source=seen.source,
        by=None if seen.by is None else run.registry.label_of(seen.by),
        place=None if frame is None else frames.place_of(frame),
    )


def _source_of(noted: Noted | None) -> str:
    """What cancelled a scope, if Trio does not say (before 0.31); empty if that is not known."""
    return _DEADLINE if noted is not None and noted.found is not None else ""


def _named(run: BlockedRun, text: str) -> TaskLabel | None:
    """The living task with this repr; Trio keeps only the repr of the task that cancelled."""
    if text:
        for task in runs.living_tasks(run.runner):
            if repr(task) == text:
                return run.registry.label_of(task)
    return None

"""`endless-shield`: a shielded scope without a deadline keeps a cancelled nursery open.

Owns: its facts, its sentence, and how long each task has waited in such a scope.

Clean-up in a shielded scope is right as long as it ends.  So stepdbg reports the scope only if the
task sleeps for ever in it, or still waits at the same point a second of program time later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from trio.lowlevel import Task

from stepdbg._trio_internals import losses, runs, scopes, tasks, waits
from stepdbg.engine.stacks import scope_places
from stepdbg.model.lints import Lint, LintName
from stepdbg.model.standard import math, weakref
from stepdbg.model.task import Place, WaitKind

from .saying import at

if TYPE_CHECKING:
    from stepdbg.engine.judging.stuck import Blocked
    from stepdbg.engine.waiting.views import BlockedRun

LONG: Final = 1.0
"""Seconds of waiting after which stepdbg no longer expects the clean-up to end."""


class EndlessShields:
    """Finds the lints of one run, and remembers what earlier looks have seen."""

    def __init__(self, run: BlockedRun) -> None:
        self._run = run
        self._seen: weakref.WeakKeyDictionary[Task, tuple[int, float]] = weakref.WeakKeyDictionary()

    def look(self, seen: Iterable[Blocked]) -> Iterator[Lint]:
        """The lints about blocked tasks."""
        for each in seen:
            scope = _shield_of(each)
            if scope is None:
                continue
            seconds = self._seconds(each)
            found = scope_places.scopes_entered(each.task).get(id(scope))
            entered = None if found is None else found.place
            # The user cannot change what a library does in a shielded scope of its own.
            if entered is None or not entered.text.startswith(("with ", "async with ")):
                continue
            if each.kind is WaitKind.FOREVER or seconds >= LONG:
                yield _lint(self._run, each, entered)

    def _seconds(self, each: Blocked) -> float:
        """For how many seconds a task has been seen waiting at its present point."""
        step, now = tasks.steps_taken(each.task), self._run.life.time()
        known = self._seen.get(each.task)
        if known is None or known[0] != step:
            self._seen[each.task] = step, now
            return 0.0
        return now - known[1]


def _shield_of(each: Blocked) -> runs.CancelScope | None:
    """The shielded scope in which a task keeps a cancelled nursery open; None if there is none."""
    task, nursery = each.task, each.task.parent_nursery
    scope = losses.shield_around(task)
    if scope is None or nursery is None or not math.isinf(waits.soonest_deadline(task)):
        return None
    entered_by_it = any(scope is own for own in scopes.scopes_around(task))
    if entered_by_it and scopes.is_effectively_cancelled(nursery.cancel_scope):
        return scope
    return None


def _lint(run: BlockedRun, each: Blocked, entered: Place) -> Lint:
    label = run.registry.label_of(each.task)
    nursery = each.task.parent_nursery
    assert nursery is not None, "`_shield_of` has looked"
    parent = run.registry.label_of(nursery.parent_task)
    text = (
        f"{label} waits{at(each.place)} behind a shield without a deadline"
        f"{at(entered, 'entered at')}, and keeps a cancelled nursery of {parent} open; give the "
        "shielded scope a deadline, as by move_on_after(…, shield=True)"
    )
    return Lint(LintName.ENDLESS_SHIELD, text, entered, label, run.life.id)

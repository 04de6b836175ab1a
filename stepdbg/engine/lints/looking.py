"""One look at the blocked tasks of a run.

Owns: which tasks are looked at, within which time, and asking the lints about them.
Does not own: the lints, or when to look (watch).

A look at a stop takes the same time however many tasks there are: it takes so many, and the
next look goes on with the others.
"""

from __future__ import annotations

import weakref
from collections.abc import Container
from time import perf_counter
from typing import TYPE_CHECKING, Final

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, tasks
from stepdbg.model.lints import Lint, LintName

from . import lost_events, lost_senders
from . import stuck as _stuck
from .endless_shields import EndlessShields

if TYPE_CHECKING:
    from stepdbg.engine.run import DebuggedRun

    from .stuck import Blocked

_AT_ONCE: Final = 60
"""How many tasks one look takes."""

_SECONDS: Final = 0.02
"""The time after which a look takes no more of them."""


_ABOVE: Final = 4
"""How many of the tasks above a blocked one are looked at with it."""


class Looks:
    """The looks at one run."""

    def __init__(self, run: DebuggedRun) -> None:
        self._run = run
        self._shields = EndlessShields()
        self._to_come: list[weakref.ref[Task]] = []

    def look(self, on: Container[LintName]) -> list[Lint]:
        """What some of the blocked tasks show.

        Args:
            on: the lints that are asked.
        """
        seen = list(self._some_blocked().values())
        if not seen:
            return []
        found: list[Lint] = []
        if LintName.LOST_EVENT in on or LintName.LOST_SENDER in on:
            stuck = _stuck.stuck_among(seen)
            found += lost_events.look(stuck)
            found += lost_senders.look(seen, stuck)
        found += self._shields.look(seen)
        return [each for each in found if each.name in on]

    def _some_blocked(self) -> dict[Task, Blocked]:
        if not self._to_come:
            runner = self._run.runner
            own = (t for t in runs.living_tasks(runner) if not runs.is_system(runner, t))
            self._to_come = [weakref.ref(task) for task in reversed(list(own))]
        seen: dict[Task, Blocked] = {}
        begun = perf_counter()
        while self._to_come and len(seen) < _AT_ONCE and perf_counter() - begun < _SECONDS:
            task = self._to_come.pop()()
            if task is not None and not tasks.is_runnable(task):
                self._take(task, seen)
        return seen

    def _take(self, task: Task, seen: dict[Task, Blocked]) -> None:
        """Look at a task, those that wait for the same, and those that wait for it."""
        found = None if task in seen else _stuck.blocked(self._run, task)
        if found is None:
            return
        seen[task] = found
        above: list[Task] = []
        while task.parent_nursery is not None and len(above) < _ABOVE:
            task = task.parent_nursery.parent_task
            above.append(task)
        for each in (*found.mates[:_AT_ONCE], *above):
            relative = None if each in seen else _stuck.blocked(self._run, each)
            if relative is not None:
                seen[each] = relative

"""Which tasks have an object in their variables.

Owns: `References`, made at most once for each question.
Does not own: how variables are looked through (object_names).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import runs
from stepdbg.engine.locals import frame_locals

from .object_names import walk

if TYPE_CHECKING:
    from stepdbg.engine.run import DebuggedRun

_LOOKED_AT = 300_000
"""Variables after which the search ends: a second, in a run of very many tasks."""


class References:
    """The variables of all living tasks of a run.

    Attributes:
        complete: whether all of them were looked at.
    """

    def __init__(self, run: DebuggedRun) -> None:
        self.complete = True
        self._run = run
        self._found: list[tuple[Task, list[object]]] | None = None

    def who_has(self, wanted: Callable[[object], bool]) -> list[Task]:
        """The tasks with an object that is `wanted` in a variable, by number."""
        if self._found is None:
            self._found = list(self._look())
        return [task for task, objects in self._found if any(map(wanted, objects))]

    def _look(self) -> list[tuple[Task, list[object]]]:
        found, looked_at = [], 0
        for task in runs.living_tasks(self._run.runner):
            if looked_at > _LOOKED_AT:
                self.complete = False
                break
            objects: dict[int, object] = {}
            for frame in self._run.live_frames(task):
                objects.update((id(value), value) for _, value in walk(frame_locals(frame)))
            looked_at += len(objects)
            found.append((task, list(objects.values())))
        return found

"""Which tasks have an object in their variables: the oracle of the blocked graph that names them.

Owns: `References`, made at most once for each graph.
Does not own: how variables are looked through (object_names), whether anything at all has an
object (judging.reach).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import FrameType
from typing import NamedTuple

from trio.lowlevel import Task

from stepdbg._trio_internals import runs
from stepdbg.engine.stacks.frames import is_own
from stepdbg.engine.typed.locals import frame_locals

from .object_names import walk

_LOOKED_AT = 150_000
"""Variables after which the search ends: a second, in a run of very many tasks."""

_FOREIGN = 10
"""How much farther away is what only a library or Trio has in its variables."""


class _Holdings(NamedTuple):
    """What a task has in its variables.

    objects: each with how far from a variable it is.  names: what the task's own code names.
    """

    task: Task
    objects: list[tuple[int, object]]
    names: frozenset[str]


class References:
    """The variables of all living tasks of a run.

    Args:
        runner: of the run.
        live_frames: gives the frames of a task.

    Attributes:
        complete: whether all of them were looked at.
    """

    def __init__(self, runner: runs.Runner, live_frames: Callable[[Task], list[FrameType]]) -> None:
        self.complete = True
        self._runner, self._live_frames = runner, live_frames
        self._found: list[_Holdings] | None = None

    def who_has(
        self, wanted: Callable[[object], bool], names: frozenset[str] = frozenset()
    ) -> list[Task]:
        """The tasks with an object that is `wanted` in a variable, the likeliest first.

        Args:
            names: of methods; tasks whose own code names one of them come before all others,
                then those that have the object at hand.
        """
        ranked = []
        for order, has in enumerate(self._everybody()):
            distances = [distance for distance, value in has.objects if wanted(value)]
            if distances:
                ranked.append((not names & has.names, min(distances), order, has.task))
        return [task for *_, task in sorted(ranked, key=lambda each: each[:3])]

    def holdings(self) -> Iterator[tuple[Task, Iterator[object]]]:
        """Every task with the objects that its variables lead to."""
        for has in self._everybody():
            yield has.task, (value for _, value in has.objects)

    def _everybody(self) -> list[_Holdings]:
        if self._found is None:
            self._found = list(self._look())
        return self._found

    def _look(self) -> Iterator[_Holdings]:
        looked_at = 0
        for task in runs.living_tasks(self._runner):
            if looked_at > _LOOKED_AT:
                self.complete = False
                break
            objects: dict[int, tuple[int, object]] = {}
            names: set[str] = set()
            for frame in self._live_frames(task):
                own = is_own(frame.f_code.co_filename)
                if own:
                    names.update(frame.f_code.co_names)
                for path, value in walk(frame_locals(frame)):
                    distance = path.count(".") + path.count("[") + (0 if own else _FOREIGN)
                    known = objects.get(id(value))
                    if known is None or distance < known[0]:
                        objects[id(value)] = distance, value
            looked_at += len(objects)
            yield _Holdings(task, list(objects.values()), frozenset(names))

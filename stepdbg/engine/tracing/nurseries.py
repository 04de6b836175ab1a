"""Find the shapes of nurseries: at which line a task has opened one.

Owns: `NurseryShapes`.
Does not own: other shapes (shapes), finding the line of a scope (cancelling.entered).

A nursery is looked at when the first task is spawned in it.  Its line is looked for on the stack of
the task that opened it, which takes long, so only a small part of a run's time goes into it; after
that some lines stay unknown.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import trio
from trio.lowlevel import Task

from stepdbg._trio_internals import runs, tasks
from stepdbg.engine.cancelling.entered import Scopes
from stepdbg.model.recording import ShapeKind
from stepdbg.model.standard import time, weakref

from .search_time import SearchTime

if TYPE_CHECKING:
    from .shapes import Shapes
    from .traceable import TraceableRun

_PART: Final = 0.01
"""Which part of the time may go into it."""


class NurseryShapes:
    """The nurseries of one run.

    Args:
        run: which run.
        shapes: makes shapes.
    """

    def __init__(self, run: TraceableRun, shapes: Shapes) -> None:
        self._run, self._shapes = run, shapes
        self._known: dict[int, tuple[int, weakref.ref[trio.Nursery] | None]] = {}
        self._time = SearchTime(_PART)

    def is_known(self, identity: int, parent: int) -> bool:
        """Whether a nursery has been noted.

        Args:
            identity: its ``id``.
            parent: the number of the task that opened it.
        """
        known = self._known.get(identity)
        return known is not None and known[0] == parent

    def note(self, identity: int, parent: int) -> tuple[trio.Nursery, Task] | None:
        """Note a nursery.  The arguments are those of `is_known`.

        Returns:
            The nursery, and the task that opened it, if its line can be searched for.
        """
        found = self._find(identity)
        if found is None:
            self._known[identity] = parent, None
            return None
        # When the nursery is gone, the next object may get its identity.
        gone = partial(self._known.pop, identity)
        self._known[identity] = parent, weakref.ref(found[0], gone)
        return found if self._time.is_left(time.perf_counter()) else None

    def shape(self, nursery: trio.Nursery, opener: Task) -> int:
        """The shape of a nursery; time should stand still meanwhile.

        opener: the task that opened it.
        """
        began = time.perf_counter()
        place = Scopes(self._run).place(nursery.cancel_scope, opener)
        shape = self._shapes.of(ShapeKind.NURSERY, place=place)
        self._time.took(began)
        return shape

    def _find(self, identity: int) -> tuple[trio.Nursery, Task] | None:
        """A nursery of the current task or around it, and the task that opened it."""
        task = runs.current_task()
        while task is not None:
            for nursery in reversed(tasks.nurseries_of(task)):
                if id(nursery) == identity:
                    return nursery, task
            around = task.parent_nursery
            task = None if around is None else around.parent_task
        return None

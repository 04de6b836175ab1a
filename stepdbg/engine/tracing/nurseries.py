"""Send the nurseries of a run to a recording, with the lines at which tasks have opened them.

Owns: `NurserySender`.
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
from stepdbg.model.recording import RecordingSink, ShapeKind
from stepdbg.model.standard import weakref

from .search_time import SearchTime
from .shapes import BITS

if TYPE_CHECKING:
    from .shapes import Shapes
    from .traceable import TraceableRun

_PART: Final = 0.01
"""Which part of the time may go into it."""


class NurserySender:
    """Sends the nurseries of one run.

    Args:
        run: which run.
        shapes: makes shapes.
        sink: keeps the events.
    """

    def __init__(self, run: TraceableRun, shapes: Shapes, sink: RecordingSink) -> None:
        self._run, self._shapes, self._event = run, shapes, sink.event
        self._plain, self._inside = shapes.of(ShapeKind.NURSERY), shapes.of(ShapeKind.INSIDE)
        self._known: dict[int, tuple[int, weakref.ref[trio.Nursery] | None]] = {}
        self._time = SearchTime(_PART)

    def tell(self, nursery: tuple[int, int], when: float, number: int) -> None:
        """Send the nursery in which a task lives, and once the task that opened it.

        Args:
            nursery: the number of the task that opened it, and its ``id``.
            when: the moment.
            number: the task that lives in it.
        """
        parent, identity = nursery
        sent, known = (identity >> 4) & BITS, self._known.get(identity)
        if known is None or known[0] != parent:
            found = self._note(identity, parent)
            if found is None:
                self._event(when, 0.0, sent, parent, self._plain)
            else:
                with self._run.still():  # when it ends, a mark follows; this event came before that
                    self._event(when, 0.0, sent, parent, self._shape(*found))
        self._event(when, 0.0, sent, number, self._inside)

    def _note(self, identity: int, parent: int) -> tuple[trio.Nursery, Task] | None:
        """Note a nursery; return it and the task that opened it if its line can be searched for."""
        found = self._find(identity)
        if found is None:
            self._known[identity] = parent, None
            return None
        # When the nursery is gone, the next object may get its identity.
        gone = partial(self._known.pop, identity)
        self._known[identity] = parent, weakref.ref(found[0], gone)
        return found if self._time.is_left() else None

    def _shape(self, nursery: trio.Nursery, opener: Task) -> int:
        """The shape of a nursery, with the line at which a task opened it."""
        with self._time:
            place = Scopes(self._run).place(nursery.cancel_scope, opener)
        return self._shapes.of(ShapeKind.NURSERY, place=place)

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

"""What is around tasks that block: the deadlines of their waits, and scopes without a deadline.

Owns: `ToldAround`, which sends both to a recording.
Does not own: the shapes of deadlines (deadlines), nurseries (nurseries), finding the line of a
scope (cancelling.entered).

A task's own scopes without a deadline are sent when it blocks, if they are others than when it
blocked before.  Their lines are looked for on its stack, for a small part of a run's time; after
that some lines stay unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, scopes, tasks
from stepdbg.engine.cancelling.entered import Scopes
from stepdbg.model.recording import SHIELD, RecordingSink, ShapeKind
from stepdbg.model.standard import weakref

from .deadlines import DeadlineShapes
from .search_time import SearchTime
from .shapes import BITS

if TYPE_CHECKING:
    from .shapes import Shapes
    from .traceable import TraceableRun

_PART: Final = 0.01
"""Which part of the time may go into the lines of scopes."""

_KEPT: Final = 1_000
"""How many scopes are remembered."""


class ToldAround:
    """Sends what is around the tasks of one run.

    Args:
        run: which run.
        shapes: makes shapes.
        sink: keeps the events.

    Attributes:
        look: says what is around the current task; None if there is no news.
    """

    def __init__(self, run: TraceableRun, shapes: Shapes, sink: RecordingSink) -> None:
        self._run, self._shapes, self._event = run, shapes, sink.event
        self._deadlines = DeadlineShapes(run, shapes)
        self._statuses: dict[int, scopes.Status] = {}
        self._told: dict[int, tuple[tuple[runs.CancelScope, int], ...]] = {}
        self._known: dict[int, tuple[weakref.ref[runs.CancelScope], int]] = {}
        self._time = SearchTime(_PART)
        self.look = scopes.looker(run.runner, self._statuses)

    def tell(self, when: float, around: scopes.Around, stuck: Any) -> None:
        """Send what is around a task that has just blocked.  stuck: where it waits."""
        if around.first is not None:
            self._deadline(when, around.task, around.first, stuck)
        if around.moved:
            self._moved(when, around.task)

    def tell_of(self, when: float, task: Task, stuck: Any) -> None:
        """Send what is around a task that blocked before the recording began."""
        self.tell(when, scopes.Around(task, scopes.first_deadline(task), moved=True), stuck)

    def forget(self, number: int) -> None:
        """Forget a task that has ended."""
        self._statuses.pop(number, None)
        self._told.pop(number, None)

    def _deadline(
        self, when: float, task: Task, found: tuple[runs.CancelScope, float], stuck: Any
    ) -> None:
        """Send the deadline of a task that has just blocked.  found: its scope, and its time."""
        scope, deadline = found
        left = deadline - self._run.runner.clock.current_time()
        identity, number = (id(scope) >> 4) & BITS, tasks.number(task)
        shape = self._deadlines.known(scope, task, stuck)
        if shape is not None:
            self._event(when, left, identity, number, shape)
            return
        with self._run.still():  # when it ends, a mark follows, and this event came before that
            self._event(when, left, identity, number, self._deadlines.found(scope, task))

    def _moved(self, when: float, task: Task) -> None:
        """Send the scopes without a deadline that a task has entered, if they are new."""
        number, status = tasks.number(task), scopes.status(task)
        if status is None:
            self._statuses.pop(number, None)
            found: tuple[tuple[runs.CancelScope, int], ...] = ()
        else:
            self._statuses[number] = status
            found = scopes.without_deadline(task)
        if found == self._told.get(number, ()):
            return
        self._told[number] = found
        self._event(when, 0.0, len(found), number, self._shapes.of(ShapeKind.SCOPES))
        for scope, outside in found:
            identity = (id(scope) >> 4) & BITS
            self._event(when, float(outside), identity, number, self._shape(scope, task))

    def _shape(self, scope: runs.CancelScope, task: Task) -> int:
        """The shape of a scope, with the line at which the task entered it."""
        known = self._known.get(id(scope))
        if known is not None and known[0]() is scope:
            return known[1]
        detail = SHIELD if scopes.is_shielded(scope) else ""
        if not self._time.is_left():
            return self._shapes.of(ShapeKind.SCOPE, detail=detail)
        with self._time, self._run.still():
            place = Scopes(self._run).place(scope, task)
        shape = self._shapes.of(ShapeKind.SCOPE, place=place, detail=detail)
        if len(self._known) >= _KEPT:
            self._known.clear()
        self._known[id(scope)] = weakref.ref(scope), shape
        return shape

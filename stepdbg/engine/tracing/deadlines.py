"""Find the shapes of deadlines: at which line a task got the deadline that ends its wait.

Owns: `DeadlineShapes`.
Does not own: other shapes (shapes), finding the line of a scope (cancelling.entered).

Trio enters a scope for each sleep; its line is where the task waits.  The line of any other scope
is looked for on the stack, once for each scope.  That takes about as long as twenty steps, so only
a small part of a run's time goes into it; after that some lines stay unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, scopes, tasks
from stepdbg.engine.cancelling.entered import Scopes
from stepdbg.engine.recording.waking import SLEEPS
from stepdbg.model.recording import OWN, ShapeKind
from stepdbg.model.records import NamedTuple
from stepdbg.model.standard import weakref

from .search_time import SearchTime

if TYPE_CHECKING:
    from stepdbg.engine.recording.step_ends import Stuck

    from .shapes import Shapes
    from .traceable import TraceableRun

_KEPT: Final = 1_000
"""How many scopes are remembered."""

_PART: Final = 0.05
"""Which part of the time may go into it."""


class _Known(NamedTuple):
    """The shapes of a scope's deadline: for the task that entered it, and for others inside.

    owner: the number of the task that entered it.
    """

    scope: weakref.ref[runs.CancelScope]
    others: int
    own: int
    owner: int | None

    def of(self, task: Task) -> int:
        """The shape for a task."""
        return self.own if tasks.number(task) == self.owner else self.others


class DeadlineShapes:
    """The shapes of the deadlines of one run.

    Args:
        run: which run.
        shapes: makes shapes.
    """

    def __init__(self, run: TraceableRun, shapes: Shapes) -> None:
        self._run, self._shapes = run, shapes
        self._known: dict[int, _Known] = {}
        self._time = SearchTime(_PART)

    def known(self, scope: runs.CancelScope, task: Task, stuck: Stuck) -> int | None:
        """The shape of a deadline if it takes no search.

        Args:
            scope: has that deadline.
            task: waits inside the scope.
            stuck: where it waits.
        """
        if stuck.awaited in SLEEPS and scopes.is_innermost(scope, task):
            return self._shapes.asleep(stuck)
        known = self._known.get(id(scope))
        if known is not None and known.scope() is scope:
            return known.of(task)
        return None

    def found(self, scope: runs.CancelScope, task: Task) -> int:
        """The shape of another deadline; time should stand still meanwhile."""
        if not self._time.is_left():
            return self._shapes.of(ShapeKind.DEADLINE)
        if len(self._known) >= _KEPT:
            self._known.clear()
        with self._time:
            place = Scopes(self._run).place(scope, task)
            owner = scopes.entered_by(scope, task)
        shape = own = self._shapes.of(ShapeKind.DEADLINE, place=place)
        if owner is not None and scopes.is_outside_nurseries(scope, owner):
            own = self._shapes.of(ShapeKind.DEADLINE, place=place, detail=OWN)
        number = None if owner is None else tasks.number(owner)
        known = self._known[id(scope)] = _Known(weakref.ref(scope), shape, own, number)
        return known.of(task)

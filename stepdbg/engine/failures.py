"""The first failure: which exception of a task began it, and what only follows from it.

Owns: telling a new failure from the consequences of an earlier one, and remembering which
task an exception came from.
Does not own: noticing failures (watches), the stop (stopping), frames (failed_frames).

A failure cancels its nursery, and leaves it in a group.  So whatever fails in a nursery that
is failing already follows from that, and so does whatever carries an exception that is known.

What is noted of a cascade is held until the next one: an exception's frames live that much
longer, as they do for `sys.last_exc`.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import trio
from trio.lowlevel import Task

from stepdbg.model.facts import NotRecorded
from stepdbg.model.records import dataclass
from stepdbg.model.task import Spawn, TaskLabel

from . import quitting

if TYPE_CHECKING:
    from stepdbg.model.protocols import Inspector
    from stepdbg.model.stops import Stop

    from .run import DebuggedRun


Camera = Callable[["Inspector", "Stop | None"], "Inspector"]
"""Makes a picture of a run; the stop is the one at which it is held."""


@dataclass(slots=True)
class FailureNote:
    """An exception that a task failed with.

    error: no group.  first: the cascade began with it.
    nursery: where it has got to.
    """

    error: BaseException
    task: TaskLabel
    spawn: Spawn | NotRecorded
    first: bool
    nursery: weakref.ref[trio.Nursery] | None


class Failures:
    """What happens when tasks fail, in all runs.

    Attributes:
        stops: the first failure of a cascade stops its run.
        camera: makes a picture to look at after the end; None while nobody will.
        picture: what there was at the last first failure.
        notes: the failures of runs that have ended.
    """

    def __init__(self, *, stops: bool) -> None:
        self.stops = stops
        self.camera: Camera | None = None
        self.picture: Inspector | None = None
        self.notes: list[FailureNote] = []

    @property
    def wanted(self) -> bool:
        """Whether anybody wants to know."""
        return self.stops or self.camera is not None

    def take_picture(self, inspector: Inspector, stop: Stop) -> None:
        """Keep a picture of the run that is held, if anybody is going to look at it."""
        if self.camera is not None:
            self.picture = self.camera(inspector, stop)

    def all_notes(self, active: Iterable[DebuggedRun]) -> list[FailureNote]:
        """The notes of runs that have ended, then of those under way."""
        return [*self.notes, *(note for run in active for note in run.failures.notes)]

    def picture_for(self, error: BaseException, active: Iterable[DebuggedRun]) -> Inspector | None:
        """The picture, unless it is of a failure that has nothing to do with an exception."""
        notes, raised = self.all_notes(active), set(map(id, _contexts(error)))
        return self.picture if not notes or any(id(n.error) in raised for n in notes) else None

    def keep(self, book: FailureBook) -> None:
        """A run has ended: keep what it has noted, in the place of earlier runs' notes."""
        if book.notes:
            self.notes = book.notes


class FailureBook:
    """The failures of one run.

    Attributes:
        notes: those of the cascades that have not been dealt with, oldest first.
    """

    def __init__(self) -> None:
        self.notes: list[FailureNote] = []
        self._failing: weakref.WeakSet[trio.Nursery] = weakref.WeakSet()

    def note(
        self, run: DebuggedRun, task: Task, nursery: trio.Nursery | None, error: BaseException
    ) -> bool:
        """Take a failure down.

        Args:
            task: in which it happened.  nursery: the one that is about to learn of it.

        Returns:
            Whether it is a new one; False for what follows from an earlier failure.
        """
        failed = list(leaves(error))
        new = [leaf for leaf in failed if not self._knows(leaf, nursery)]
        follows = len(new) < len(failed) or self._is_failing(nursery)
        if not follows:
            self._forget_old(set(map(id, _contexts(error))))
        reference = None if nursery is None else weakref.ref(nursery)
        label, spawn = run.registry.label_of(task), run.registry.spawn_of(task)
        noted = {id(note.error) for note in self.notes}
        for leaf in failed:
            if id(leaf) not in noted:
                first = not follows and leaf is new[0]
                self.notes.append(FailureNote(leaf, label, spawn, first, reference))
        if nursery is not None:
            self._failing.add(nursery)
        return bool(new) and not follows

    def _knows(self, leaf: BaseException, nursery: trio.Nursery | None) -> bool:
        """Whether an exception, or what it was explicitly raised from, is noted already."""
        found = False
        for each in (leaf, *_causes(leaf)):
            for note in self.notes:
                if note.error is each:
                    found = True
                    note.nursery = None if nursery is None else weakref.ref(nursery)
        return found

    def _is_failing(self, nursery: trio.Nursery | None) -> bool:
        return any(each in self._failing for each in _around(nursery))

    def _forget_old(self, handled: set[int]) -> None:
        """A new cascade begins: forget those whose nurseries are gone.

        handled: identities of exceptions during whose handling the new one was raised; it
            tells of them, and began neither with them nor because of them.
        """
        kept = []
        for note in self.notes:
            if id(note.error) in handled:
                note.first = False
                kept.append(note)
            elif note.nursery is not None and note.nursery() is not None:
                kept.append(note)
        self.notes = kept


def leaves(error: BaseException) -> Iterator[BaseException]:
    """The failures in an exception: itself, or the members of a group, however deep."""
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            yield from leaves(member)
    elif quitting.is_failure(error):
        yield error


def _contexts(error: BaseException) -> Iterator[BaseException]:
    """What hangs on an exception: causes, contexts, members, and what hangs on those."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        members = each.exceptions if isinstance(each, BaseExceptionGroup) else ()
        waiting += filter(None, (each.__cause__, each.__context__, *members))


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen = {id(error)}
    cause = error.__cause__
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield from leaves(cause)
        cause = cause.__cause__


def _around(nursery: trio.Nursery | None) -> Iterator[trio.Nursery]:
    """A nursery and those around it: in the task that opened it, then further out."""
    while nursery is not None:
        opener = nursery.parent_task
        for each in opener.child_nurseries:
            yield each
            if each is nursery:
                break
        nursery = opener.parent_nursery

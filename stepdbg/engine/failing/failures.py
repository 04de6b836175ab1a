"""The first failure: which exception of a task began it, and what only follows from it.

Owns: telling a new failure from the consequences of an earlier one, and remembering which
task an exception came from.
Does not own: noticing failures (noticing), the stop (stopping), frames (failed_frames).

A failure cancels its nursery, and leaves it in a group.  So whatever fails in a nursery that
is failing already follows from that, and so does whatever carries an exception that is known.

What is noted keeps no exception alive, nor its frames: one that was handled is gone as it would
be gone without us, and its note with the next cascade.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

import trio
from trio.lowlevel import Task

from stepdbg._trio_internals.tasks import nurseries_of
from stepdbg.model.facts import NotRecorded
from stepdbg.model.records import dataclass
from stepdbg.model.standard import weakref
from stepdbg.model.task import Spawn, TaskLabel

if TYPE_CHECKING:
    from stepdbg.model.deeds import Party
    from stepdbg.model.protocols import Inspector
    from stepdbg.model.stops import Stop


Camera = Callable[["Inspector", "Stop | None"], "Inspector"]
"""Makes a picture of a run; the stop is the one at which it is held."""


_attributes = BaseException.__dict__["__dict__"]
"""Gets and sets the attributes of an exception, whatever its class makes of that."""


class _Attributes(dict[str, object]):
    """The attributes of an exception that cannot be weakly referenced itself.

    It is a dict in all that a program does with it, copies and pickles included, and it goes
    when its exception goes.  Its address would be no proof: the next exception of a loop that
    tries again gets the very place of the one before.
    """

    __slots__ = ("__weakref__",)

    def __reduce_ex__(self, protocol: object) -> tuple[type, tuple[dict[str, object]]]:
        return dict, (dict(self),)


class Remembered:
    """One exception, weakly.

    Args:
        error: the exception.  Those of built-in types allow no weak reference; their attributes
            move into a dict that does.

    Attributes:
        id: its identity while it lives; nobody's, or another's, after that.
    """

    __slots__ = ("_sign", "_through_attributes", "id")

    def __init__(self, error: BaseException) -> None:
        self.id = id(error)
        self._through_attributes = False
        self._sign: weakref.ref[object]
        try:
            self._sign = weakref.ref(error)
        except TypeError:
            self._through_attributes = True
            self._sign = _attributes_of(error)

    def is_(self, error: BaseException) -> bool:
        """Whether this is the exception."""
        if self.id != id(error):
            return False
        sign = self._sign()
        return sign is (_attributes.__get__(error) if self._through_attributes else error)


def _attributes_of(error: BaseException) -> weakref.ref[object]:
    attributes = _attributes.__get__(error)
    try:
        return weakref.ref(attributes)  # a program may have chosen such ones, or we have before
    except TypeError:
        made = _Attributes(attributes)
        _attributes.__set__(error, made)
        return weakref.ref(made)


@dataclass(slots=True)
class FailureNote:
    """An exception that a task failed with.

    error: no group; it may be gone.  first: the cascade began with it.
    nursery: where it has got to.
    party: who stands behind it, where it is about a resource.
    """

    error: Remembered
    task: TaskLabel
    spawn: Spawn | NotRecorded
    first: bool
    nursery: weakref.ref[trio.Nursery] | None
    party: Party | None = None


class Failures:
    """What happens when tasks fail, in all runs.

    Attributes:
        stops: the first failure of a cascade stops its run.
        camera: makes a picture to look at after the end; None while nobody will.
        exits: whether to make it as well if SystemExit or KeyboardInterrupt leaves a task.
        picture: what there was at the last first failure.
        notes: the failures of runs that have ended.
        missed: handlers that a stop has already reported for not catching a group.
    """

    def __init__(self, *, stops: bool) -> None:
        self.stops = stops
        self.camera: Camera | None = None
        self.exits = False
        self.picture: Inspector | None = None
        self.notes: list[FailureNote] = []
        self.missed: set[tuple[str, int | None]] = set()

    @property
    def wanted(self) -> bool:
        """Whether anybody wants to know."""
        return self.stops or self.camera is not None

    def take_picture(self, inspector: Inspector, stop: Stop) -> None:
        """Keep a picture of the run that is held, if anybody is going to look at it."""
        if self.camera is not None:
            self.picture = self.camera(inspector, stop)

    def all_notes(self, active: Iterable[FailureBook]) -> list[FailureNote]:
        """The notes of runs that have ended, then of those under way."""
        return [*self.notes, *(note for book in active for note in book.notes)]

    def picture_for(self, error: BaseException, active: Iterable[FailureBook]) -> Inspector | None:
        """The picture, unless it is of a failure that has nothing to do with an exception."""
        notes = self.all_notes(active)
        known = notes_by_id(notes)
        raised = not notes or any(note_of(known, each) is not None for each in _contexts(error))
        return self.picture if raised else None

    def keep(self, book: FailureBook) -> None:
        """A run has ended: keep what it has noted, in the place of earlier runs' notes."""
        if book.notes:
            self.notes = book.notes


class Labels(Protocol):
    """Knows the tasks of a run."""

    def label_of(self, task: Task) -> TaskLabel: ...
    def spawn_of(self, task: Task) -> Spawn | NotRecorded: ...


class FailureBook:
    """The failures of one run.

    Attributes:
        notes: those of the cascades that have not been dealt with, oldest first.
    """

    def __init__(self) -> None:
        self.notes: list[FailureNote] = []
        self._failing: weakref.WeakSet[trio.Nursery] = weakref.WeakSet()

    def note(
        self, tasks: Labels, task: Task, nursery: trio.Nursery | None, error: BaseException
    ) -> bool:
        """Take a failure down.

        Args:
            tasks: knows what they are called.
            task: in which it happened.
            nursery: the one that is about to learn of it.

        Returns:
            Whether it is a new one; False for what follows from an earlier failure.
        """
        failed = list(leaves(error))
        new = [leaf for leaf in failed if not self._knows(leaf, nursery)]
        follows = len(new) < len(failed) or self._is_failing(nursery)
        if not follows:
            self._forget_old(list(_contexts(error)))
        reference = None if nursery is None else weakref.ref(nursery)
        label, spawn = tasks.label_of(task), tasks.spawn_of(task)
        noted = notes_by_id(self.notes)
        for leaf in failed:
            if note_of(noted, leaf) is None:
                first = not follows and leaf is new[0]
                self.notes.append(FailureNote(Remembered(leaf), label, spawn, first, reference))
        if nursery is not None:
            self._failing.add(nursery)
        return bool(new) and not follows

    def find_parties(
        self, error: BaseException, find: Callable[[BaseException], Party | None]
    ) -> None:
        """Have it noted who stands behind an exception, while that can be found out."""
        known = notes_by_id(self.notes)
        for leaf in leaves(error):
            note = note_of(known, leaf)
            if note is not None and note.party is None:
                note.party = find(leaf)

    def note_exit(
        self, tasks: Labels, task: Task, nursery: trio.Nursery | None, error: BaseException
    ) -> bool:
        """Take down what tells the program to end: SystemExit, KeyboardInterrupt; else as `note`.

        Returns:
            Whether it is a new one.  False for what is raised over a failure, as by
            ``except* OSError: sys.exit(1)``, because it began with that failure.
        """
        noted, told = notes_by_id(self.notes), list(_contexts(error))
        new = [leaf for leaf in told if _tells_to_end(leaf) and note_of(noted, leaf) is None]
        if not new:
            return False
        follows = any(note_of(noted, each) is not None for each in told)
        if not follows:
            self._forget_old(())
        reference = None if nursery is None else weakref.ref(nursery)
        label, spawn = tasks.label_of(task), tasks.spawn_of(task)
        for leaf in new:
            first = not follows and leaf is new[0]
            self.notes.append(FailureNote(Remembered(leaf), label, spawn, first, reference))
        return not follows

    def _knows(self, leaf: BaseException, nursery: trio.Nursery | None) -> bool:
        """Whether an exception, or what it was explicitly raised from, is noted already."""
        found = False
        for each in (leaf, *_causes(leaf)):
            for note in self.notes:
                if note.error.is_(each):
                    found = True
                    note.nursery = None if nursery is None else weakref.ref(nursery)
        return found

    def _is_failing(self, nursery: trio.Nursery | None) -> bool:
        return any(each in self._failing for each in _around(nursery))

    def _forget_old(self, handled: Iterable[BaseException]) -> None:
        """A new cascade begins: forget those whose nurseries are gone.

        handled: the exceptions during whose handling the new one was raised; it tells of them,
            and began neither with them nor because of them.
        """
        known = notes_by_id(self.notes)
        told = [note for note in (note_of(known, each) for each in handled) if note is not None]
        kept = []
        for note in self.notes:
            if any(note is each for each in told):
                note.first = False
                kept.append(note)
            elif note.nursery is not None and note.nursery() is not None:
                kept.append(note)
        self.notes = kept


def notes_by_id(notes: Iterable[FailureNote]) -> dict[int, FailureNote]:
    """Notes, for `note_of`.  Of one place in memory the newest note counts."""
    return {note.error.id: note for note in notes}


def note_of(known: dict[int, FailureNote], error: BaseException) -> FailureNote | None:
    """What was noted of an exception, None if nothing was."""
    note = known.get(id(error))
    return note if note is not None and note.error.is_(error) else None


def leaves(error: BaseException) -> Iterator[BaseException]:
    """The failures in an exception: itself, or the members of a group, however deep."""
    return filter(is_failure, members(error))


def members(error: BaseException) -> Iterator[BaseException]:
    """An exception itself, or what is in a group, however deep."""
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            yield from members(member)
    else:
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
        for each in nurseries_of(opener):
            yield each
            if each is nursery:
                break
        nursery = opener.parent_nursery


def _tells_to_end(error: BaseException) -> bool:
    return isinstance(error, KeyboardInterrupt | SystemExit)


def is_failure(error: BaseException) -> bool:
    """Whether a task that ends with this has failed, rather than been told to end.

    A group counts when anything in it does: a nursery wraps what its tasks raise.
    """
    if isinstance(error, BaseExceptionGroup):
        return any(is_failure(member) for member in error.exceptions)
    return not isinstance(error, trio.Cancelled | KeyboardInterrupt | SystemExit)

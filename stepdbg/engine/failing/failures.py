"""The first failure: which exception of a task came first, and which only follow from it.

Owns: distinguishing a new failure from the consequences of an earlier one, and remembering which
task an exception came from.
Does not own: noticing failures (noticing), the stop (stopping), frames (failed_frames).

A failure cancels its nursery, and leaves the nursery in a group.  So a failure in a nursery that is
failing already is a consequence, and so is an exception that contains one already noted.  A first
failure and its consequences are a cascade.

A note keeps neither an exception nor its frames alive.  So an exception that was handled is freed
at the same moment as without stepdbg.  Its note is dropped when the next cascade begins.
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
"""Makes a picture of a run; the stop is the one at which the run is held."""


_attributes = BaseException.__dict__["__dict__"]
"""Gets and sets the attributes of an exception, even if its class overrides ``__dict__``."""


class _Attributes(dict[str, object]):
    """The attributes of an exception, for one that cannot be weakly referenced itself.

    To the program it is an ordinary dict, even in copies and pickles.  It is freed with its
    exception, so a weak reference to it tells whether the exception lives.  The exception's address
    would not: in a loop that tries again, the next exception often gets the same address.
    """

    __slots__ = ("__weakref__",)

    def __reduce_ex__(self, protocol: object) -> tuple[type, tuple[dict[str, object]]]:
        return dict, (dict(self),)


class Remembered:
    """Remembers one exception without keeping it alive.

    Args:
        error: the exception.  Exceptions of built-in types allow no weak reference; their
            attributes move into a dict that does.

    Attributes:
        id: the `id` of the exception; after its end another object may have the same.
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
        """Whether `error` is the exception."""
        if self.id != id(error):
            return False
        sign = self._sign()
        return sign is (_attributes.__get__(error) if self._through_attributes else error)


def _attributes_of(error: BaseException) -> weakref.ref[object]:
    attributes = _attributes.__get__(error)
    try:
        return weakref.ref(attributes)  # stepdbg or the program has replaced the dict before
    except TypeError:
        made = _Attributes(attributes)
        _attributes.__set__(error, made)
        return weakref.ref(made)


@dataclass(slots=True)
class FailureNote:
    """An exception that a task failed with.

    error: the exception, never a group; it may have been freed.
    first: whether the cascade began with it.
    nursery: the nursery that it has reached.
    time: program seconds since the start of its run.
    party: for an exception about a resource, the task that caused it.
    """

    error: Remembered
    task: TaskLabel
    spawn: Spawn | NotRecorded
    first: bool
    nursery: weakref.ref[trio.Nursery] | None
    time: float = 0.0
    party: Party | None = None


class Failures:
    """What to do when tasks fail, in all runs.

    Attributes:
        stops: whether the first failure of a cascade stops its run.
        camera: makes a picture to look at after the end; None if nobody will look.
        kept: whether a recording keeps what there is to see at failures.
        exits: whether to make one as well if SystemExit or KeyboardInterrupt leaves a task.
        picture: the picture of the latest first failure.
        pictured: the notes of that failure; empty if the picture is of something else.
        notes: the failures of runs that have ended.
        missed: handlers that a stop has already reported because they did not catch a group.
    """

    def __init__(self, *, stops: bool) -> None:
        self.stops = stops
        self.camera: Camera | None = None
        self.kept = self.exits = False
        self.picture: Inspector | None = None
        self.pictured: list[FailureNote] = []
        self.notes: list[FailureNote] = []
        self.missed: set[tuple[str, int | None]] = set()

    @property
    def wanted(self) -> bool:
        """Whether failures must be noticed, for a stop, a picture or a recording."""
        return self.stops or self.kept or self.camera is not None

    def take_picture(
        self, inspector: Inspector, stop: Stop, book: FailureBook, error: BaseException | None
    ) -> None:
        """Keep a picture of the run that is held, if there is a camera.

        Args:
            inspector: reads the run.
            stop: the stop at which it is held.
            book: the failures of the run.
            error: what the task has failed with.
        """
        if self.camera is not None:
            known = notes_by_id(book.notes)
            found = () if error is None else (note_of(known, each) for each in members(error))
            self.keep_picture(self.camera(inspector, stop), filter(None, found))

    def keep_picture(self, picture: Inspector | None, of: Iterable[FailureNote] = ()) -> None:
        """Keep a picture, or (None) forget the one that was kept.

        Args:
            picture: the picture.
            of: the notes of the failure that it shows.
        """
        self.picture, self.pictured = picture, list(of)

    def all_notes(self, active: Iterable[FailureBook]) -> list[FailureNote]:
        """The notes of runs that have ended, then those of runs under way."""
        return [*self.notes, *(note for book in active for note in book.notes)]

    def picture_for(self, error: BaseException, active: Iterable[FailureBook]) -> Inspector | None:
        """The picture, unless it shows a failure that is not part of this exception.

        Another failure may have followed from the pictured one, and may be all that is left of it:
        a handler has caught the pictured one.
        """
        notes = self.pictured or self.all_notes(active)
        known = notes_by_id(notes)
        raised = not notes or any(note_of(known, each) is not None for each in _contexts(error))
        return self.picture if raised else None

    def keep(self, book: FailureBook) -> None:
        """A run has ended: keep its notes, which replace those of earlier runs."""
        if book.notes:
            self.notes = book.notes


class Labels(Protocol):
    """Gives the labels and spawns of a run's tasks."""

    def label_of(self, task: Task) -> TaskLabel: ...
    def spawn_of(self, task: Task) -> Spawn | NotRecorded: ...


class FailureBook:
    """The failures of one run.

    Attributes:
        notes: the failures of all cascades that were not handled yet, oldest first.
    """

    def __init__(self) -> None:
        self.notes: list[FailureNote] = []
        self._failing: weakref.WeakSet[trio.Nursery] = weakref.WeakSet()

    def note(
        self,
        tasks: Labels,
        task: Task,
        nursery: trio.Nursery | None,
        error: BaseException,
        time: float = 0.0,
    ) -> bool:
        """Note a failure.

        Args:
            tasks: gives the labels of tasks.
            task: the task that fails.
            nursery: the nursery that the exception reaches next.
            error: the exception.
            time: program seconds since the start of the run.

        Returns:
            Whether it is a new failure; False if it follows from an earlier one.
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
                self.notes.append(
                    FailureNote(Remembered(leaf), label, spawn, first, reference, time)
                )
        if nursery is not None:
            self._failing.add(nursery)
        return bool(new) and not follows

    def find_parties(
        self, error: BaseException, find: Callable[[BaseException], Party | None]
    ) -> None:
        """Note which task has caused an exception about a resource, while that can be found out."""
        known = notes_by_id(self.notes)
        for leaf in leaves(error):
            note = note_of(known, leaf)
            if note is not None and note.party is None:
                note.party = find(leaf)

    def note_exit(
        self,
        tasks: Labels,
        task: Task,
        nursery: trio.Nursery | None,
        error: BaseException,
        time: float = 0.0,
    ) -> bool:
        """Note a SystemExit or KeyboardInterrupt; any other exception as `note` does.

        Returns:
            Whether it is a new failure.  False if it was raised in the handler of a failure, as by
            ``except* OSError: sys.exit(1)``, because the cascade began with that failure.
        """
        noted, leaves = notes_by_id(self.notes), list(_contexts(error))
        new = [leaf for leaf in leaves if _tells_to_end(leaf) and note_of(noted, leaf) is None]
        if not new:
            return False
        follows = any(note_of(noted, each) is not None for each in leaves)
        if not follows:
            self._forget_old(())
        reference = None if nursery is None else weakref.ref(nursery)
        label, spawn = tasks.label_of(task), tasks.spawn_of(task)
        for leaf in new:
            first = not follows and leaf is new[0]
            self.notes.append(FailureNote(Remembered(leaf), label, spawn, first, reference, time))
        return not follows

    def _knows(self, leaf: BaseException, nursery: trio.Nursery | None) -> bool:
        """Whether an exception, or one that it was raised ``from``, is noted already."""
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
        """A new cascade begins: forget the notes whose nurseries are gone.

        handled: the contexts of the new exception.  Their notes stay, since the new exception shows
            them, but the new cascade did not begin with them.
        """
        known = notes_by_id(self.notes)
        shown = [note for note in (note_of(known, each) for each in handled) if note is not None]
        kept = []
        for note in self.notes:
            if any(note is each for each in shown):
                note.first = False
                kept.append(note)
            elif note.nursery is not None and note.nursery() is not None:
                kept.append(note)
        self.notes = kept


def notes_by_id(notes: Iterable[FailureNote]) -> dict[int, FailureNote]:
    """Notes by the `id` of their exception, for `note_of`; the newest counts for each `id`."""
    return {note.error.id: note for note in notes}


def note_of(known: dict[int, FailureNote], error: BaseException) -> FailureNote | None:
    """The note of an exception; None if it has none."""
    note = known.get(id(error))
    return note if note is not None and note.error.is_(error) else None


def leaves(error: BaseException) -> Iterator[BaseException]:
    """The failures in an exception: itself, or the members of a group at any depth."""
    return filter(is_failure, members(error))


def members(error: BaseException) -> Iterator[BaseException]:
    """The exception itself, or the members of a group at any depth."""
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            yield from members(member)
    else:
        yield error


def _contexts(error: BaseException) -> Iterator[BaseException]:
    """An exception with its causes, contexts and members, and those of each of them."""
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
    """The nurseries around a nursery, and itself: in the task that opened it, then further out."""
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
    """Whether a task that ends with this exception has failed, rather than been told to end.

    A group is a failure if one of its members is: a nursery wraps what its tasks raise.
    """
    if isinstance(error, BaseExceptionGroup):
        return any(is_failure(member) for member in error.exceptions)
    return not isinstance(error, trio.Cancelled | KeyboardInterrupt | SystemExit)

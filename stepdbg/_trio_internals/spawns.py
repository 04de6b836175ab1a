"""Noting where tasks come from, in as little time as possible.

Owns: `SpawnLog`, which notes every spawn of a run, and `SpawnHook`, which reports some of them.
Does not own: what is read from the notes (engine.recording.registry), or what a spawn leads to.

``Runner.spawn_impl`` adds every task to the set ``runner.tasks``.  We put a set of our own class
there, whose ``add`` notes the spawn.  That takes a fraction of the time of a call to an instrument.
A note is five items of one flat list: an object for each note, or a dictionary of notes, would cost
more than all the rest.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from functools import partial
from sys import _getframe
from types import CodeType, FrameType

import trio
from trio._core import _run
from trio._core._run import Runner, Task

from stepdbg.model.depth import missed, with_room
from stepdbg.model.records import NamedTuple
from stepdbg.model.task import plain_name

NOTE_SIZE = 5
"""Number and name of a task, number of the task that spawned it, code and instruction."""

_NOTING = "noting where a task is spawned"
"""Names what is left out if the program spawns with too few frames left."""


class Called(NamedTuple):
    """Replaces a task's name in a note, see `SpawnLog.name_to_note`.

    user: the name that Trio would give a task of the user's function; empty while unknown.
    """

    name: str
    user: str


NoteItem = int | str | tuple[str, str] | CodeType | None
"""A name may include the user's own name for the task, see `SpawnLog.name_to_note`."""

Note = tuple[int | None, CodeType | None, int]
"""The same for a task that is known by its number and name."""

SPAWN_NOTES = 4_000
"""How many notes are kept before the first ones are forgotten; some 100 bytes each."""


class Which(enum.Enum):
    """Which spawns are noted."""

    NONE = "none"
    INTERESTING = "interesting"
    ALL = "all"

    __hash__ = object.__hash__  # `Enum`'s own calls `hash`, which the program may have replaced


class SpawnLog:
    """The notes of one run.

    Args:
        own_files: by file name, whether the file is the user's own code.
        failed: called with an exception that must not escape.

    Attributes:
        items: the notes, one after the other, in the order of the spawns.
        limit: with more items than this, `full` is called.
        own_caller: gives the code and instruction to note for a frame that may not run the user's
            own code.
        which: which spawns are noted.
        interest: says by name which tasks are of interest.
        each: called with each task whose spawn is noted; None if not wanted.
        other_names: says by name which tasks may have another name.
        name_to_note: gives the name to note for such a task.
        interesting: called before such a task is spawned, so that an instrument sees it.
        full: called when it is time to forget some notes.
    """

    def __init__(self, own_files: dict[str, bool], failed: Callable[[BaseException], None]) -> None:
        self.items: list[NoteItem] = []
        self.limit = SPAWN_NOTES * NOTE_SIZE
        self.own_caller: Callable[[FrameType], tuple[CodeType | None, int]]
        self.which = Which.NONE
        self.interest: Mapping[str, object] = {}
        self.each: Callable[[Task], None] | None = None
        self.other_names: Mapping[str, bool] = {}
        self.name_to_note: Callable[[Task], str | tuple[str, str]]
        self.interesting: Callable[[], None]
        self.full: Callable[[], None]
        self.own_files = own_files
        self.failed = failed

    def keep(self, runner: Runner, which: Which) -> None:
        """Note only these spawns from now on; earlier notes stay."""
        if which != self.which:
            self.which = which
            runner.tasks = _KINDS[which](self)(runner.tasks)


# Trio calls what follows at each spawn.  Closures hold what does not change, because Python reads
# them fastest.  ``_getframe(3)`` is the frame that spawns: it calls ``Nursery.start_soon`` or one
# of its relatives, which calls ``Runner.spawn_impl``, which calls our ``add``.  For the root task
# it is a frame below Trio's loop.


def _noting_all(log: SpawnLog) -> type[set[Task]]:
    note = _note_for(log) if log.each is None else _telling(log, log.each)

    class NotingTasks(set[Task]):
        """Trio's set of living tasks, which notes each added task."""

        __slots__ = ()

        def add(self, task: Task, add: Callable[[set[Task], Task], None] = set.add) -> None:
            add(self, task)
            try:
                note(task, _getframe(3))
            except RecursionError:
                missed.append(_NOTING)

    return NotingTasks


def _noting_some(log: SpawnLog) -> type[set[Task]]:
    note = _note_for(log)

    class LookingTasks(set[Task]):
        """Trio's set of living tasks, which notes each added task that is of interest."""

        __slots__ = ()

        def add(self, task: Task, add: Callable[[set[Task], Task], None] = set.add) -> None:
            add(self, task)
            try:
                name = task.name
                if log.interest[name if type(name) is str else plain_name(name)]:
                    note(task, _getframe(3))
            except RecursionError:
                missed.append(_NOTING)
            except BaseException as error:
                log.failed(error)

    return LookingTasks


_KINDS: dict[Which, Callable[[SpawnLog], type[set[Task]]]] = {
    Which.NONE: lambda _: set,
    Which.INTERESTING: _noting_some,
    Which.ALL: _noting_all,
}


def _note_for(log: SpawnLog) -> Callable[[Task, FrameType], None]:
    items, is_own, context = log.items, log.own_files.get, _run.GLOBAL_RUN_CONTEXT
    other_names = log.other_names

    def note(task: Task, frame: FrameType) -> None:
        nonlocal items
        try:
            code: CodeType | None = frame.f_code
            instruction = frame.f_lasti
            if not is_own(frame.f_code.co_filename):
                code, instruction = log.own_caller(frame)
            name = task.name
            if type(name) is not str:  # else methods of the program would be called
                name = plain_name(name)
            try:
                parent = context.task._counter
            except AttributeError:  # the root task; or a call-back of a guest run's host
                parent = None
            noted = log.name_to_note(task) if other_names[name] else name
            items += (task._counter, noted, parent, code, instruction)
            if log.interest[name]:
                log.interesting()
            if len(items) > log.limit:
                log.full()
        except RecursionError:
            missed.append(_NOTING)
        except BaseException as error:
            log.failed(error)

    return note


def _telling(log: SpawnLog, each: Callable[[Task], None]) -> Callable[[Task, FrameType], None]:
    note = _note_for(log)

    def tell_and_note(task: Task, frame: FrameType) -> None:
        try:
            each(task)
        except RecursionError:
            missed.append(_NOTING)
        except BaseException as error:
            log.failed(error)
        note(task, frame)

    return tell_and_note


class SpawnHook(trio.abc.Instrument):
    """Reports spawns; carried once a task of interest has been spawned.

    Args:
        log: says which tasks are of interest.
        interested: called with each of them.
    """

    def __init__(self, log: SpawnLog, interested: Callable[[Task], None]) -> None:
        self._log = log
        self._interested = interested

    def task_spawned(self, task: Task) -> None:
        """Report the task if its name is of interest."""
        try:
            if self._log.interest[plain_name(task.name)]:
                self._interested(task)
        except RecursionError:
            try:
                with_room(partial(self._interested, task))
            except RecursionError:
                missed.append(_NOTING)
            except BaseException as error:
                self._log.failed(error)
        except BaseException as error:
            self._log.failed(error)

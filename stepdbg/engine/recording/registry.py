"""The names, ordinals and places of birth of a run's tasks.

Owns: the labels of tasks, where each was spawned, and the numbers of cancel scopes.
Does not own: making the notes at a spawn (_trio_internals.spawns), finding the user's name for
a library's task (called), live tasks (Trio), or what wakes them (recorder).
"""

from __future__ import annotations

from collections import _count_elements  # type: ignore[attr-defined]  # in C, which `Counter` is not
from collections.abc import Iterable, Iterator, Mapping
from types import CodeType, FrameType, ModuleType
from typing import Protocol, cast

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, scopes, tasks
from stepdbg._trio_internals.spawns import NOTE_SIZE, SPAWN_NOTES, Called, Note, SpawnLog
from stepdbg.engine.stacks import frames
from stepdbg.engine.stacks.frames import first_own_caller, is_own, line_of, place_of_code
from stepdbg.model.facts import (
    NOT_RECORDED,
    LogicalId,
    NotRecorded,
    RunId,
    ScopeNumber,
    TaskNumber,
)
from stepdbg.model.standard import itertools, sys, threading, weakref
from stepdbg.model.task import Spawn, TaskLabel, plain_name

from . import called, spawn_paths

_ENDED_KEPT = 1_000
"""For how many ended tasks to keep notes, so that the log can still name them."""

_NAMES_KEPT = 10_000
"""How many names to remember; a program may make up names without end."""

_LABELS_KEPT = 10_000

_Row = tuple[int, "str | Called", int | None, CodeType | None, int]
"""The items of one note, see `NOTE_SIZE`."""


class _OtherNames(dict[str, bool]):
    """Whether tasks of a name may have another name; worked out at the first question."""

    def __missing__(self, name: str) -> bool:
        if len(self) > _NAMES_KEPT:
            self.clear()
        found = self[name] = _is_in_library(name)
        return found


OTHER_NAMES = _OtherNames()
"""True for the names of functions of libraries, and for tasks that the user has named."""


def _module_in(name: str) -> tuple[str, ModuleType] | None:
    """The loaded module with whose name a name begins; None if there is none."""
    module, dot, _ = name.rpartition(".")
    while dot:
        found = sys.modules.get(module)
        if type(found) is ModuleType:
            return module, found
        module, dot, _ = module.rpartition(".")
    return None


def _is_own_module(module: ModuleType) -> bool | None:
    """Whether a module is the user's own; None if it has no file."""
    filename = module.__dict__.get("__file__")
    return frames.is_own(filename) if type(filename) is str else None


def _is_in_library(name: str) -> bool:
    """Whether a name begins with that of a loaded module that is not the user's own."""
    found = _module_in(name)
    return found is not None and _is_own_module(found[1]) is False


def without_test_module(name: str) -> str:
    """A name without its module if pytest has loaded that as one of tests.

    What ``__main__`` is to a program such a module is to a test: the user knows which one runs.
    pytest's loader, which rewrites asserts, tells it from modules that a test imports.  The same
    loader loads plugins of pytest, which are libraries and keep their names.
    """
    rewriting = sys.modules.get("_pytest.assertion.rewrite")
    found = None if rewriting is None else _module_in(name)
    if found is None:
        return name
    module, loaded = found
    loader = type(loaded.__dict__.get("__loader__"))
    rewritten = loader is vars(rewriting).get("AssertionRewritingHook")
    return name[len(module) + 1 :] if rewritten and _is_own_module(loaded) else name


def _known_name(noted: str | Called) -> str:
    """The name by which ordinals count."""
    return (noted.user or noted.name) if type(noted) is Called else plain_name(noted)


class Names:
    """The names of one run's tasks.

    Args:
        run: the run's number, for the labels.

    Attributes:
        labels: the labels of the tasks shown last, as long as they do not change.
    """

    def __init__(self, run: RunId) -> None:
        self._run = run
        self._given: Mapping[int, str] = {}
        self._names: dict[int, str] = {}
        self._called: dict[int, str] = {}
        # For tasks that may still get a name, the number of steps at the last search for one.
        self._undecided: dict[int, int] = {}
        self._ordinals: dict[int, int] = {}
        self._counts: dict[str, int] = {}
        self.labels: dict[int, TaskLabel] = {}

    def __contains__(self, number: int) -> bool:
        """Whether a task of this number is known."""
        return number in self._names

    def add(self, number: int, noted: str | Called) -> None:
        """Add a task that was spawned.  noted: see `SpawnLog.name_to_note`."""
        called_by = name = _known_name(noted)
        if type(noted) is Called:
            name = noted.name
            if noted.user:
                self._called[number] = noted.user
            else:
                self._undecided[number] = -1
        self._ordinals[number] = self._counts[called_by] = self._counts.get(called_by, 0) + 1
        self._names[number] = name  # comes last, since a MemoryError may end this at any line

    def only_count(self, noted: Iterable[str | Called]) -> None:
        """Count tasks that were spawned, and whose notes were dropped since."""
        _count_elements(self._counts, map(_known_name, noted))

    def forget(self, number: int) -> None:
        """Drop the name of a task that ended long ago."""
        for known in (self._names, self._ordinals, self._called, self._undecided):
            known.pop(number, None)

    def forget_counts(self) -> None:
        """Drop the counts of names, because a program may make up names without end."""
        if len(self._counts) > _NAMES_KEPT:
            kept = {*self._names.values(), *self._called.values()}
            self._counts = {name: n for name, n in self._counts.items() if name in kept}

    def give(self, names: Mapping[int, str]) -> None:
        """Set the names that the user has chosen, by task number; they replace the earlier ones."""
        self._given = names
        for number in names.keys() & self._names.keys():
            OTHER_NAMES[self._names[number]] = True
        self.forget_labels()

    def forget_labels(self) -> None:
        """Drop the labels, because a name may now be one of several, or have changed."""
        self.labels.clear()

    def label(self, number: int, name: str = "") -> TaskLabel:
        """The label of a task; `name` is used if nothing is known of the task."""
        label = self.labels.get(number)
        if label is None:
            if len(self.labels) >= _LABELS_KEPT:
                self.labels.clear()
            label = self._new_label(number, name)
            if number in self._names and number not in self._undecided:
                self.labels[number] = label
        return label

    def label_of(self, task: Task) -> TaskLabel:
        """How a living task is called."""
        number = tasks.number(task)
        if number in self._undecided:
            self._decide(task, number)
        return self.label(number, plain_name(task.name))

    def _new_label(self, number: int, name: str) -> TaskLabel:
        known, task = self._names.get(number), TaskNumber(number)
        if number in self._given:
            return TaskLabel(self._run, task, known or name, 1, False, self._given[number])
        if known is None:
            return TaskLabel(self._run, task, name or "an earlier task", 1, False)
        users = self._called.get(number, "")
        repeated = self._counts.get(users or known, 1) > 1
        shown = without_test_module(users or known)
        users = shown if shown != known else users
        return TaskLabel(self._run, task, known, self._ordinals[number], repeated, users)

    def _decide(self, task: Task, number: int) -> None:
        """Search again for the user's function in a task of a library; a found name stays."""
        steps = tasks.steps_taken(task)
        if self._undecided[number] == steps and not task.coro.cr_running:
            return
        self._undecided[number] = steps
        found = called.users_name(task)
        if found:
            del self._undecided[number]
            self._called[number] = found
            self._ordinals[number] = self._counts[found] = self._counts.get(found, 0) + 1
            self.forget_labels()


def _own_caller(frame: FrameType) -> tuple[CodeType | None, int]:
    """The own code that spawns a task, and the instruction, from the nearest frame of it."""
    own = frame if is_own(frame.f_code.co_filename) else first_own_caller(frame)
    return (None, 0) if own is None else (own.f_code, own.f_lasti)


class HasRunner(Protocol):
    """A run that has begun."""

    @property
    def runner(self) -> runs.Runner: ...


def _name_to_note(task: Task) -> str | Called:
    return called.name_to_note(task)


class Registry:
    """The tasks of one run, living and recently ended.

    Args:
        run: the run's number, for the labels.
        spawns: notes the run's spawns as long as this object exists.

    Attributes:
        run: the run's number.
        names: the names of the tasks.
        paths: their logical ids; None if spawns are not counted.
    """

    def __init__(self, run: RunId, spawns: SpawnLog) -> None:
        self.run = run
        self.spawns = spawns
        spawns.own_caller = _own_caller
        spawns.other_names = OTHER_NAMES
        spawns.name_to_note = _name_to_note
        self.paths: spawn_paths.SpawnPaths | None = None
        self._notes: dict[int, Note] = {}
        self._most_notes = SPAWN_NOTES
        self._adopted: set[int] = set()
        self.names = Names(run)  # counts ordinals when they are needed: a spawn must stay cheap
        self._one_reader = threading.RLock()

    def count_spawns(self) -> None:
        """Give tasks logical ids; called before the run's first spawn."""
        self.paths = spawn_paths.SpawnPaths()
        self.spawns.each = self.paths.note

    def count_no_more(self) -> None:
        """Give no logical ids to later tasks; existing ids stay."""
        self.spawns.each = None

    def logical_id_of(self, task: Task) -> LogicalId | NotRecorded:
        """The logical id of a task; not recorded unless spawns were counted from the first one."""
        return NOT_RECORDED if self.paths is None else self.paths.of(task)

    def adopt(self, living: Iterable[Task]) -> None:
        """Add tasks whose spawns were not noted; where they were spawned is not known."""
        self._take_in()
        self.names.forget_labels()
        for task in living:
            number = tasks.number(task)
            if number not in self.names:
                self._adopted.add(number)
                self.names.add(number, called.name_to_note(task))

    def forget_ended(self, living: Iterable[Task]) -> None:
        """Keep only the notes about living tasks and about those that were spawned last."""
        alive = {tasks.number(task) for task in living}
        self._take_in(alive)
        self.names.forget_labels()
        notes = self._notes
        old = list(itertools.islice(notes, max(len(notes) - _ENDED_KEPT, 0)))
        for number in old:
            if number not in alive:
                del notes[number]
                self.names.forget(number)
        for number in self._adopted - alive:
            self.names.forget(number)
        self._adopted &= alive
        self.names.forget_counts()
        self._most_notes = 4 * len(alive) + SPAWN_NOTES
        self._limit_log()

    def _take_in(self, alive: set[int] | None = None) -> None:
        """Read the new notes, and number the tasks of each name.

        alive: the living tasks; if none of them is among the first notes, those are only counted.
        """
        items = self.spawns.items
        if not items:
            return
        with self._one_reader:
            taken = items[:]
            del items[: len(taken)]  # the run may have gone on meanwhile, in its thread
            self.names.forget_labels()  # a name may now be one of several
            rest = taken
            if alive is not None:
                old = max(len(taken) - _ENDED_KEPT * NOTE_SIZE, 0)
                if alive.isdisjoint(cast("list[int]", taken[0:old:NOTE_SIZE])):
                    self.names.only_count(cast("list[str | Called]", taken[1:old:NOTE_SIZE]))
                    rest = taken[old:]
            for row in zip(*[iter(rest)] * NOTE_SIZE, strict=True):
                number, name, parent, code, instruction = cast("_Row", row)
                self._notes[number] = (parent, code, instruction)
                self.names.add(number, name)
        self._limit_log()

    def _limit_log(self) -> None:
        self.spawns.limit = max(self._most_notes - len(self._notes), 1) * NOTE_SIZE

    def label(self, number: int, name: str = "") -> TaskLabel:
        """The label of a task; `name` is used if nothing was noted."""
        self._take_in()
        return self.names.label(number, name)

    def label_of(self, task: Task) -> TaskLabel:
        """How a living task is called."""
        self._take_in()
        return self.names.labels.get(tasks.number(task)) or self.names.label_of(task)

    def knows(self, number: int) -> bool:
        """Whether a task of this number has lived in this run and its notes are kept."""
        self._take_in()
        return number in self.names

    def spawn_of(self, task: Task) -> Spawn | NotRecorded:
        """Where a task was spawned; not recorded if that was before stepdbg attached."""
        return self.spawn_of_number(tasks.number(task))

    def spawn_of_number(self, number: int) -> Spawn | NotRecorded:
        """The same for a task that may have ended; not recorded if its notes were dropped."""
        self._take_in()
        note = self._notes.get(number)
        if note is None:
            return NOT_RECORDED
        parent, code, instruction = note
        by = None if parent is None else self.label(parent)
        if code is None:
            return Spawn(by, None)
        return Spawn(by, place_of_code(code, line_of(code, instruction)))


class ScopeNumbers:
    """Numbers the cancel scopes of a run when stepdbg first shows one without a number.

    Then all living scopes get numbers, the program's before Trio's own, by task and from the
    outside in.  So the number of a scope does not depend on which scope a stop shows first.

    Args:
        run: the run whose scopes to number.
        numbers: the source of numbers, which all runs of the process share.
    """

    def __init__(self, run: HasRunner, numbers: Iterator[int]) -> None:
        self._known: weakref.WeakKeyDictionary[runs.CancelScope, ScopeNumber]
        self._known = weakref.WeakKeyDictionary()
        self._run = run
        self._next = numbers

    def of(self, scope: runs.CancelScope) -> ScopeNumber:
        """The number of a scope."""
        if scope not in self._known:
            runner = self._run.runner
            living = runs.living_tasks(runner)
            for task in sorted(living, key=lambda each: runs.is_system(runner, each)):
                for each in scopes.scopes_around(task):
                    self._number(each)
        return self._number(scope)  # perhaps a scope that no task is inside

    def _number(self, scope: runs.CancelScope) -> ScopeNumber:
        number = self._known.get(scope)
        if number is None:
            number = self._known[scope] = ScopeNumber(next(self._next))
        return number

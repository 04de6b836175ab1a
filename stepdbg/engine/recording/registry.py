"""Who is called what: names, ordinals and birthplaces of a run's tasks.

Owns: the labels of tasks, where each was spawned, and the numbers of cancel scopes.
Does not own: making the notes at the spawn (_trio_internals.spawns), live tasks (Trio), or
what wakes them (recorder).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from types import CodeType, FrameType
from typing import Protocol, cast

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, scopes, tasks
from stepdbg._trio_internals.spawns import NOTE_SIZE, SPAWN_NOTES, Note, SpawnLog
from stepdbg.engine.stacks.frames import first_own_caller, is_own, line_of, place_of_code
from stepdbg.model.facts import (
    NOT_RECORDED,
    LogicalId,
    NotRecorded,
    RunId,
    ScopeNumber,
    TaskNumber,
)
from stepdbg.model.standard import itertools, threading, weakref
from stepdbg.model.task import Spawn, TaskLabel, plain_name

from . import spawn_paths

_ENDED_KEPT = 1_000
"""How many ended tasks keep their notes, so that what they did can still be told."""

_LABELS_KEPT = 10_000

_Row = tuple[int, str, int | None, CodeType | None, int]
"""See `NOTE_SIZE`."""


def _own_caller(frame: FrameType) -> tuple[CodeType | None, int]:
    """Which own code spawns a task and where, from the nearest frame that may be it."""
    own = frame if is_own(frame.f_code.co_filename) else first_own_caller(frame)
    return (None, 0) if own is None else (own.f_code, own.f_lasti)


class HasRunner(Protocol):
    """A run that has begun."""

    @property
    def runner(self) -> runs.Runner: ...


class Registry:
    """The tasks of one run, living and lately ended.

    Args:
        run: the run's number, for the labels.
        spawns: notes the run's spawns while it is kept.
    """

    def __init__(self, run: RunId, spawns: SpawnLog) -> None:
        self.spawns = spawns
        spawns.own_caller = _own_caller
        self._paths: spawn_paths.SpawnPaths | None = None
        self._run = run
        self._notes: dict[int, Note] = {}
        self._most_notes = SPAWN_NOTES
        self._unattached: dict[int, str] = {}
        # Ordinals are counted on demand: a spawn must stay cheap.
        self._ordinals: dict[int, int] = {}
        self._counts: Counter[str] = Counter()
        self._labels: dict[int, TaskLabel] = {}  # of the tasks that were talked of last
        self._one_reader = threading.RLock()

    def count_spawns(self) -> None:
        """Let tasks have logical ids; called before the run's first spawn."""
        self._paths = spawn_paths.SpawnPaths()
        self.spawns.each = self._paths.note

    def logical_id_of(self, task: Task) -> LogicalId | NotRecorded:
        """How a task came to be, not recorded where nobody counted from the first spawn on."""
        return NOT_RECORDED if self._paths is None else self._paths.of(task)

    def adopt(self, living: Iterable[Task]) -> None:
        """Take in tasks that were spawned while nobody noted it; where is not known."""
        self._take_in()
        self._labels.clear()
        for task in living:
            number = tasks.number(task)
            if number not in self._notes and number not in self._unattached:
                name = self._unattached[number] = plain_name(task.name)
                ordinal = self._counts[name] = self._counts.get(name, 0) + 1
                self._ordinals[number] = ordinal

    def forget_ended(self, living: Iterable[Task]) -> None:
        """Keep the notes of living tasks and of those that were spawned last."""
        alive = {tasks.number(task) for task in living}
        self._take_in(alive)
        self._labels.clear()
        notes, ordinals = self._notes, self._ordinals
        old = list(itertools.islice(notes, max(len(notes) - _ENDED_KEPT, 0)))
        for number in old:
            if number not in alive:
                del notes[number], ordinals[number]
        if len(self._counts) > 10 * _ENDED_KEPT:  # a program may make up names without end
            kept = {note[0] for note in notes.values()}
            counts = {name: n for name, n in self._counts.items() if name in kept}
            self._counts = Counter(counts)
        self._unattached = {k: name for k, name in self._unattached.items() if k in alive}
        self._most_notes = 4 * len(alive) + SPAWN_NOTES
        self._limit_log()

    def _take_in(self, alive: set[int] | None = None) -> None:
        """Read the notes that were made since the last time, and number the tasks of each name.

        alive: if none of these is among the first ones, those are only counted.
        """
        items = self.spawns.items
        if not items:
            return
        with self._one_reader:
            taken = items[:]
            del items[: len(taken)]  # the run may have gone on meanwhile, in its thread
            self._labels.clear()  # a name may be one of several now
            rest = taken
            if alive is not None:
                old = max(len(taken) - _ENDED_KEPT * NOTE_SIZE, 0)
                if alive.isdisjoint(cast("list[int]", taken[0:old:NOTE_SIZE])):
                    self._counts.update(map(plain_name, taken[1:old:NOTE_SIZE]))
                    rest = taken[old:]
            for row in zip(*[iter(rest)] * NOTE_SIZE, strict=True):
                number, name, parent, code, instruction = cast("_Row", row)
                if type(name) is not str:
                    name = plain_name(name)
                self._notes[number] = (name, parent, code, instruction)
                ordinal = self._counts[name] = self._counts.get(name, 0) + 1
                self._ordinals[number] = ordinal
        self._limit_log()

    def _limit_log(self) -> None:
        self.spawns.limit = max(self._most_notes - len(self._notes), 1) * NOTE_SIZE

    def _name_of(self, number: int) -> str | None:
        note = self._notes.get(number)
        return self._unattached.get(number) if note is None else note[0]

    def label(self, number: int, name: str = "") -> TaskLabel:
        """How a task is called; `name` serves where nothing was noted."""
        self._take_in()
        label = self._labels.get(number)
        if label is None:
            if len(self._labels) >= _LABELS_KEPT:
                self._labels.clear()
            label = self._new_label(number, name)
            if number in self._ordinals:
                self._labels[number] = label
        return label

    def _new_label(self, number: int, name: str) -> TaskLabel:
        known = self._name_of(number)
        ordinal = self._ordinals.get(number)
        if known is None or ordinal is None:
            return TaskLabel(self._run, TaskNumber(number), name or "an earlier task", 1, False)
        repeated = self._counts.get(known, 1) > 1
        return TaskLabel(self._run, TaskNumber(number), known, ordinal, repeated)

    def label_of(self, task: Task) -> TaskLabel:
        """How a living task is called."""
        number = tasks.number(task)
        self._take_in()
        return self._labels.get(number) or self.label(number, plain_name(task.name))

    def knows(self, number: int) -> bool:
        """Whether a task of this number has lived in this run (and is not forgotten)."""
        self._take_in()
        return self._name_of(number) is not None

    def spawn_of(self, task: Task) -> Spawn | NotRecorded:
        """Where a task was spawned, not recorded for one from before we attached."""
        return self.spawn_of_number(tasks.number(task))

    def spawn_of_number(self, number: int) -> Spawn | NotRecorded:
        """The same for a task that may have ended; not recorded for one that is forgotten."""
        self._take_in()
        note = self._notes.get(number)
        if note is None:
            return NOT_RECORDED
        _, parent, code, instruction = note
        by = None if parent is None else self.label(parent)
        if code is None:
            return Spawn(by, None)
        return Spawn(by, place_of_code(code, line_of(code, instruction)))


class ScopeNumbers:
    """Numbers the cancel scopes of a run, when one of them is shown that has no number.

    Then all living ones get theirs, the program's before Trio's own, by task and from the outside
    in: so at a stop the number of a scope does not depend on what was shown first.

    Args:
        run: whose scopes.
        numbers: where they come from, which is the same for all runs of the process.
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
        return self._number(scope)  # perhaps one that nobody is inside of

    def _number(self, scope: runs.CancelScope) -> ScopeNumber:
        number = self._known.get(scope)
        if number is None:
            number = self._known[scope] = ScopeNumber(next(self._next))
        return number

"""Noting what is done to objects, and keeping the notes as long as the objects live.

Owns: `Histories`, the notes of one session.
Does not own: what a function of Trio does to what (_trio_internals.doings), reading the notes
(reading), when to note (record_choice).

A note keeps no object alive: it holds numbers and a code object.  An object is known by its `id`
and a weak reference, because Python may give the `id` of an object that is gone to another one.
The references have no call-back: a call-back is code that runs when the object goes, and
`judging.reach` must know all code that could still end a wait.  So notes about objects that are
gone are swept out now and then.
"""

from __future__ import annotations

from contextlib import suppress
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any

from stepdbg._trio_internals import doings, runs, tasks
from stepdbg.engine.lines import interface
from stepdbg.engine.lines.starts import hear_starts
from stepdbg.engine.process.guard import settle
from stepdbg.engine.stacks.frames import is_own, line_of, place_of_code
from stepdbg.model.deeds import DeedKind
from stepdbg.model.ours import OurReference
from stepdbg.model.records import NamedTuple

from . import uncontrolled

if TYPE_CHECKING:
    from stepdbg.engine.lines.starts import Hearing
    from stepdbg.model.facts import RunId
    from stepdbg.model.task import Place

    from .uncontrolled import Touches, TouchingRuns

KEPT = 32
"""How many of the last notes about one object are kept."""

_SWEEP = 1_000
"""At how many objects to search for those that are gone, the first time."""


class Noted(NamedTuple):
    """One deed.

    task: the number of the task that did it.
    time: the clock's seconds.
    The rest is as in `model.deeds.Deed`.
    """

    kind: DeedKind
    woke: int | None
    what: str
    late: bool
    task: int | None
    step: int
    time: float
    code: CodeType | None
    instruction: int
    leaving: bool
    error: str

    @property
    def place(self) -> Place | None:
        """The own line that did it."""
        if self.code is None:
            return None
        return place_of_code(self.code, line_of(self.code, self.instruction))


_Packed = tuple[Any, ...]
"""The fields of a `Noted`, which is made only when it is read: making it takes five times as
long."""


class Notes:
    """The notes about one object: the last ones, and how many there were in all."""

    __slots__ = ("_packed", "_trimmed", "object")

    def __init__(self, obj: object) -> None:
        self.object = OurReference(obj)
        self._packed: list[_Packed] = []
        self._trimmed = 0

    def add(self, packed: _Packed) -> None:
        """Add a note."""
        self._packed.append(packed)
        if len(self._packed) == 2 * KEPT:  # a deque would take 600 bytes, and time, for each object
            del self._packed[:KEPT]
            self._trimmed += KEPT

    @property
    def kept(self) -> list[Noted]:
        """The last ones, oldest first."""
        return [Noted._make(each) for each in self._packed[-KEPT:]]

    @property
    def count(self) -> int:
        """How many there were."""
        return self._trimmed + len(self._packed)


class Histories:
    """What was done to objects, in all runs.  It notes nothing before `record`.

    Args:
        book: knows the run of a thread.

    Attributes:
        touches: what runs have touched that no schedule controls; it notices while this notes.
    """

    def __init__(self, book: TouchingRuns) -> None:
        self.touches: Touches = uncontrolled.Touches(book)
        self._notes: dict[int, Notes] = {}
        self._sweep_at = _SWEEP
        self._hearing: Hearing | None = None
        self._every = self._wanted = self._follows = False

    @property
    def on(self) -> bool:
        """Whether deeds are being noted."""
        return self._wanted and self._hearing is not None and self._hearing.on

    def record(self, wanted: bool) -> None:
        """Begin or stop noting; the notes that there are stay."""
        if wanted and self.on:
            return
        self._wanted, self._follows = wanted, wanted and self._follows
        self._hear()

    def note_every(self, every: bool) -> None:
        """From now on, note every deed, or (False) only the rare ones."""
        if every != self._every:
            self._every = every
            if self.on:
                self._hear()

    def follow_schedule(self) -> None:
        """Notice what runs touch even if nothing is recorded: a run will follow a schedule."""
        self._follows = True
        self._hear()

    def run_begins(self, number: RunId) -> Touches:
        """Begin a run: have all functions reported again, also those that the last run gave up."""
        if self.touches.run_begins(number):
            self._hear()
        elif self._hearing is not None:
            self._hearing.again()
        if self._follows:
            self.touches.hear_calls()
        return self.touches

    def _hear(self) -> None:
        if self._hearing is not None:
            self._hearing.close()
            self._hearing = None
        if not self._follows:
            self.touches.hear_no_calls()
        if not (self._wanted or self._follows):
            return
        functions = self.touches.functions()
        if self._wanted:
            functions += doings.functions(every=self._every)
        # If other tools were there first, `history` says that nothing is noted.
        with suppress(interface.LinesUnavailable):
            self._hearing = hear_starts(functions, self._on_start, doings.code_renewed)

    def of(self, obj: object) -> Notes | None:
        """The notes about an object, None if there are none."""
        found = self._notes.get(id(obj))
        return None if found is None or found.object() is not obj else found

    def add(self, obj: object, packed: _Packed) -> None:
        """Note something about an object."""
        notes = self._notes.get(id(obj))
        if notes is None or notes.object() is not obj:
            if len(self._notes) >= self._sweep_at:
                self._sweep()
            try:
                notes = self._notes[id(obj)] = Notes(obj)
            except TypeError:
                return  # there can be no weak reference to it
        notes.add(packed)

    def _sweep(self) -> None:
        """Forget objects that are gone."""
        for key, notes in list(self._notes.items()):
            if notes.object() is None:
                self._notes.pop(key, None)
        self._sweep_at = max(2 * len(self._notes), _SWEEP)

    def _on_start(self, frame: FrameType) -> bool:
        try:
            enough = self.touches.on_start(frame)
            if enough is not None:
                return enough
            done = doings.doings_of(frame)
            by = _done_by(frame, done[0][1]) if done else None
            if by is not None:
                for obj, *what in done:
                    self.add(obj, (*what, *by))
        except RecursionError:
            raise  # `hear_starts` handles it, where the stack has room for a call again
        except Exception as error:  # Trio is the caller, and must not get it
            settle(error, "noting what a run does")
        return False


def _done_by(
    frame: FrameType, kind: DeedKind
) -> tuple[int | None, int, float, CodeType | None, int, bool, str] | None:
    """The part of a note that says which task calls a function of Trio, when and where.

    None for a scope that a library entered: the deadline of such a scope ends a `trio.sleep`.
    """
    own, below = _caller(frame)
    if kind is DeedKind.CAUGHT and below is not frame.f_back:
        return None
    task, runner = runs.current_task(), runs.current_runner()
    now = 0.0 if runner is None else runner.clock.current_time()
    number = None if task is None else tasks.number(task)
    step = 0 if task is None else tasks.steps_taken(task) + 1
    leaving, error = (False, "") if below is frame else doings.left_with(below)
    if own is None:
        return number, step, now, None, 0, leaving, error
    return number, step, now, own.f_code, own.f_lasti, leaving, error


def _caller(frame: FrameType) -> tuple[FrameType | None, FrameType]:
    """The nearest caller that is an own frame, and the frame that it called."""
    below, own = frame, frame.f_back
    while own is not None and not is_own(own.f_code.co_filename):
        if own.f_code is runs.LOOP_CODE:
            return None, below
        below, own = own, own.f_back
    return own, below

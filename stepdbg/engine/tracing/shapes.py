"""Find what the events of a recording have in common.

Owns: `Shapes`; what the source calls the objects that tasks wait for.
Does not own: the events (keeping), their place in a file (the sink, see `model.recording`).

Each note needs a shape, so shapes are found by the identities of their parts, and the place and
the words of a shape are worked out only once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, tasks
from stepdbg._trio_internals.spawns import Called
from stepdbg.engine.recording import step_ends
from stepdbg.engine.stacks import statements
from stepdbg.engine.stacks.frames import line_of, place_of_code
from stepdbg.model.facts import NotRecorded
from stepdbg.model.recording import ASLEEP, MAIN, RecordingSink, Shape, ShapeKind
from stepdbg.model.task import Place, Spawn, plain_name

from .search_time import SearchTime

if TYPE_CHECKING:
    from types import CodeType

    from stepdbg.engine.recording.recorder import Cancel, Exit
    from stepdbg.engine.recording.waking import Woken

    from .traceable import TraceableRun

BITS: Final = 0xFFFF_FFFF
"""The bits of an object's id that an event holds."""

_KEPT: Final = 20_000
"""How many shapes can be found by identities; each keeps a code object alive."""

_PART: Final = 0.01
"""Which part of the time may go into the names of objects: each file is parsed for them once."""

_ROOT: Final = "<init>"
"""The name of Trio's root task."""


class Shapes:
    """The shapes of one run.

    Args:
        run: which run.
        sink: numbers them.

    Attributes:
        known: their numbers, by the identities of their parts.
        known_by_identity: the numbers for waits and wakes, by the identity of the object in the
            note, which is often the same.
    """

    def __init__(self, run: TraceableRun, sink: RecordingSink) -> None:
        self._run, self._sink = run, sink
        self.known: dict[tuple[object, ...], int] = {}
        self.known_by_identity: dict[int, int] = {}
        self._alive: list[object] = []
        self._names = WaitedNames()

    def of(self, kind: ShapeKind, **more: Any) -> int:
        """The number of a shape of this kind.  more: its other fields."""
        return self._sink.shape(Shape(self._run.id, kind, **more))

    def blocked(self, stuck: step_ends.Stuck) -> int:
        """The shape of steps that end in a wait; time should stand still if it is not known."""
        code, instruction, awaited = stuck
        key = key_of(stuck)
        shape = self.known.get(key)
        if shape is None:
            place, name = _place(code, instruction), self._names.at(stuck)
            shape = self.of(ShapeKind.BLOCKED, place=place, name=name, detail=awaited)
            self._remember(key, shape, code)
        if code is not None:
            self._recurs(stuck, shape)
        return shape

    def asleep(self, stuck: step_ends.Stuck) -> int:
        """The shape of the deadlines of sleeps at one line."""
        key = ("asleep", id(stuck.code), stuck.instruction)
        shape = self.known.get(key)
        if shape is None:
            place = _place(stuck.code, stuck.instruction)
            shape = self.of(ShapeKind.DEADLINE, place=place, detail=ASLEEP)
            self._remember(key, shape, stuck.code)
        return shape

    def woken(self, woken: Woken) -> int:
        """The shape of wakes of one kind from one place."""
        key = (id(woken.kind), id(woken.code), woken.instruction, woken.detail)
        shape = self.known.get(key)
        if shape is None:
            place = _place(woken.code, woken.instruction)
            shape = self.of(ShapeKind.WOKEN, place=place, wake=woken.kind, detail=woken.detail)
            self._remember(key, shape, woken.code)
        if woken.asked is None and (woken.by is None or woken.code is not None):
            self._recurs(woken, shape)
        return shape

    def _recurs(self, kept: object, shape: int) -> None:
        """Let a shape be found by the object in a note, which probably recurs."""
        self._make_room()
        self._alive.append(kept)
        self.known_by_identity[id(kept)] = shape

    def _remember(self, key: tuple[object, ...], shape: int, alive: object) -> None:
        """Let a shape be found by identities.  alive: the objects in the key."""
        self._make_room()
        self._alive.append(alive)
        self.known[key] = shape

    def _make_room(self) -> None:
        if len(self._alive) >= _KEPT:
            self.known.clear()
            self.known_by_identity.clear()
            self._alive.clear()

    def exited(self, exited: Exit) -> int:
        """The shape of last steps."""
        outcome, detail = exited.ending
        key = ("exited", outcome, detail)
        shape = self.known.get(key)
        if shape is None:
            shape = self.of(ShapeKind.EXITED, detail=f"{outcome} {detail}".rstrip())
            self._remember(key, shape, None)
        return shape

    def cancelled(self, cancel: Cancel) -> int:
        """The shape of cancelled scopes."""
        place = _place(cancel.code, cancel.instruction)
        return self.of(ShapeKind.CANCELLED, place=place, detail=cancel.how)

    def lives(self, task: Task, spawn: Spawn | NotRecorded) -> int:
        """The shape of a task that was there before the recording."""
        label, runner = self._run.registry.label_of(task), self._run.runner
        return self.of(
            ShapeKind.LIVES,
            place=None if isinstance(spawn, NotRecorded) else spawn.place,
            name=label.name,
            called=label.called,
            system=runs.is_system(runner, task),
            detail=MAIN if task is runner.main_task else "",
        )

    def spawned(self, more: object, name: Any, code: Any, instruction: Any) -> int:
        """The shape of spawns.

        more: of the note.
        name, code, instruction: as `SpawnLog` has them.
        """
        is_trios = self._is_trios(more)
        key = (name, id(code), instruction, is_trios)
        shape = self.known.get(key)
        if shape is None:
            said, called = name if type(name) is Called else (plain_name(name), "")
            shape = self._new_spawn(is_trios, said, called, _place(code, instruction))
            if not is_trios:
                self._remember(key, shape, code)
        return shape

    def read_spawn(self, more: object, number: int) -> tuple[int, int | None]:
        """Of the spawn of a task, and who did that, where `SpawnLog` has been emptied since."""
        registry = self._run.registry
        label, spawn = registry.label(number), registry.spawn_of_number(number)
        place = None if isinstance(spawn, NotRecorded) else spawn.place
        by = None if isinstance(spawn, NotRecorded) or spawn.by is None else spawn.by.number
        return self._new_spawn(self._is_trios(more), label.name, label.called, place), by

    def _new_spawn(self, is_trios: bool, name: str, called: str, place: Place | None) -> int:
        # Trio takes note of the main task after its spawn, the first below the root task.
        is_main = is_trios and self._run.runner.main_task is None and name != _ROOT
        return self.of(
            ShapeKind.SPAWNED,
            place=place,
            name=name,
            called=called,
            system=is_trios and not is_main,
            detail=MAIN if is_main else "",
        )

    def _is_trios(self, more: object) -> bool:
        """Whether a spawned task is the root task or one right below it: Trio's own, or main."""
        root = self._run.runner.init_task
        return not isinstance(more, tuple) or root is None or more[0] == tasks.number(root)


class WaitedNames:
    """The names of objects at the places where tasks wait, in one run."""

    def __init__(self) -> None:
        self._time = SearchTime(_PART)

    def at(self, stuck: step_ends.Stuck) -> str:
        """The object whose method is awaited at a place, ``done`` in ``await done.wait()``.

        Time should stand still meanwhile.

        Returns:
            Its source; empty if it has none, or if there is no time left to look.
        """
        if stuck.code is None or "." not in stuck.awaited or not self._time.is_left():
            return ""
        with self._time:
            name = statements.awaited_of(stuck.code, stuck.instruction)
        return "" if "(" in name else name


def key_of(stuck: step_ends.Stuck) -> tuple[object, ...]:
    """The key in `Shapes.known` of the steps that end in a wait at a place."""
    return id(stuck.code), stuck.instruction, stuck.awaited


def _place(code: CodeType | None, instruction: int) -> Place | None:
    return None if code is None else place_of_code(code, line_of(code, instruction))

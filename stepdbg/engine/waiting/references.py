"""Which tasks have an object in their variables.

Owns: `References`, made at most once for each graph, and `Foresight`.
Does not own: how variables are searched (object_names), what code still does with an object
(foreseeing.naming), whether anything at all has one (judging.reach).
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from functools import partial
from types import FrameType
from typing import Final, Generic, TypeVar

from trio.lowlevel import Task

from stepdbg._trio_internals import runs
from stepdbg._trio_internals.await_chain import await_chain
from stepdbg.engine.foreseeing.naming import RANK, Foreseer, Naming, Sought, Suspended
from stepdbg.engine.foreseeing.plain import attribute_names, module_of
from stepdbg.engine.stacks.frames import is_own
from stepdbg.engine.stacks.scope_places import ENDS_OF_BLOCKS
from stepdbg.engine.typed.locals import frame_locals
from stepdbg.model.ours import is_ours
from stepdbg.model.records import NamedTuple
from stepdbg.model.task import WaitKind
from stepdbg.model.waits import Grade

from .object_names import Plans, levels
from .objects import Found, shared_by_ends

T = TypeVar("T")

_NOTHING: Final = Naming(Grade.HAS)

_LOOKED_AT = 150_000
"""After how many variables the search ends, which is after about a second."""

_FOREIGN = 10
"""The extra distance of an object that only a library or Trio has in its variables."""

_SPEAK_FOR_ALL = 3
"""After how many equal answers to similar questions about code the answer counts for all."""

_FARTHER = 2_000
"""For how many tasks that have an object in none of their variables the code is examined."""

_PLAIN: Final = frozenset((str, bytes, int, float, bool, type(None), list, tuple, dict, set))
"""Types of objects for which no task waits."""

_FAR = 100
"""The distance at which objects in their variables count."""


class _Has(NamedTuple):
    """A task has an object in its variables.

    order: the position of the task among all.
    distance: how far the object is from a variable.
    """

    distance: int
    path: str
    order: int
    obj: object


class Holder(NamedTuple):
    """A task with an object, and what its remaining code does with it."""

    task: Task
    naming: Naming


class References:
    """The variables of all living tasks of a run, searched once.

    Args:
        runner: the runner of the run.
        live_frames: returns the frames of a task.

    Attributes:
        complete: whether the variables of all tasks were searched.
    """

    def __init__(self, runner: runs.Runner, live_frames: Callable[[Task], list[FrameType]]) -> None:
        self.complete = True
        self._runner, self._live_frames = runner, live_frames
        # Not a `cached_property`: the frame of functools would have a reference to this object.
        self._found: list[tuple[Task, list[_Has]]] | None = None
        self._known: dict[int, list[tuple[Task, _Has]]] | None = None

    def who_has(self, found: Found) -> dict[Task, _Has]:
        """The tasks with a variable for what would end a wait, each with its nearest one."""
        if found.keys is None:
            return {}
        nearest: dict[Task, _Has] = {}
        for task, has in self._by_key().get(found.key, ()):
            if found.keys(has.obj) and (task not in nearest or has[:2] < nearest[task][:2]):
                nearest[task] = has
        return nearest

    def holdings(self) -> Iterator[tuple[Task, Iterator[object]]]:
        """Every task with the objects that its variables lead to."""
        for task, held in self.everybody():
            yield task, (has.obj for has in held)

    def everybody(self) -> list[tuple[Task, list[_Has]]]:
        """The searched tasks, each with the objects that its variables lead to."""
        if self._found is None:
            self._found = list(self._look())
        return self._found

    def _by_key(self) -> dict[int, list[tuple[Task, _Has]]]:
        """Which tasks have an object, by the `id` of the object and of what it ends waits with."""
        if self._known is not None:
            return self._known
        known = self._known = {}
        for task, held in self.everybody():
            for has in held:
                if type(has.obj) in _PLAIN:
                    continue
                known.setdefault(id(has.obj), []).append((task, has))
                shared = shared_by_ends(has.obj)
                if shared is not None:
                    known.setdefault(id(shared), []).append((task, has))
        return known

    def _look(self) -> Iterator[tuple[Task, list[_Has]]]:
        looked_at, plans = 0, Plans()
        for order, task in enumerate(runs.living_tasks(self._runner)):
            if looked_at > _LOOKED_AT:
                self.complete = False
                break
            objects: dict[int, _Has] = {}
            seen: dict[int, int] = {}
            for frame in self._live_frames(task):
                if is_ours(frame.f_code.co_filename):  # stepdbg's frame leads to every object
                    continue
                distance = 0 if is_own(frame.f_code.co_filename) else _FOREIGN
                variables = frame_locals(frame)
                for level in levels(variables, plans, seen=seen, distance=distance):
                    for path, value in level:
                        known = objects.get(id(value))
                        if known is None or distance < known.distance:
                            objects[id(value)] = _Has(distance, path, order, value)
                    distance += 1
            looked_at += len(objects)
            yield task, list(objects.values())


class _Stacks:
    """The positions of tasks' frames in their code.

    It keeps no frame, because a running task may have frames of stepdbg's, which lead back here.

    Args:
        live_frames: returns the frames of a task.
    """

    def __init__(self, live_frames: Callable[[Task], list[FrameType]]) -> None:
        self._live_frames = live_frames
        self._known: dict[Task, int] = {}
        self._places: dict[object, int] = {}

    def place(self, task: Task) -> int:
        """A number that is equal for tasks whose frames are all at the same instructions."""
        if task not in self._known:
            stack = self._live_frames(task)
            where = tuple((id(each.f_code), each.f_lasti) for each in stack)
            self._known[task] = self._places.setdefault(where, len(self._places))
        return self._known[task]

    def frames(self, task: Task) -> list[Suspended]:
        """The frames of a task, innermost first."""
        if task.coro.cr_running:  # it is held in the middle of a step, before a line
            frames = self._live_frames(task)
            return [Suspended(each, None, is_before=each is frames[0]) for each in frames]
        return [Suspended(frame, owner) for owner, frame in reversed(await_chain(task.coro))]


class _Alike(Generic[T]):
    """Answers to similar questions: a few equal answers count for all of them."""

    def __init__(self) -> None:
        self._known: dict[object, list[T]] = {}

    def of(self, question: object, look: Callable[[], T]) -> T:
        """Return the answer.

        Args:
            question: the key that similar questions share.
            look: works out the answer to this question.
        """
        known = self._known.setdefault(question, [])
        if len(known) == _SPEAK_FOR_ALL and known.count(known[0]) == _SPEAK_FOR_ALL:
            return known[0]
        answer = look()
        if len(known) < _SPEAK_FOR_ALL:
            known.append(answer)
        return answer


def _is_of_trio(value: object) -> bool:
    return module_of(type(value)).partition(".")[0] == "trio"


class Foresight:
    """What the code of tasks that have an object does with it, found once for similar waits.

    Args:
        runner: the runner of the run.
        references: which task has which objects.
        live_frames: returns the frames of a task.
    """

    def __init__(
        self,
        runner: runs.Runner,
        references: References,
        live_frames: Callable[[Task], list[FrameType]],
    ) -> None:
        self._runner, self._references = runner, references
        self._stacks = _Stacks(live_frames)
        self._known: dict[tuple[WaitKind, int], list[Holder]] = {}
        self._namings: _Alike[Naming] = _Alike()
        self._farther: _Alike[tuple[tuple[Task, Naming], ...]] = _Alike()
        self._names: dict[int, frozenset[str]] = {}
        self._left = _FARTHER

    def who_has(self, found: Found) -> list[Holder]:
        """The tasks of the program that have what would end a wait, the most likely first.

        First come tasks whose code still names the object, then tasks whose code might use it,
        then tasks that only have the object in a variable.
        """
        key = found.kind, found.key
        if key not in self._known and found.keys is not None:
            have = self._ranked(found, found.keys)
            self._known[key] = [
                each for each in have if not runs.is_system(self._runner, each.task)
            ]
        return self._known.get(key, [])

    def _ranked(self, found: Found, wanted: Callable[[object], bool]) -> list[Holder]:
        having = self._references.who_has(found)
        some = next((type(each.obj) for each in having.values()), None)
        others = frozenset() if some is None else self._names_of(some)
        verbs = frozenset(found.row.verbs)
        sought = Sought(wanted, verbs, others, found.row.taken_in_block)
        foreseer = Foreseer(sought, is_own, _is_of_trio)
        question = found.kind, some
        ranked: list[tuple[int, int, Holder]] = []
        for task, has in having.items():
            where = self._stacks.place(task), has.path
            naming = self._namings.of((question, where), partial(self._look, foreseer, task))
            ranked.append((has.distance, has.order, Holder(task, naming)))
        places = {(self._stacks.place(task), has.path) for task, has in having.items()}
        look = partial(self._named_farther, foreseer, having)
        for task, naming in self._farther.of((question, frozenset(places)), look):
            ranked.append((_FAR, 0, Holder(task, naming)))
        ranked.sort(key=lambda each: (RANK[each[2].naming.grade], *each[:2]))
        return [holder for *_, holder in ranked]

    def _names_of(self, kind: type) -> frozenset[str]:
        if id(kind) not in self._names:
            self._names[id(kind)] = frozenset(attribute_names(kind))
        return self._names[id(kind)]

    def _look(self, foreseer: Foreseer, task: Task) -> Naming:
        return foreseer.look(self._stacks.frames(task))

    def _named_farther(
        self, foreseer: Foreseer, having: Container[Task]
    ) -> tuple[tuple[Task, Naming], ...]:
        """The tasks that reach an object without a near variable: by a global name, or deeper."""
        alike: _Alike[Naming] = _Alike()
        found = []
        for task, _ in self._references.everybody()[:_FARTHER]:
            if task not in having:
                naming = alike.of(
                    self._stacks.place(task), partial(self._look_farther, foreseer, task)
                )
                if naming.grade is Grade.NAMES:
                    found.append((task, naming))
        return tuple(found)

    def _look_farther(self, foreseer: Foreseer, task: Task) -> Naming:
        self._left -= 1
        return self._look(foreseer, task) if self._left > 0 else _NOTHING

    def of(self, found: Found, enders: Iterable[Task]) -> list[Holder] | None:
        """What the code of `enders` does, as far as it is known; None if it was not examined."""
        if found.keys is None:
            return None
        some = set(enders)
        return [each for each in self.who_has(found) if each.task in some]

    def inside(self, found: Found) -> frozenset[Task]:
        """The tasks whose ``with`` blocks have taken what is waited for, as a semaphore's.

        One of them may wait for the same once more, and then its block does not come to its end.
        """
        if not found.row.taken_in_block:
            return frozenset()
        return frozenset(
            each.task for each in self.who_has(found) if each.naming.name in ENDS_OF_BLOCKS
        )

    def likely(self, found: Found, enders: tuple[Task, ...]) -> tuple[Task, ...]:
        """The tasks of `enders` whose code may still end a wait; if none does, all of them."""
        known = self.of(found, enders) or ()
        just_have = {each.task for each in known if each.naming.grade is Grade.HAS}
        return tuple(each for each in enders if each not in just_have) or enders


def wait_alike(first: Found | None, second: Found | None) -> bool:
    """Whether two tasks wait for the same object in the same way."""
    if first is None or second is None or first.kind is not second.kind:
        return False
    return first.key == second.key

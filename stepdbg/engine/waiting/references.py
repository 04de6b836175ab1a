"""Which tasks have an object in their variables: the oracle of the blocked graph that names them.

Owns: `References`, made at most once for each graph, and `Foresight`.
Does not own: how variables are looked through (object_names), what code still does with an object
(foreseeing.naming), whether anything at all has one (judging.reach).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import FrameType
from typing import NamedTuple

from trio.lowlevel import Task

from stepdbg._trio_internals import runs
from stepdbg._trio_internals.await_chain import await_chain
from stepdbg.engine.foreseeing.naming import RANK, Foreseer, Naming, Suspended
from stepdbg.engine.foreseeing.plain import attribute_names, module_of
from stepdbg.engine.stacks.frames import is_own
from stepdbg.engine.typed.locals import frame_locals
from stepdbg.model.task import WaitKind
from stepdbg.model.waits import Grade

from .object_names import walk
from .objects import Found

_LOOKED_AT = 150_000
"""Variables after which the search ends: a second, in a run of very many tasks."""

_FOREIGN = 10
"""How much farther away is what only a library or Trio has in its variables."""

_SPEAK_FOR_ALL = 3
"""Of how many tasks that stand alike the code is looked at, if it does the same in all of them."""


_FARTHER = 2_000
"""Of how many tasks the code is looked at that have not got an object in their variables."""

_FAR = 100
"""How far away what they have counts."""


class _Holdings(NamedTuple):
    """What a task has in its variables: each object with its distance from one, and its path."""

    task: Task
    objects: list[tuple[int, str, object]]


class Holder(NamedTuple):
    """A task with an object, and what its remaining code does with it."""

    task: Task
    naming: Naming


class References:
    """The variables of all living tasks of a run.

    Args:
        runner: of the run.
        live_frames: gives the frames of a task.

    Attributes:
        complete: whether all of them were looked at.
    """

    def __init__(self, runner: runs.Runner, live_frames: Callable[[Task], list[FrameType]]) -> None:
        self.complete = True
        self._runner, self._live_frames = runner, live_frames
        self._found: list[_Holdings] | None = None

    def who_has(self, wanted: Callable[[object], bool], verbs: tuple[str, ...]) -> list[Holder]:
        """The tasks with an object that is `wanted` in a variable, the likeliest first.

        Args:
            verbs: the methods that would end the wait; a task whose code still names one comes
                before those whose code might, then those that have the object at hand.
        """
        everybody = self._everybody()
        having = []
        others: set[str] = set()
        for order, has in enumerate(everybody):
            at = [(distance, path) for distance, path, each in has.objects if wanted(each)]
            if at:
                having.append((min(at), order, has.task))
                if not others:
                    some = next(each for _, _, each in has.objects if wanted(each))
                    others.update(attribute_names(type(some)))
        foreseer = Foreseer(wanted, frozenset(verbs), frozenset(others), is_own, _is_of_trio)
        grades = _Grades(foreseer, self._live_frames)
        ranked = [(at, order, Holder(task, grades.of(task, at[1]))) for at, order, task in having]
        known = {task for *_, task in having}
        for order, has in enumerate(everybody[:_FARTHER]):
            naming = None if has.task in known else grades.of(has.task, "")
            if naming is not None and naming.grade is Grade.NAMES:  # by a global name, or deeper
                ranked.append(((_FAR, ""), order, Holder(has.task, naming)))
        ranked.sort(key=lambda each: (RANK[each[2].naming.grade], each[0][0], each[1]))
        return [holder for *_, holder in ranked]

    def holdings(self) -> Iterator[tuple[Task, Iterator[object]]]:
        """Every task with the objects that its variables lead to."""
        for has in self._everybody():
            yield has.task, (value for *_, value in has.objects)

    def _everybody(self) -> list[_Holdings]:
        if self._found is None:
            self._found = list(self._look())
        return self._found

    def _look(self) -> Iterator[_Holdings]:
        looked_at = 0
        for task in runs.living_tasks(self._runner):
            if looked_at > _LOOKED_AT:
                self.complete = False
                break
            objects: dict[int, tuple[int, str, object]] = {}
            for frame in self._live_frames(task):
                own = is_own(frame.f_code.co_filename)
                for path, value in walk(frame_locals(frame)):
                    distance = path.count(".") + path.count("[") + (0 if own else _FOREIGN)
                    known = objects.get(id(value))
                    if known is None or distance < known[0]:
                        objects[id(value)] = distance, path, value
            looked_at += len(objects)
            yield _Holdings(task, list(objects.values()))


class _Grades:
    """What the code of several tasks does with the object that one question is about."""

    def __init__(self, foreseer: Foreseer, live_frames: Callable[[Task], list[FrameType]]) -> None:
        self._foreseer, self._live_frames = foreseer, live_frames
        self._alike: dict[object, list[Naming]] = {}

    def of(self, task: Task, path: str) -> Naming:
        """What the code of a task does with the object that it has at a path."""
        frames = self._frames(task)
        where = ((id(each.frame.f_code), each.frame.f_lasti) for each in frames)
        known = self._alike.setdefault((path, *where), [])
        if len(known) == _SPEAK_FOR_ALL and known.count(known[0]) == _SPEAK_FOR_ALL:
            return known[0]
        found = self._foreseer.look(frames)
        if len(known) < _SPEAK_FOR_ALL:
            known.append(found)
        return found

    def _frames(self, task: Task) -> list[Suspended]:
        """The frames of a task, innermost first."""
        if task.coro.cr_running:  # held in the midst of a step, before a line
            frames = self._live_frames(task)
            return [Suspended(each, None, is_before=each is frames[0]) for each in frames]
        return [Suspended(frame, owner) for owner, frame in reversed(await_chain(task.coro))]


def _is_of_trio(value: object) -> bool:
    return module_of(type(value)).partition(".")[0] == "trio"


class Foresight:
    """What the code of the tasks that have an object does with it, asked once for all waits alike.

    Args:
        runner: of the run.
        references: who has what.
    """

    def __init__(self, runner: runs.Runner, references: References) -> None:
        self._runner, self._references = runner, references
        self._known: dict[tuple[WaitKind, int], list[Holder]] = {}

    def who_has(self, found: Found) -> list[Holder]:
        """The tasks of the program that have what would end a wait, the likeliest first."""
        key = found.kind, found.key
        if key not in self._known and found.keys is not None:
            runner = self._runner
            have = self._references.who_has(found.keys, found.row.verbs)
            self._known[key] = [each for each in have if not runs.is_system(runner, each.task)]
        return self._known.get(key, [])

    def of(self, found: Found, enders: Iterable[Task]) -> list[Holder] | None:
        """Those of `enders` of whose code it is known what it does; None: it is not looked at."""
        if found.keys is None:
            return None
        some = set(enders)
        return [each for each in self.who_has(found) if each.task in some]

    def likely(self, found: Found, enders: tuple[Task, ...]) -> tuple[Task, ...]:
        """Those of `enders` whose code may still end a wait, all of them if it is nobody's."""
        known = self.of(found, enders) or ()
        just_have = {each.task for each in known if each.naming.grade is Grade.HAS}
        return tuple(each for each in enders if each not in just_have) or enders


def wait_alike(first: Found | None, second: Found | None) -> bool:
    """Whether two tasks wait for the same in the same way."""
    if first is None or second is None or first.kind is not second.kind:
        return False
    return first.key == second.key

"""What suspended tasks lead to, and what of it something else leads to as well.

Owns: `Reach`.  Does not own: what follows from it (stuck), which tasks have an object in their
variables (waiting.references).

What CPython's garbage collector does with everything is done here with what a few tasks lead
to: the references within that are counted, and an object with more references than that is
held from elsewhere: by another task, a module, a thread, a frame that runs, or C code that
shows itself in no other way.  What such an object leads to can be reached from elsewhere as well.
Everything that is uncertain counts as elsewhere; so does what lies behind the first `limit`
objects, whose references are not counted.

If the code of another task does not read a variable any more, that variable is not a way to an
object.  But the variable ends some day.  If it held the last reference to an object, the object
ends with it: an object with a `__del__` runs code then, and so does an unfinished generator.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from contextvars import Context
from types import (
    BuiltinFunctionType,
    CodeType,
    FrameType,
    FunctionType,
    ModuleType,
)
from typing import Final

from trio.lowlevel import Task

from stepdbg._trio_internals.await_chain import await_chain
from stepdbg._trio_internals.frame_values import peek
from stepdbg._trio_internals.runs import Runner
from stepdbg._trio_internals.scopes import is_status
from stepdbg.engine.foreseeing import liveness
from stepdbg.model.ours import OurReference
from stepdbg.model.standard import gc, sys, weakref

_mro = type.__dict__["__mro__"]
_namespace = type.__dict__["__dict__"]

LOOKED_AT: Final = 20_000
"""Objects after which the search ends."""

_ELSEWHERE: Final = (
    *(type, ModuleType, CodeType, BuiltinFunctionType),
    *(Runner, Task, Context),
)
"""What is always reached from elsewhere; not looked through."""


class Reach:
    """What some tasks lead to.

    Args:
        tasks: they must be suspended.  Nothing of the caller's may hold what is asked about.
        others: tasks whose dead variables are no references.
        limit: how many objects are looked at.
    """

    def __init__(
        self, tasks: Iterable[Task], others: Iterable[Task] = (), limit: int = LOOKED_AT
    ) -> None:
        roots: dict[int, object] = {}
        for task in tasks:
            roots[id(task)] = task
            roots[id(task.coro)] = task.coro
        self._roots = set(roots)
        found = _Found(roots, limit)
        forgotten = [key for task in others for key in found.count_forgotten(task)]
        self._leads_to, self._found = found.leads_to, set(found.objects)
        self._ends_with_code = {
            key for key, obj in found.objects.items() if _runs_code_at_its_end(obj)
        }
        self._held: set[int] = set()
        self._hold(_with_more_references(found.objects, found.counts))
        self._hold(self._ending_with(forgotten))

    def is_held(self, key: int) -> bool:
        """Whether something else than the tasks leads to an object.

        Args:
            key: its `id`.
        """
        return key in self._held or key not in self._found

    def led_to_by(self, task: Task) -> set[int]:
        """The `id` of each object to which a task leads, not by way of another of the tasks."""
        todo = [id(task.coro)]
        seen = set(todo)
        while todo:
            for key in self._leads_to.get(todo.pop(), ()):
                if key not in seen and key not in self._roots:
                    seen.add(key)
                    todo.append(key)
        return seen

    def let_go(self, task: Task) -> None:
        """Count one of the tasks as something else: it may go on."""
        inside = [id(each) for each, _ in await_chain(task.coro)]
        forgotten: list[int] = []
        for owner, values in _forgotten_by(task):
            left = list(self._leads_to.get(owner, ()))
            for key in map(id, values):
                if key in left:
                    left.remove(key)
                    forgotten.append(key)
            self._leads_to[owner] = left
        self._roots.discard(id(task))
        self._roots.difference_update(inside)
        self._hold((id(task), *inside))
        self._hold(self._ending_with(forgotten))

    def _ending_with(self, keys: Iterable[int]) -> list[int]:
        """Those of some objects, and of what they lead to, whose end runs code."""
        todo = [key for key in keys if key not in self._held]
        seen = set(todo)
        while todo:
            for key in self._leads_to.get(todo.pop(), ()):
                if key not in seen and key not in self._roots and key not in self._held:
                    seen.add(key)
                    todo.append(key)
        return [key for key in seen if key in self._ends_with_code]

    def _hold(self, keys: Iterable[int]) -> None:
        """Count objects, and what they lead to, as held."""
        todo = [key for key in keys if key not in self._roots]
        self._held.update(todo)
        while todo:
            for key in self._leads_to.get(todo.pop(), ()):
                if key not in self._held and key not in self._roots:
                    self._held.add(key)
                    todo.append(key)


class _Found:
    """The objects that some lead to.

    Args:
        roots: where to begin, by `id`.
        limit: how many objects are looked at.

    Attributes:
        objects: by `id`.
        leads_to: to which each leads, by id.
        counts: how many references all of them are to each.
    """

    def __init__(self, roots: dict[int, object], limit: int) -> None:
        self.objects = dict(roots)
        self.leads_to: dict[int, list[int]] = {}
        self.counts = dict.fromkeys(roots, 0)
        self._roots, self._limit = roots, limit
        self._explore(deque(roots.values()))

    def count_forgotten(self, task: Task) -> list[int]:
        """Count the dead variables of a task; the `id` of each of their values."""
        keys = []
        for _, values in _forgotten_by(task):
            todo: deque[object] = deque()
            keys += [key for each in values if (key := self._count(each, todo)) is not None]
            del values
            self._explore(todo)
        return keys

    def _count(self, obj: object, todo: deque[object]) -> int | None:
        """Count a reference; the `id` of the object, None for one that leads nowhere."""
        key = id(obj)
        if not gc.is_tracked(obj) or (type(obj) is Task and key not in self._roots):
            return None
        if key not in self.objects:
            self.objects[key] = obj
            self.counts[key] = 0
            todo.append(obj)
        self.counts[key] += 1
        return key

    def _explore(self, todo: deque[object]) -> None:
        while todo and len(self.objects) < self._limit:
            obj = todo.popleft()
            keys = [
                key
                for each in _referents(obj, self._roots)
                if (key := self._count(each, todo)) is not None
            ]
            if type(obj) is dict:
                keys += _items_of(obj)
            self.leads_to[id(obj)] = [] if is_status(obj) else keys


def _items_of(names: dict[object, object]) -> Iterator[int]:
    # From 3.13 the values of an object's dict may be the object's own, which the collector does
    # not visit by way of the dict (`dict_traverse`); code that has the dict has them all the same.
    return (id(each) for each in dict.values(names) if gc.is_tracked(each))


def _referents(obj: object, roots: dict[int, object]) -> list[object]:
    """What an object refers to, each as often as it does."""
    if _is_elsewhere(obj) and id(obj) not in roots:
        return []
    # Of a suspended frame that is little: its variables belong to its coroutine (`frame_traverse`).
    referents = gc.get_referents(obj)
    if is_status(obj):  # from it one comes to those of all tasks
        return [each for each in referents if type(each) is not set]
    if type(obj) is FunctionType:  # its module is elsewhere
        return [each for each in referents if each is not obj.__globals__]
    return referents


def _is_elsewhere(obj: object) -> bool:
    # By its type: `isinstance` would ask the object for its class.
    return issubclass(type(obj), _ELSEWHERE) or (type(obj) is dict and "__builtins__" in obj)


def _with_more_references(found: dict[int, object], inside: dict[int, int]) -> list[int]:
    """The ids of those that have more references than the others have to them."""
    # How many references this very loop and one dict are depends on the Python version.
    probe: dict[int, object] = {0: object()}
    (ours,) = [sys.getrefcount(obj) for obj in probe.values()]
    counts = [sys.getrefcount(obj) for obj in found.values()]
    return [
        key
        for (key, obj), count in zip(found.items(), counts, strict=True)
        if count > ours + inside[key] or _is_elsewhere(obj) or _is_known_weakly(obj)
    ]


def _is_known_weakly(obj: object) -> bool:
    """Whether somebody besides our notes refers to an object weakly."""
    if not weakref.getweakrefcount(obj):
        return False
    return any(type(each) is not OurReference for each in weakref.getweakrefs(obj))


def _forgotten_by(task: Task) -> Iterator[tuple[int, list[object]]]:
    """The values of a task's dead variables, by the `id` of what has the frame: a coroutine."""
    if task.coro.cr_suspended:  # of one that runs nothing can be foreseen
        for owner, frame in await_chain(task.coro):
            values = _dead_values(frame)
            if values:
                yield id(owner), values


def _dead_values(frame: FrameType) -> list[object]:
    code, offset = frame.f_code, frame.f_lasti
    dead = [name for name in code.co_varnames if liveness.is_dead(code, offset, name)]
    if not dead:
        return []
    names = peek(frame)
    return [names[name] for name in dead if name in names]


def _runs_code_at_its_end(obj: object) -> bool:
    """Whether the end of an object runs code that is not known to be harmless."""
    for each in _mro.__get__(type(obj)):
        names = _namespace.__get__(each)
        if "__del__" in names:
            # The ends of channels only warn.
            return not str(names.get("__module__", "")).startswith("trio.")
    return False

"""Which objects suspended tasks lead to, and which of these can be reached from elsewhere.

Owns: `Reach`.  Does not own: the conclusions (stuck), which tasks have an object in their
variables (waiting.references).

It works like CPython's garbage collector, but only on the objects that a few tasks lead to.  It
counts the references among these objects.  An object with more references than that is held from
elsewhere: by another task, a module, a thread, a running frame, or C code, which can be noticed in
no other way.  Everything that such an object leads to can be reached from elsewhere as well.
Everything uncertain counts as reachable from elsewhere.  So do the objects after the first `limit`
ones, whose references are not counted.

If the code of another task does not read a variable any more, that variable does not lead to an
object.  But the variable ends some day.  If it held the last reference to an object, the object
ends with it, and an object with a `__del__` or an unfinished generator then runs code.
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
from stepdbg.engine.describing.plain import mro_of, namespace_of
from stepdbg.engine.foreseeing import liveness
from stepdbg.model.ours import OurReference
from stepdbg.model.standard import gc, sys, weakref

LOOKED_AT: Final = 20_000
"""After how many objects the search ends."""

_ELSEWHERE: Final = (
    *(type, ModuleType, CodeType, BuiltinFunctionType),
    *(Runner, Task, Context),
)
"""Types whose objects can always be reached from elsewhere; the search does not enter them."""


class Reach:
    """The objects that some tasks lead to.

    Args:
        tasks: suspended tasks.  The caller must not hold the objects that it asks about.
        others: tasks whose dead variables do not count as references.
        limit: how many objects to examine.
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
        """Whether anything except the tasks leads to an object.

        Args:
            key: the object's `id`.
        """
        return key in self._held or key not in self._found

    def led_to_by(self, task: Task) -> set[int]:
        """The `id` of each object to which a task leads without passing another of the tasks."""
        todo = [id(task.coro)]
        seen = set(todo)
        while todo:
            for key in self._leads_to.get(todo.pop(), ()):
                if key not in seen and key not in self._roots:
                    seen.add(key)
                    todo.append(key)
        return seen

    def let_go(self, task: Task) -> None:
        """Count one of the tasks as elsewhere from now on, because it may go on."""
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
        """The ids of objects whose end runs code, among some objects and what they lead to."""
        todo = [key for key in keys if key not in self._held]
        seen = set(todo)
        while todo:
            for key in self._leads_to.get(todo.pop(), ()):
                if key not in seen and key not in self._roots and key not in self._held:
                    seen.add(key)
                    todo.append(key)
        return [key for key in seen if key in self._ends_with_code]

    def _hold(self, keys: Iterable[int]) -> None:
        """Count objects, and what they lead to, as held from elsewhere."""
        todo = [key for key in keys if key not in self._roots]
        self._held.update(todo)
        while todo:
            for key in self._leads_to.get(todo.pop(), ()):
                if key not in self._held and key not in self._roots:
                    self._held.add(key)
                    todo.append(key)


class _Found:
    """The objects that some objects lead to.

    Args:
        roots: where to begin, by `id`.
        limit: how many objects to examine.

    Attributes:
        objects: the objects, by `id`.
        leads_to: to which objects each one leads, by `id`.
        counts: how many references the found objects have to each one.
    """

    def __init__(self, roots: dict[int, object], limit: int) -> None:
        self.objects = dict(roots)
        self.leads_to: dict[int, list[int]] = {}
        self.counts = dict.fromkeys(roots, 0)
        self._roots, self._limit = roots, limit
        self._explore(deque(roots.values()))

    def count_forgotten(self, task: Task) -> list[int]:
        """Count the references of a task's dead variables; return the `id` of each value."""
        keys = []
        for _, values in _forgotten_by(task):
            todo: deque[object] = deque()
            keys += [key for each in values if (key := self._count(each, todo)) is not None]
            del values
            self._explore(todo)
        return keys

    def _count(self, obj: object, todo: deque[object]) -> int | None:
        """Count a reference; return the object's `id`, or None for one that leads nowhere."""
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
    # From 3.13 on, the object itself may own the values of its dict, and then the collector does
    # not visit them through the dict (`dict_traverse`).  Code with the dict can reach them anyway.
    return (id(each) for each in dict.values(names) if gc.is_tracked(each))


def _referents(obj: object, roots: dict[int, object]) -> list[object]:
    """The objects to which an object refers, each as often as it is referred to."""
    if _is_elsewhere(obj) and id(obj) not in roots:
        return []
    # For a suspended frame these are few: its coroutine owns its variables (`frame_traverse`).
    referents = gc.get_referents(obj)
    if is_status(obj):  # it leads to the cancel statuses of all tasks
        return [each for each in referents if type(each) is not set]
    if type(obj) is FunctionType:  # its module counts as elsewhere
        return [each for each in referents if each is not obj.__globals__]
    return referents


def _is_elsewhere(obj: object) -> bool:
    # By its type, because `isinstance` would ask the object for its class.
    return issubclass(type(obj), _ELSEWHERE) or (type(obj) is dict and "__builtins__" in obj)


def _with_more_references(found: dict[int, object], inside: dict[int, int]) -> list[int]:
    """The ids of objects with more references than the found objects have to them."""
    # The number of references that this loop and one dict add depends on the Python version.
    probe: dict[int, object] = {0: object()}
    (ours,) = [sys.getrefcount(obj) for obj in probe.values()]
    counts = [sys.getrefcount(obj) for obj in found.values()]
    return [
        key
        for (key, obj), count in zip(found.items(), counts, strict=True)
        if count > ours + inside[key] or _is_elsewhere(obj) or _is_known_weakly(obj)
    ]


def _is_known_weakly(obj: object) -> bool:
    """Whether anything besides stepdbg's notes has a weak reference to an object."""
    if not weakref.getweakrefcount(obj):
        return False
    return any(type(each) is not OurReference for each in weakref.getweakrefs(obj))


def _forgotten_by(task: Task) -> Iterator[tuple[int, list[object]]]:
    """The values of a task's dead variables, by the `id` of the coroutine that owns the frame."""
    if task.coro.cr_suspended:  # nothing is known of the variables of a running one
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
    """Whether the end of an object runs code, except code that is known to be harmless."""
    for each in mro_of(type(obj)):
        names = namespace_of(each)
        if "__del__" in names:
            # The ends of channels only warn.
            return not str(names.get("__module__", "")).startswith("trio.")
    return False

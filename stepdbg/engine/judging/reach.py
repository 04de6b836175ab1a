"""What suspended tasks lead to, and what of it something else leads to as well.

Owns: `Reach`.  Does not own: what follows from it (stuck), which tasks have an object in their
variables (waiting.references).

What CPython's garbage collector does with everything is done here with what a few tasks lead
to: the references within that are counted, and an object with more references than that is
held from elsewhere: by another task, a module, a thread, a frame that runs, or C code that
shows itself in no other way.  What such an object leads to can be reached from elsewhere, too.
Everything that is uncertain counts as elsewhere; so does what lies behind the first `limit`
objects, whose references are not counted.
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
    TracebackType,
)
from typing import Final

from trio.lowlevel import Task

from stepdbg._trio_internals.await_chain import await_chain
from stepdbg._trio_internals.losses import is_channel_state
from stepdbg._trio_internals.runs import Runner
from stepdbg._trio_internals.scopes import is_status
from stepdbg.model.standard import gc, sys, weakref

LOOKED_AT: Final = 20_000
"""Objects after which the search ends."""

_ELSEWHERE: Final = (
    *(type, ModuleType, CodeType, BuiltinFunctionType, TracebackType),
    *(Runner, Task, Context),
)
"""What is always reached from elsewhere; not looked through."""


class Reach:
    """What some tasks lead to.

    Args:
        tasks: they must be suspended.  Nothing of the caller's may hold what is asked about.
        limit: how many objects are looked at.
    """

    def __init__(self, tasks: Iterable[Task], limit: int = LOOKED_AT) -> None:
        roots: dict[int, object] = {}
        for task in tasks:
            roots[id(task)] = task
            roots[id(task.coro)] = task.coro
        self._roots = set(roots)
        found, self._leads_to, counts = _explore(roots, limit)
        self._found = set(found)
        self._held: set[int] = set()
        self._hold(_with_more_references(found, counts))

    def is_held(self, key: int) -> bool:
        """Whether something else than the tasks leads to an object.

        Args:
            key: its `id`.
        """
        return key in self._held or key not in self._found

    def let_go(self, task: Task) -> None:
        """Count one of the tasks as something else: it may go on."""
        inside = [id(each) for each, _ in await_chain(task.coro)]
        self._roots.discard(id(task))
        self._roots.difference_update(inside)
        self._hold((id(task), *inside))

    def _hold(self, keys: Iterable[int]) -> None:
        """Count objects, and what they lead to, as held."""
        todo = [key for key in keys if key not in self._roots]
        self._held.update(todo)
        while todo:
            for key in self._leads_to.get(todo.pop(), ()):
                if key not in self._held and key not in self._roots:
                    self._held.add(key)
                    todo.append(key)


def _explore(
    roots: dict[int, object], limit: int
) -> tuple[dict[int, object], dict[int, list[int]], dict[int, int]]:
    """The objects that some lead to.

    Returns:
        The objects by `id`; to which each leads, by id; how many references those are to each.
    """
    found = dict(roots)
    leads_to: dict[int, list[int]] = {}
    counts = dict.fromkeys(roots, 0)
    todo = deque(roots.values())
    while todo and len(found) < limit:
        obj = todo.popleft()
        keys = []
        for each in _referents(obj, roots):
            key = id(each)
            if not gc.is_tracked(each):
                continue
            keys.append(key)
            if key not in found:
                found[key] = each
                counts[key] = 0
                todo.append(each)
            counts[key] += 1
        if type(obj) is dict:
            keys += _items_of(obj)
        leads_to[id(obj)] = [] if is_status(obj) else keys
    return found, leads_to, counts


def _items_of(names: dict[object, object]) -> Iterator[int]:
    # From 3.13 the values of an object's dict may be the object's own, which the collector does
    # not visit by way of the dict (`dict_traverse`); whoever has the dict has them all the same.
    return (id(each) for each in dict.values(names) if gc.is_tracked(each))


def _referents(obj: object, roots: dict[int, object]) -> list[object]:
    """What an object refers to, each as often as it does."""
    if _is_elsewhere(obj) and id(obj) not in roots:
        return []
    if isinstance(obj, FrameType):  # a suspended frame's variables belong to its coroutine
        return []
    referents = gc.get_referents(obj)
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
    # The recorder's notes refer to the states of channels, and nobody else knows those.
    return weakref.getweakrefcount(obj) > 0 and not is_channel_state(obj)

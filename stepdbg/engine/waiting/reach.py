"""Whether only some tasks have an object: the oracle of the blocked graph that is certain.

Owns: `held_elsewhere`.  Does not own: what follows from it (graph), which tasks have an object
in their variables (references).

What CPython's garbage collector does with everything is done here with what a few tasks lead
to: the references within that are counted, and an object with more references than that is
held from elsewhere: by another task, a module, a thread, a frame that runs, or C code that
shows itself in no other way.  What such an object leads to can be reached from elsewhere, too.
Everything that is uncertain counts as elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
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

from stepdbg._trio_internals.losses import is_channel_state
from stepdbg._trio_internals.runs import Runner
from stepdbg.model.standard import gc, sys, weakref

LOOKED_AT: Final = 3_000
"""Objects after which the search gives up."""

_ELSEWHERE: Final = (type, ModuleType, CodeType, BuiltinFunctionType, Runner, TracebackType, Task)
"""What is always reached from elsewhere; not looked through."""


def held_elsewhere(tasks: Iterable[Task], wanted: Iterable[int]) -> set[int] | None:
    """Which of some objects something else than these tasks leads to.

    Args:
        tasks: they must be suspended.
        wanted: the `id` of each object.  Nothing of the caller's may hold the objects.

    Returns:
        Their ids; None when there is too much to look at.
    """
    accepted: dict[int, object] = {}
    for task in tasks:
        accepted[id(task)] = task
        accepted[id(task.coro)] = task.coro
    found = _explore(accepted)
    if found is None:
        return None
    held = _held(found, accepted)
    return {key for key in wanted if key in held or key not in found}


def _explore(roots: dict[int, object]) -> dict[int, object] | None:
    """The objects that some lead to, by `id`; None when there are too many."""
    found = dict(roots)
    todo = list(roots.values())
    while todo:
        for each in _referents(todo.pop(), roots):
            if id(each) not in found and gc.is_tracked(each):
                found[id(each)] = each
                todo.append(each)
        if len(found) > LOOKED_AT:
            return None
    return found


def _referents(obj: object, roots: dict[int, object]) -> list[object]:
    """What an object refers to, each as often as it does."""
    if _is_elsewhere(obj) and id(obj) not in roots:
        return []
    if isinstance(obj, FrameType):  # a suspended frame's variables belong to its coroutine
        return []
    referents = gc.get_referents(obj)
    if isinstance(obj, FunctionType):  # its module is elsewhere
        return [each for each in referents if each is not obj.__globals__]
    return referents


def _is_elsewhere(obj: object) -> bool:
    return isinstance(obj, _ELSEWHERE) or (type(obj) is dict and "__builtins__" in obj)


def _held(found: dict[int, object], accepted: dict[int, object]) -> set[int]:
    """The ids of those that can be reached without the accepted ones."""
    todo = [key for key in _with_more_references(found, accepted) if key not in accepted]
    held = set(todo)
    while todo:
        for each in _referents(found[todo.pop()], accepted):
            key = id(each)
            if key in found and key not in held and key not in accepted:
                held.add(key)
                todo.append(key)
    return held


def _with_more_references(found: dict[int, object], accepted: dict[int, object]) -> list[int]:
    """The ids of those that have more references than the others have to them."""
    inside = _references_inside(found, accepted)
    # How many references this very loop and one dict are depends on the Python version.
    probe: dict[int, object] = {0: object()}
    (ours,) = [sys.getrefcount(obj) for obj in probe.values()]
    counts = [sys.getrefcount(obj) for obj in found.values()]
    return [
        key
        for (key, obj), count in zip(found.items(), counts, strict=True)
        if count > ours + inside[key] or _is_elsewhere(obj) or _is_known_weakly(obj)
    ]


def _references_inside(found: dict[int, object], accepted: dict[int, object]) -> dict[int, int]:
    """How many references the found ones have to each of them."""
    inside = dict.fromkeys(found, 0)
    for obj in found.values():
        for each in _referents(obj, accepted):
            if id(each) in inside:
                inside[id(each)] += 1
    return inside


def _is_known_weakly(obj: object) -> bool:
    # The recorder's notes refer to the states of channels, and nobody else knows those.
    return weakref.getweakrefcount(obj) > 0 and not is_channel_state(obj)

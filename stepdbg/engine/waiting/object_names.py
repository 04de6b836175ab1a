"""Names for objects: the variable, attribute or item of an own frame that holds one.

Owns: searching variables for objects, without calling code of the program; `Namesakes`, which finds
different names for several objects of the same name.
Does not own: which tasks have an object (references).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from types import (
    BuiltinFunctionType,
    FrameType,
    FunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
    NoneType,
)
from typing import TYPE_CHECKING, Final, cast

from trio.lowlevel import Task

from stepdbg._trio_internals import runs
from stepdbg._trio_internals.frame_values import is_a
from stepdbg.engine.describing.plain import mro_of, namespace_of
from stepdbg.engine.foreseeing.plain import module_of
from stepdbg.engine.stacks.frames import is_own, place_of
from stepdbg.engine.typed.locals import frame_locals
from stepdbg.model.records import NamedTuple, replace
from stepdbg.model.standard import itertools, re

if TYPE_CHECKING:
    from stepdbg.model.task import TaskLabel
    from stepdbg.model.waits import WaitLink

    from .views import BlockedRun

_DEPTH: Final = 2
"""How deep to search for a name: ``self.pool.lock`` is as deep as a useful name goes."""

_DEEPER: Final = 3
"""How deep to search for a name that no other object has."""

_VISITED: Final = 2_000
_ITEMS: Final = 64

_TOLD_APART: Final = 24
"""Up to how many objects of one name each get a different name; nobody would read more."""

_TASKS: Final = 300
"""In the variables of how many tasks to search for such a name."""

_LOOKED_AT: Final = 40_000
"""After how many variables, attributes and items the search for such a name ends."""

_LEAVES: Final = frozenset(
    (
        *(type, ModuleType, FunctionType, BuiltinFunctionType, Task),
        *(str, bytes, int, float, bool, NoneType),
    )
)

_PLAIN_KEYS: Final = frozenset((str, int, bool, bytes, NoneType))
"""Types of keys that a name may show, because showing them runs no code of the program."""


class Name(NamedTuple):
    """The program's name for an object; empty if no own frame has a name for it."""

    text: str = ""
    is_global: bool = False


def name_of(obj: object, stack: Iterable[FrameType]) -> str:
    """The text of the name from `find_name`; empty if it finds none."""
    return find_name(obj, stack).text


def find_name(obj: object, stack: Iterable[FrameType]) -> Name:
    """Find a name for an object in the own frames, beginning with the innermost.

    It prefers a name that the line being executed uses, then the shortest path; a local
    variable comes before a global one.
    """
    own = [frame for frame in stack if is_own(frame.f_code.co_filename)]
    for frame in own:
        name = _name_in(obj, frame_locals(frame), _line(frame))
        if name:
            return Name(name)
    for names in {id(frame.f_globals): frame for frame in own}.values():
        name = _name_in(obj, names.f_globals, _line(names))
        if name:
            return Name(name, is_global=True)
    return Name()


def _line(frame: FrameType) -> str:
    return place_of(frame).text


def name_of_one(objects: Iterable[object], stack: list[FrameType]) -> tuple[Name, int]:
    """The best name of several objects that stand for one, and the `id` of the object with it."""
    named = [(find_name(obj, stack), id(obj)) for obj in objects if obj is not None]
    known = [(name, key) for name, key in named if name.text]
    # ``ready`` says more about a condition's lock than ``ready._lock``.
    return min(known, key=lambda each: "._" in each[0].text, default=(Name(), 0))


# -- several objects of one name -----------------------------------------------------------


class Namesakes:
    """The names of objects in one answer, and different names if several objects share one.

    Args:
        run: the run in the variables of whose tasks to search for other names.
    """

    def __init__(self, run: BlockedRun) -> None:
        self._run = run
        # By `id`, because a reference from here would count as another holder of the object.
        self._called: dict[TaskLabel, tuple[str, int]] = {}

    def note(self, whose: TaskLabel, name: str, key: int) -> None:
        """Note a task's name for the object that it waits for; key: the object's `id`."""
        self._called[whose] = name, key

    def told_apart(self, links: tuple[WaitLink, ...]) -> tuple[WaitLink, ...]:
        """Give different names to the objects in these waits that share a name."""
        called: dict[str, set[int]] = {}
        for link in links:
            name, key = self._called.get(link.task, ("", 0))
            called.setdefault(name, set()).add(key)
        several = {name for name, keys in called.items() if 1 < len(keys) <= _TOLD_APART}
        if not several:
            return links
        names = self._names_apart({(key, name) for name, keys in called.items() for key in keys})
        renamed = []
        for link in links:
            name, key = self._called.get(link.task, ("", 0))
            apart = names.get(key, "") if name in several else ""
            renamed.append(_renamed(link, apart) if apart else link)
        return tuple(renamed)

    def _names_apart(self, called: set[tuple[int, str]]) -> dict[int, str]:
        """By `id`: for each object, the best name that none of the others has, if there is one."""
        living = itertools.islice(runs.living_tasks(self._run.runner), _TASKS)
        known = _all_names({key for key, _ in called}, map(self._run.live_frames, living))
        taken: dict[str, set[int]] = {}
        for one, path in (*called, *((key, path) for key in known for path in known[key])):
            taken.setdefault(path, set()).add(one)
        alone = {key: [path for path in known[key] if len(taken[path]) == 1] for key in known}
        return {key: min(paths, key=_says_less) for key, paths in alone.items() if paths}


def _renamed(link: WaitLink, name: str) -> WaitLink:
    wait = link.wait
    assert wait is not None
    assert wait.object is not None
    return replace(link, wait=replace(wait, object=replace(wait.object, apart=name)))


def _says_less(path: str) -> tuple[bool, bool, int, int, str]:
    of_itself = path.startswith(("self.", "cls."))
    return "._" in path, of_itself, path.count(".") + path.count("["), len(path), path


def _all_names(
    wanted: Collection[int], stacks: Iterable[Iterable[FrameType]]
) -> dict[int, set[str]]:
    """All names that own frames have for some objects."""
    found: dict[int, set[str]] = {key: set() for key in wanted}
    own = [frame for stack in stacks for frame in stack if is_own(frame.f_code.co_filename)]
    modules = {id(frame.f_globals): frame.f_globals for frame in own}
    looked_at = 0
    for names in (*modules.values(), *map(frame_locals, own)):
        known: dict[str, object] = {}
        for path, value in walk(names, _DEEPER):
            known[path] = value
            if id(value) in found:
                found[id(value)].add(_without_wrappers(path, known))
        looked_at += len(known)
        if looked_at > _LOOKED_AT:
            break
    return found


def _name_in(obj: object, names: dict[str, object], line: str) -> str:
    known: dict[str, object] = {}
    found = []
    for path, value in walk(names):
        known[path] = value
        if value is obj:
            found.append(_without_wrappers(path, known))
    if not found:
        return ""
    spoken = [path for path in found if re.search(rf"(?<![\w.]){re.escape(path)}\b", line)]
    return min(spoken or found, key=lambda path: (path.count(".") + path.count("["), len(path)))


def _without_wrappers(path: str, known: dict[str, object]) -> str:
    """The name of anyio's wrapper around an object of Trio's, if there is one.

    ``lock`` for ``lock._Lock__original``, because users call the wrapper the lock.
    """
    owner, dot, name = path.rpartition(".")
    while dot and name.startswith("_") and _is_of_anyio(known.get(owner)):
        path = owner
        owner, dot, name = path.rpartition(".")
    return path


def _is_of_anyio(value: object) -> bool:
    return module_of(type(value)).partition(".")[0] == "anyio"


def walk(names: dict[str, object], deep: int = _DEPTH) -> Iterator[tuple[str, object]]:
    """The objects that variables lead to, with their paths, nearest first."""
    for level in levels(names, Plans(), deep):
        yield from level


def levels(
    names: dict[str, object],
    plans: Plans,
    deep: int = _DEPTH,
    *,
    seen: dict[int, int] | None = None,
    distance: int = 0,
) -> Iterator[list[tuple[str, object]]]:
    """The objects of the variables, then those one step away, and so on, with their paths.

    Objects for which no task waits, such as numbers and functions, are left out.

    plans: one for the variables of very many frames, where nothing goes on meanwhile.
    seen: one for the frames of one task: by the `id` of an object, how far away it was when its
        parts were given.  They are given again only if it is nearer.
    distance: how far away the variables are.
    """
    seen = {} if seen is None else seen
    level = [
        (name, value)
        for name, value in list(names.items())
        if type(value) not in _LEAVES and isinstance(name, str)
    ]
    visited = 0
    for away in range(distance, distance + deep):
        if not level:
            return
        yield level
        below: list[tuple[str, object]] = []
        for path, value in level:
            if visited < _VISITED and seen.get(id(value), away + 1) > away:
                seen[id(value)] = away
                visited += 1
                for step, part in plans.parts_of(value):
                    below.append((path + step, part))
        level = below
    yield level


def _parts(value: object, plans: Plans) -> Iterator[tuple[str, object]]:
    """What an object leads to, each with the step of a path that leads there."""
    kind = type(value)
    if kind in (list, tuple):
        items = cast(list[object], value)[:_ITEMS]
        yield from ((f"[{index}]", item) for index, item in enumerate(items))
    elif kind is dict:
        yield from _dict_items(cast(dict[object, object], value))
    elif kind is MethodType:
        yield ".__self__", value.__self__  # type: ignore[attr-defined]  # its exact type
    else:
        trios = _is_of_trio(kind)  # whose private attributes nobody uses to name or to end a wait
        for name, part in plans.attributes_of(value):
            if not (trios and name.startswith("_")):
                yield f".{name}", part


def _is_of_trio(kind: type) -> bool:
    return module_of(kind).partition(".")[0] == "trio"


def _dict_items(value: dict[object, object]) -> Iterator[tuple[str, object]]:
    for index, (key, item) in enumerate(list(value.items())):
        if index >= _ITEMS:
            return
        parts = key if type(key) is tuple else (key,)
        if all(type(part) in _PLAIN_KEYS for part in parts):
            inside = ", ".join(map(repr, parts)) if parts is key and len(parts) > 1 else repr(key)
            yield f"[{inside}]", item


class Plans:
    """Where objects keep their attributes, by class, and what each of them leads to.

    So it looks at a class once, and at an object once, however many frames have that object.  It
    must not live longer than the moment in which nothing goes on: classes and objects may change.
    """

    def __init__(self) -> None:
        # By `id`: a class of classes may have a `__hash__` of its own, which is the program's code.
        self._known: dict[int, list[tuple[str, MemberDescriptorType | GetSetDescriptorType]]] = {}
        # The object itself is kept, because else another one could get its `id`.
        self._parts: dict[int, tuple[object, list[tuple[str, object]]]] = {}

    def parts_of(self, value: object) -> list[tuple[str, object]]:
        """What an object leads to, each with the step of a path that leads there."""
        known = self._parts.get(id(value))
        if known is None:
            parts = [each for each in _parts(value, self) if type(each[1]) not in _LEAVES]
            known = self._parts[id(value)] = value, parts
        return known[1]

    def attributes_of(self, value: object) -> Iterator[tuple[str, object]]:
        """The instance attributes of an object, slots included; no code of the program is asked."""
        if is_a(value, type):
            return
        kind = type(value)
        kept = self._known.get(id(kind))
        if kept is None:
            kept = self._known[id(kind)] = list(_kept_in(kind))
        for name, descriptor in kept:
            if type(descriptor) is MemberDescriptorType:
                try:
                    yield name, descriptor.__get__(value)
                except AttributeError:
                    continue  # a slot that is not set
            else:
                held = descriptor.__get__(value)
                if type(held) is dict:
                    yield from [(key, part) for key, part in held.items() if type(key) is str]


def _kept_in(kind: type) -> Iterator[tuple[str, MemberDescriptorType | GetSetDescriptorType]]:
    """The slots of a class, and its `__dict__`."""
    for each in mro_of(kind):
        for name, descriptor in list(namespace_of(each).items()):
            if type(descriptor) is MemberDescriptorType or (
                name == "__dict__" and type(descriptor) is GetSetDescriptorType
            ):
                yield name, descriptor

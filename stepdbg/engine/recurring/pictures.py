"""The values that some objects lead to, as a sequence that is the same for equal states.

Owns: `Pictures`, `Unseen`.
Does not own: which objects a run starts from (livelocks).

Objects are numbered as they are met, and compared by these numbers.  So two states are the same if
they have the same shape and the same plain values, although their objects may be others.  No code
of the program runs.  If an object may have something that cannot be read, as most objects of C code
may, there is no picture.
"""

from __future__ import annotations

from _thread import _local
from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterable, Iterator
from contextvars import Context, ContextVar
from functools import cached_property, partial
from re import Pattern
from typing import Any, Final, Generic, cast
from weakref import ref

import trio

from stepdbg._trio_internals import runs
from stepdbg._trio_internals.frame_values import peek
from stepdbg.engine.describing.plain import mro_of, namespace_of
from stepdbg.engine.stacks.frames import is_own
from stepdbg.model.standard import gc, itertools, sys, types

_MOST_OBJECTS: Final = 20_000

_PLAIN: Final = frozenset(
    (type(None), bool, int, str, bytes, complex, type(...), type(NotImplemented))
)
_KNOWN_BY_NAME: Final = (types.ModuleType, types.CodeType, ContextVar, Pattern)
"""Types of objects that do not change, or whose contents are looked at elsewhere."""

_REFERENTS: Final = frozenset(
    (
        *(types.BuiltinFunctionType, types.MethodWrapperType, types.WrapperDescriptorType),
        *(types.MethodDescriptorType, types.ClassMethodDescriptorType, types.CellType),
        *(types.MemberDescriptorType, types.GetSetDescriptorType, types.MappingProxyType),
        *(types.MethodType, property, staticmethod, classmethod, types.GenericAlias, slice),
        *(type({}.keys()), type({}.values()), type({}.items())),
    )
)
"""Types whose objects consist of what the garbage collector finds in them, and of a name."""

_WRAPPERS: Final = frozenset(
    ("coroutine_wrapper", "async_generator_asend", "async_generator_athrow", "anext_awaitable")
)
_SOME_ITERATORS: Final[tuple[object, ...]] = (
    *(iter([]), iter(()), iter(""), iter(b""), iter(range(0)), iter({}), iter({}.values())),
    *(iter({}.items()), iter(set()), reversed([]), enumerate(()), zip(), map(len, ())),
)
_ITERATORS: Final = frozenset(map(type, _SOME_ITERATORS))
"""Types of iterators that tell where they are, without going on."""

_TOLD_BY_REPR: Final = frozenset(
    (("decimal", "Context"), ("decimal", "Decimal"), ("datetime", "timedelta"))
)
"""Types of C code whose ``__repr__`` tells all there is."""

_CONTAINERS: Final = (list, tuple, set, frozenset, deque)
_BASES: Final = frozenset(
    (*_CONTAINERS, *_PLAIN, dict, OrderedDict, defaultdict, float, object, ref, Generic)
)
_CODE_IN_CLASS: Final = (
    *(types.FunctionType, property, staticmethod, classmethod, cached_property),
    *(types.MemberDescriptorType, types.GetSetDescriptorType, types.BuiltinFunctionType),
)
_OF_C: Final = (
    *(types.MethodDescriptorType, types.WrapperDescriptorType, types.ClassMethodDescriptorType),
)


class Unseen(Exception):
    """There may be something in a state that cannot be read."""


class Pictures:
    """Makes pictures of one run.

    Args:
        runner: the runner of the run.
    """

    def __init__(self, runner: runs.Runner) -> None:
        self._runner = runner
        self._of_python: dict[type, bool] = {}

    def of(self, roots: Iterable[object]) -> Iterator[object]:
        """What `roots` lead to, value by value: numbers, text and bytes.

        Raises `Unseen` if something in it cannot be read, or if it is too much.
        """
        seen: dict[int, tuple[int, object]] = {}
        left = [*roots]
        left.reverse()
        while left:
            value = left.pop()
            kind = type(value)
            yield id(kind)
            if kind in _PLAIN:
                yield value
                continue
            if kind is float:
                yield repr(value)  # nan is equal to itself then, and 0.0 not to -0.0
                continue
            number, _ = seen.setdefault(id(value), (len(seen), value))
            yield number
            if number < len(seen) - 1:
                continue
            if len(seen) > _MOST_OBJECTS:
                raise Unseen
            parts = list(self._parts(value, kind))
            yield len(parts)
            parts.reverse()
            left += parts

    def _parts(self, value: Any, kind: type) -> Iterable[object]:
        """What an object consists of."""
        if issubclass(kind, runs.Runner | trio.lowlevel.RunVar):
            return self._runners(kind)
        if kind is trio.lowlevel.Task:
            return self._of_task(value)
        if issubclass(kind, _KNOWN_BY_NAME):
            return (id(value),)
        if issubclass(kind, type):
            return (id(value), *_state_of_class(value))
        if kind in (types.CoroutineType, types.GeneratorType, types.AsyncGeneratorType):
            return _of_frame(value)
        if kind is types.FunctionType:
            more = value.__defaults__, value.__kwdefaults__, value.__closure__, value.__dict__
            return (id(value.__code__), *more)
        if kind in _REFERENTS or kind.__name__ in _WRAPPERS:
            return (getattr(value, "__name__", ""), *gc.get_referents(value))
        if kind in _ITERATORS:
            return cast("tuple[object, ...]", value.__reduce__()[1:])
        return self._of_object(value, kind)

    def _runners(self, kind: type) -> Iterable[object]:
        if kind is trio.lowlevel.RunVar:  # its values are in the runner
            raise Unseen
        return ()

    def _of_task(self, task: trio.lowlevel.Task) -> Iterable[object]:
        """What a task consists of, without the numbers by which Trio counts its steps."""
        if runs.is_system(self._runner, task):
            return ()
        found = self._attributes(task, trio.lowlevel.Task)
        return [each for each in found if type(each) is not int]

    def _of_object(self, value: Any, kind: type) -> Iterable[object]:
        """The contents and attributes of an object of another type."""
        if issubclass(kind, types.TracebackType):
            return ()  # its frames have ended, or belong to tasks
        if kind is Context:
            return itertools.chain.from_iterable(value.items())
        if kind is partial:
            return (value.func, value.args, value.keywords, value.__dict__)
        if (kind.__module__, kind.__name__) in _TOLD_BY_REPR and _is_of_c(kind, namespace_of(kind)):
            return (repr(value),)
        if kind is range:
            return (value.start, value.stop, value.step)
        if issubclass(kind, _local):
            return (_local.__getattribute__(value, "__dict__"),)
        return (kind, *_contents(value, kind), *self._attributes(value, kind))

    def _attributes(self, value: object, kind: type) -> Iterator[object]:
        """The attributes of an object whose class is written in Python."""
        for each in mro_of(kind):
            names = namespace_of(each)
            known = self._of_python.get(each)
            if known is None:
                known = self._of_python[each] = not _is_of_c(each, names)
            if not known and not (each in _BASES or issubclass(each, BaseException)):
                raise Unseen
            for name, member in names.items():
                if type(member) is types.GetSetDescriptorType and name == "__dict__":
                    yield member.__get__(value)
                elif known and type(member) is types.MemberDescriptorType:
                    try:
                        yield member.__get__(value)
                    except AttributeError:
                        yield "not set"


def _is_of_c(kind: type, names: dict[str, object]) -> bool:
    """Whether a class is written in C: then it may have more than its attributes."""
    for name, each in list(names.items()):
        if type(each) in _OF_C and getattr(each, "__objclass__", None) is kind:
            return True
        if type(each) is types.GetSetDescriptorType and name not in ("__dict__", "__weakref__"):
            return True
    return kind in _BASES


def _contents(value: Any, kind: type) -> Iterator[object]:
    """What an object has as an object of a built-in type."""
    if issubclass(kind, dict):
        if issubclass(kind, defaultdict):
            yield namespace_of(defaultdict)["default_factory"].__get__(value)
        of_kind = OrderedDict if issubclass(kind, OrderedDict) else dict
        for key, each in of_kind.items(value):
            yield key
            yield each
    elif issubclass(kind, _CONTAINERS):
        yield from next(each for each in _CONTAINERS if issubclass(kind, each)).__iter__(value)
    elif issubclass(kind, ref):
        yield ref.__call__(value)
    elif issubclass(kind, BaseException):
        yield from (value.args, value.__cause__, value.__context__)
    elif issubclass(kind, int):
        yield int.__int__(value)
    elif issubclass(kind, str):
        yield str.__str__(value)
    elif issubclass(kind, bytes | float | complex):
        raise Unseen


def _of_frame(value: Any) -> Iterable[object]:
    """The place and the variables of a coroutine or generator, those without a name as well."""
    letter = {"c": "cr", "g": "gi", "a": "ag"}[type(value).__name__[0]]
    frame: types.FrameType | None = getattr(value, f"{letter}_frame")
    if frame is None:
        return ()
    bound = tuple(peek(frame))
    held = [each for each in gc.get_referents(value) if type(each) is not types.FrameType]
    return (id(frame.f_code), frame.f_lasti, bound, *held)


def _state_of_class(kind: type) -> Iterator[object]:
    """The attributes of an own class that are no code."""
    module = sys.modules.get(kind.__module__)
    if module is not None and not is_own(getattr(module, "__file__", None) or "/"):
        return
    yield from mro_of(kind)[1:]
    for name, each in list(namespace_of(kind).items()):
        if not (name.startswith(("__", "_abc_")) or isinstance(each, _CODE_IN_CLASS)):
            yield name
            yield each

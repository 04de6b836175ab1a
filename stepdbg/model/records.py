"""`dataclass` in two parts: it makes the class at once, and the rest when it is used.

Owns: the decorator for pictures and other plain types, `field` and `replace` for them, the
questions about such a type that can be answered without making its fields, and `NamedTuple`.
Does not own: what such types hold.

The standard library's decorator writes and compiles six functions for each class, which takes
0.4 ms. A program that is never held would pay for a hundred classes and use five. This decorator
makes a class with slots, and everything that needs no generated code, in 15 µs. It writes
`__init__` when the first instance is made, and makes the fields when they are first used.
The result works as a data class everywhere: `dataclasses.fields`, `is_dataclass` and
`replace`, `copy`, `pickle`, `match`. Making a frozen instance also takes half the time,
because each field is set through its slot.
"""

from __future__ import annotations

from _operator import attrgetter  # importing `operator` would read a file
from collections import namedtuple

from stepdbg.sealed import put_back

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass, field, replace
    from typing import Any, NamedTuple
else:

    class _MakesNamedTuples(type):
        """The metaclass of `NamedTuple`: a class derived from that is one of `namedtuple`."""

        def __new__(cls, name, bases, namespace):
            if not bases:
                return super().__new__(cls, name, bases, namespace)
            assert len(bases) == 1, "a named tuple of ours has no other base class"
            fields = namespace.pop("__annotations__")
            defaults = [namespace.pop(each) for each in fields if each in namespace]
            made = namedtuple(  # noqa: PYI024
                name, fields, defaults=defaults, module=namespace.pop("__module__")
            )
            made.__annotations__ = fields
            for key, value in namespace.items():
                setattr(made, key, value)
            return made

    class NamedTuple(metaclass=_MakesNamedTuples):
        """As `typing.NamedTuple`, in a third of the time: no annotation is compiled."""

    def dataclass(*, slots, frozen=False):
        """As `dataclasses.dataclass`, with slots, for classes without bases."""
        assert slots, "there are no others"
        return _make_frozen if frozen else _make

    def field(**asked):
        """As `dataclasses.field`, for `default`, `default_factory` and `init`."""
        return _Asked(asked)

    def replace(picture, /, **changes):
        """As `dataclasses.replace`, for stepdbg's classes, without importing `dataclasses`."""
        for name in picture.__match_args__:
            if name not in changes:
                changes[name] = getattr(picture, name)
        return type(picture)(**changes)


__all__ = ["NamedTuple", "dataclass", "field", "is_record", "names_of", "replace"]


def is_record(cls: type) -> bool:
    """Whether a class is a data class, without making its fields."""
    return "__dataclass_fields__" in vars(cls)


def names_of(record: type) -> tuple[str, ...]:
    """The names of the fields of a data class, in order, without making the fields."""
    names: tuple[str, ...] = record.__match_args__  # type: ignore[attr-defined]  # it has
    return names


class _Asked(dict[str, "Any"]):
    """The arguments of `field`."""


def _make_frozen(plain: type) -> type:
    return _make(
        plain,
        __setattr__=_refuse_to_set,
        __delattr__=_refuse_to_delete,
        __getstate__=_state,
        __setstate__=_set_state,
        __hash__=_hash_by(tuple(plain.__annotations__)),
    )


def _make(plain: type, **special: object) -> type:
    """Make the class with slots for its fields; the rest is made when it is first used."""
    assert plain.__bases__ == (object,), "a data class of ours has no base class"
    names = tuple(plain.__annotations__)
    namespace = dict(plain.__dict__)
    del namespace["__dict__"], namespace["__weakref__"]
    defaults = {name: namespace.pop(name) for name in names if name in namespace}
    later = _Later(names, defaults)
    namespace |= {
        "__slots__": names,
        "__match_args__": names,
        "__init__": _first_init(later),
        "__dataclass_fields__": later,
        "__replace__": replace,
        "__repr__": namespace.get("__repr__", _repr),
        "__eq__": _equal_by(names),
        "__hash__": None,
        **special,
    }
    return type(plain.__name__, (), namespace)


def _first_init(later: _Later) -> Callable[..., None]:
    """An `__init__` that writes the real one, replaces itself by it and calls it."""

    def __init__(self: object, *values: object, **named: object) -> None:  # noqa: N807 - it is
        # Two threads at once write it twice, which does no harm: both results are the same.
        later.owner.__init__ = real = _write_init(later)  # type: ignore[misc]  # that is it
        real(self, *values, **named)

    return __init__


def _write_init(later: _Later) -> Callable[..., None]:
    """Compile the `__init__` of a class, which sets the fields through their slots."""
    setters = "".join(f", _set_{name}" for name in later.names)
    parts = [_write_field(name, later.defaults) for name in later.names]
    lines = [
        f"def _write(_defaults{setters}):",
        f" def __init__(self{''.join(parameter for parameter, _ in parts)}):",
        *(f"  {statement}" for _, statement in parts),
        "  return",
        " return __init__",
    ]
    written: dict[str, Callable[..., Callable[..., None]]] = {}
    # By these globals `engine.stacks.frames` recognises the code as stepdbg's.
    exec(compile("\n".join(lines), "<string>", "exec"), globals(), written)
    slots = [vars(later.owner)[name].__set__ for name in later.names]
    init = written["_write"](later.defaults, *slots)
    init.__qualname__ = f"{later.owner.__qualname__}.__init__"
    return init


def _write_field(name: str, defaults: dict[str, object]) -> tuple[str, str]:
    """The parameter for a field in `__init__`, and the statement that sets the field."""
    default = f"_defaults[{name!r}]"
    if name not in defaults:
        return f", {name}", f"_set_{name}(self, {name})"
    asked = defaults[name]
    if not isinstance(asked, _Asked):
        return f", {name}={default}", f"_set_{name}(self, {name})"
    if "default_factory" in asked:
        made = f"{default}['default_factory']()"
        given = f"{made} if {name} is {default} else {name}"
        return f", {name}={default}", f"_set_{name}(self, {given})"
    if "default" in asked:
        return "", f"_set_{name}(self, {default}['default'])"
    return "", "pass"  # init=False: it is set later


class _Later:
    """The parts of a class; it stands in the place of the fields until they are first used."""

    owner: type

    def __init__(self, names: tuple[str, ...], defaults: dict[str, object]) -> None:
        self.names = names
        self.defaults = defaults

    def __set_name__(self, owner: type, name: str) -> None:
        self.owner = owner

    def __get__(self, picture: object, cls: type) -> object:
        import dataclasses

        namespace: dict[str, object] = {
            "__annotations__": self.owner.__annotations__,
            "__module__": self.owner.__module__,
            "__doc__": "",  # else `dataclass` would work out the signature
            **self.defaults,
        }
        for name, default in self.defaults.items():
            if isinstance(default, _Asked):
                namespace[name] = dataclasses.field(**default)
        put_back()  # `dataclass` looks for the class's module in `sys.modules`
        # Only the fields are needed: with these options `dataclass` writes no code.
        note = dataclasses.dataclass(init=False, repr=False, eq=False)
        fields: object = vars(note(type("", (), namespace)))["__dataclass_fields__"]
        self.owner.__dataclass_fields__ = fields  # type: ignore[attr-defined]  # as they do
        return fields


def _values_of(names: tuple[str, ...]) -> Callable[[object], object]:
    return attrgetter(*names) if names else lambda _picture: ()


def _equal_by(names: tuple[str, ...]) -> Callable[[object, object], bool]:
    values = _values_of(names)

    def __eq__(self: object, other: object) -> bool:  # noqa: N807 - it is one
        if self.__class__ is not other.__class__:
            return NotImplemented
        return bool(values(self) == values(other))

    return __eq__


def _hash_by(names: tuple[str, ...]) -> Callable[[object], int]:
    values = _values_of(names)

    def __hash__(self: object) -> int:  # noqa: N807 - it is one
        return hash(values(self))

    return __hash__


def _repr(self: object) -> str:
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in names_of(type(self)))
    return f"{type(self).__qualname__}({shown})"


def _refuse_to_set(_self: object, name: str, _value: object) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_self: object, name: str) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: object) -> list[object]:
    return [getattr(self, name) for name in names_of(type(self))]


def _set_state(self: object, state: list[object]) -> None:
    for name, value in zip(names_of(type(self)), state, strict=True):
        object.__setattr__(self, name, value)

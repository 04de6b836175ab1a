"""`dataclass` for frozen pictures, made in two parts: the class now, the rest when it is used.

Owns: the decorator of the model's types, and `replace` for them.
Does not own: what they hold.

The standard library's decorator writes and compiles six functions for each class, 0.4 ms. A
program that is never held would pay for a hundred of them and use five. This one makes a
class with slots, and everything that needs no code of its own, in 15 µs; `__init__` is
written when the first instance is made, and the fields are looked at when somebody asks.
What it makes is a data class for everybody: `dataclasses.fields`, `is_dataclass` and
`replace`, `copy`, `pickle`, `match`. Instances are made in half the time, too: each field is
set by its slot.
"""

from __future__ import annotations

from _operator import attrgetter  # as `operator` has it, which is a file to read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass, replace
else:

    def dataclass(*, frozen, slots):
        """As `dataclasses.dataclass`, for ``frozen=True, slots=True`` and classes without bases.

        Defaults are plain values: `dataclasses.field` is not understood.
        """
        assert frozen is slots is True, "all that there is"
        return _make

    def replace(picture, /, **changes):
        """As `dataclasses.replace`, without importing it."""
        for name in picture.__match_args__:
            if name not in changes:
                changes[name] = getattr(picture, name)
        return type(picture)(**changes)


__all__ = ["dataclass", "replace"]


def _make(plain: type) -> type:
    """The class with slots for its fields; what is missing comes when it is asked for."""
    assert plain.__bases__ == (object,), "a picture has no base class"
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
        "__setattr__": _refuse_to_set,
        "__delattr__": _refuse_to_delete,
        "__getstate__": _state,
        "__setstate__": _set_state,
        "__replace__": replace,
        "__repr__": namespace.get("__repr__", _repr),
    }
    namespace["__eq__"], namespace["__hash__"] = _comparing(names)
    return type(plain.__name__, (), namespace)


def _first_init(later: _Later) -> object:
    """An `__init__` that writes the real one, puts it in its own place and calls it."""

    def __init__(self: object, *values: object, **named: object) -> None:  # noqa: N807 - it is
        # Two threads at once write it twice; either is right.
        later.owner.__init__ = real = _write_init(later)  # type: ignore[misc]  # that is it
        real(self, *values, **named)

    return __init__


def _write_init(later: _Later) -> Callable[..., None]:
    """The `__init__` of a class, its fields set by their slots."""
    names, defaults = later.names, later.defaults
    parameters = "".join(
        f", {name}=_defaults[{name!r}]" if name in defaults else f", {name}" for name in names
    )
    setters = "".join(f", _set_{name}" for name in names)
    lines = [
        f"def _write(_defaults{setters}):",
        f" def __init__(self{parameters}):",
        *(f"  _set_{name}(self, {name})" for name in names),
        "  return",
        " return __init__",
    ]
    written: dict[str, object] = {}
    # Our own globals tell whose code it is, see `engine.frames`.
    exec(compile("\n".join(lines), "<string>", "exec"), globals(), written)
    slots = [vars(later.owner)[name].__set__ for name in names]
    init: Callable[..., None] = written["_write"](defaults, *slots)  # type: ignore[operator]  # it
    init.__qualname__ = f"{later.owner.__qualname__}.__init__"
    return init


class _Later:
    """What a class is made of; in the place of its fields until somebody asks for them."""

    owner: type

    def __init__(self, names: tuple[str, ...], defaults: dict[str, object]) -> None:
        self.names = names
        self.defaults = defaults

    def __set_name__(self, owner: type, name: str) -> None:
        self.owner = owner

    def __get__(self, picture: object, cls: type) -> object:
        import dataclasses

        namespace = {
            "__annotations__": self.owner.__annotations__,
            "__module__": self.owner.__module__,
            "__doc__": "",  # else it looks for the signature
            **self.defaults,
        }
        # Only the fields are wanted: without these methods it writes no code.
        note = dataclasses.dataclass(init=False, repr=False, eq=False)
        fields: object = vars(note(type("", (), namespace)))["__dataclass_fields__"]
        self.owner.__dataclass_fields__ = fields  # type: ignore[attr-defined]  # as they do
        return fields


def _comparing(names: tuple[str, ...]) -> tuple[object, object]:
    """`__eq__` and `__hash__`, by the values of the fields."""
    values = attrgetter(*names) if names else _no_values

    def __eq__(self: object, other: object) -> bool:  # noqa: N807 - it is one
        if self.__class__ is not other.__class__:
            return NotImplemented
        return bool(values(self) == values(other))

    def __hash__(self: object) -> int:  # noqa: N807 - it is one
        return hash(values(self))

    return __eq__, __hash__


def _no_values(_picture: object) -> tuple[()]:
    return ()


def _repr(self: object) -> str:
    names: tuple[str, ...] = type(self).__match_args__  # type: ignore[attr-defined]  # it has
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
    return f"{type(self).__qualname__}({shown})"


def _refuse_to_set(_self: object, name: str, _value: object) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_self: object, name: str) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: object) -> list[object]:
    names: tuple[str, ...] = type(self).__match_args__  # type: ignore[attr-defined]  # it has
    return [getattr(self, name) for name in names]


def _set_state(self: object, state: list[object]) -> None:
    for name, value in zip(type(self).__match_args__, state, strict=True):  # type: ignore[attr-defined]  # it has
        object.__setattr__(self, name, value)

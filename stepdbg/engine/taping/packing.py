"""Results of threads as bytes.

Owns: which objects can be on a tape; packing and unpacking them.
Does not own: when a result comes (threads).

Packing runs no code of the program, because that would run once more than without the tape.  A tape
may come from anybody, so only what could have been packed is unpacked.
"""

from __future__ import annotations

from pickle import Pickler, PicklingError, Unpickler, UnpicklingError
from typing import Any, NoReturn

from outcome import Error, Outcome, Value

from stepdbg.engine.stacks.frames import is_own
from stepdbg.model.standard import io, sys

_KNOWN = {
    "builtins": "bytearray complex frozenset object range set slice",
    "collections": "Counter OrderedDict deque",
    "datetime": "date datetime time timedelta timezone",
    "decimal": "Decimal",
    "fractions": "Fraction",
    "ipaddress": "IPv4Address IPv6Address",
    "os": "stat_result terminal_size",
    "pathlib": "PosixPath PurePosixPath",
    "pathlib._local": "PosixPath PurePosixPath",
    "socket": "AddressFamily AddressInfo SocketKind gaierror herror",
    "uuid": "SafeUUID UUID",
    "_socket": "gaierror herror",
}
"""Classes of the standard library, by module, whose objects are nothing but values."""

_OWN_WAYS = ("__reduce__", "__reduce_ex__", "__getstate__")
_MORE_WAYS = ("__setstate__", "__getnewargs__", "__getnewargs_ex__")


def pack(result: Outcome[Any]) -> bytes | None:
    """A result as bytes; None if it holds an object that cannot be on a tape."""
    body = (False, result.error) if isinstance(result, Error) else (True, _value(result))
    out = io.BytesIO()
    try:
        _Packer(out, 4).dump(body)
    except Exception:  # objects of C code may raise anything
        return None
    return out.getvalue()


def unpack(packed: bytes) -> Outcome[Any] | None:
    """The result in some bytes; None if `pack` could not have made them."""
    try:
        is_value, body = _Reader(io.BytesIO(packed)).load()
        return Value(body) if is_value else Error(body)
    except Exception:
        return None


def _value(result: Outcome[Any]) -> object:
    assert isinstance(result, Value)
    return result.value


class _Packer(Pickler):
    """Classes go by their names: `pickle` would import their modules to make sure of them."""

    def persistent_id(self, given: Any) -> str | None:
        """The name of a class; None for all else."""
        if not isinstance(given, type):
            return None
        name = f"{given.__module__}:{given.__qualname__}"
        if _class_of(name) is not given:
            raise PicklingError(name)
        return name

    def reducer_override(self, given: Any) -> Any:
        """Called for all but the plainest values.  Raises `PicklingError`: not for a tape."""
        if not _is_fine(type(given)):
            raise PicklingError(type(given).__name__)
        return NotImplemented


class _Reader(Unpickler):
    def persistent_load(self, pid: Any) -> Any:
        """A class, if it is one whose objects can be packed.  Raises `UnpicklingError`."""
        found = _class_of(pid)
        if found is None:
            raise UnpicklingError(str(pid))
        return found

    def find_class(self, module: str, name: str) -> NoReturn:
        """Raises `UnpicklingError`: only classes are named, and not in this way."""
        raise UnpicklingError(f"{module}.{name}")


def _class_of(name: str) -> type | None:
    """The class of this name, if its objects can be packed."""
    module, _, path = name.partition(":")
    found: Any = sys.modules.get(module)
    for part in path.split("."):
        found = getattr(found, part, None)
    return found if isinstance(found, type) and _is_fine(found) else None


def _is_fine(cls: type) -> bool:
    return _is_known(cls) or _is_plain(cls)


def _is_known(cls: type) -> bool:
    """Whether a class is one of the standard library that can be packed."""
    if cls.__qualname__ in _KNOWN.get(cls.__module__, "").split():
        return True
    return cls.__module__ == "builtins" and issubclass(cls, BaseException)


def _is_plain(cls: type) -> bool:
    """Whether a class is the program's own, and `pickle` runs none of its code to take it apart."""
    file = getattr(sys.modules.get(cls.__module__), "__file__", None)
    if type(file) is not str or not is_own(file):
        return False
    base: type = BaseException if issubclass(cls, BaseException) else object
    if issubclass(cls, tuple):
        return hasattr(cls, "_fields") and cls.__base__ is tuple
    if any(getattr(cls, way) is not getattr(base, way) for way in _OWN_WAYS):
        return False
    return base is BaseException or not any(hasattr(cls, way) for way in _MORE_WAYS)

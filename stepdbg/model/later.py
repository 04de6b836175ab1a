"""Submodules that are imported when somebody uses them.

Owns: what stands in for such a module until then.
Does not own: which ones: the ``__init__`` of each package says so.

``from . import name`` gets the stand-in, and ``name.function()`` imports the module when it
runs.  So a program that is let go at once pays for nothing but what that takes: a module of
ours costs a quarter of a millisecond, with what its end takes.

The stand-in is not in `sys.modules`: a program that looks through that must not import our
modules by looking at them.  And nobody is asked who has put a function of its own in the
place of `builtins.__import__`.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType


class _StandIn:
    """One module that may not have been imported yet."""

    __slots__ = ("_module", "_name")
    _module: ModuleType | None
    _name: str

    def __init__(self, name: str) -> None:
        object.__setattr__(self, "_name", name)
        object.__setattr__(self, "_module", None)

    def __getattr__(self, attribute: str) -> object:
        return getattr(self._module or _load(self), attribute)

    def __setattr__(self, attribute: str, value: object) -> None:
        setattr(_load(self), attribute, value)

    def __delattr__(self, attribute: str) -> None:
        delattr(_load(self), attribute)


def _load(stand_in: _StandIn) -> ModuleType:
    module = import_module(stand_in._name)  # noqa: SLF001 - its other half
    object.__setattr__(stand_in, "_module", module)
    return module


def later(package: str, names: str) -> Callable[[str], object]:
    """The ``__getattr__`` of a package that has such submodules.

    Args:
        package: its ``__name__``.
        names: those of the submodules, between blanks.
    """
    known = frozenset(names.split())

    def __getattr__(name: str) -> object:  # noqa: N807 - it is one
        if name in known:
            return _StandIn(f"{package}.{name}")
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return __getattr__

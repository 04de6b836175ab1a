"""Objects in the places of functions in C, which ask the tape.

Owns: `Taped`, `replace`.  Does not own: which functions (launcher.taping, engine.taping).
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from .tape import Tape


class Taped:
    """Stands for a function in C.

    It is not a function in Python, since one would become a method in the body of a class.  It
    answers to `inspect`, `pickle` and `copy` as the function does.

    Args:
        tape: what it asks.
        kind: of its entries.
        real: the function.
        by: gives what the function does, from the tape or not; None: the plain way.
    """

    def __init__(
        self, tape: Tape, kind: str, real: Callable[..., Any], by: Callable[..., Any] | None = None
    ) -> None:
        self._tape, self._kind, self._real = tape, kind, real
        self._by = by
        self.__wrapped__ = real
        for name in ("__name__", "__qualname__", "__doc__", "__module__", "__self__"):
            if hasattr(real, name):
                setattr(self, name, getattr(real, name))

    def __call__(self, *args: Any, **named: Any) -> Any:
        """What the function gives."""
        tape = self._tape
        if not tape.here():
            return self._real(*args, **named)
        if self._by is not None:
            return self._by(*args, **named)
        return tape.of(self._kind, self._real, *args, **named)

    def __repr__(self) -> str:
        return repr(self._real)

    def __reduce__(self) -> str:
        """By its name in its module, as a function."""
        return self._real.__name__


def replace(tape: Tape, module: ModuleType, *names: str) -> None:
    """Put a `Taped` in the place of each of these functions that a module has."""
    for name in names:
        real = vars(module).get(name)
        if callable(real):
            setattr(module, name, Taped(tape, f"{module.__name__}.{name}", real))

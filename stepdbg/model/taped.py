"""Objects that replace functions in C and ask the tape.

Owns: `Taped`, `replace`.  Does not own: which functions (launcher.taping, engine.taping).
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from .tape import Tape


class Taped:
    """Stands in for a function in C.

    It is not a Python function, since that would become a method in the body of a class.
    `inspect`, `pickle` and `copy` treat it as they treat the function.

    Args:
        tape: the tape to ask.
        kind: the kind of its entries.
        real: the function.
        by: gets the result from the tape or from the function; None: by `Tape.of`.
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
        """Return the result of the function, from the tape or from the function."""
        tape = self._tape
        if not tape.here():
            return self._real(*args, **named)
        if self._by is not None:
            return self._by(*args, **named)
        return tape.of(self._kind, self._real, *args, **named)

    def __repr__(self) -> str:
        return repr(self._real)

    def __reduce__(self) -> str:
        """Pickle it by its name in its module, as a function."""
        return self._real.__name__


def replace(tape: Tape, module: ModuleType, *names: str) -> None:
    """Replace each of these functions that a module has by a `Taped`."""
    for name in names:
        real = vars(module).get(name)
        if callable(real):
            setattr(module, name, Taped(tape, f"{module.__name__}.{name}", real))

"""Our ``__import__`` in the place of the program's, while a module of ours is executed.

Owns: `InPlaceOfImport`.  Does not own: when it is needed (sealed.importer).

Functions of modules that are shared with the program import by `builtins.__import__`, also when a
module of ours calls them while it is executed.  Where the program has changed the import system,
they are given ours for that time, and all other threads go on having the program's.
"""

from __future__ import annotations

import builtins
from _thread import get_ident

from .own import BUILTINS

globals()["__builtins__"] = BUILTINS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class InPlaceOfImport:
    """A context in which functions that this thread calls import by ours.

    ours: takes what ``__import__`` takes.
    """

    def __init__(self, ours: Callable[..., object]) -> None:
        self._before = before = builtins.__import__
        me = get_ident()

        def choose(*args: object, **named: object) -> object:
            return ours(*args, **named) if get_ident() == me else before(*args, **named)  # type: ignore[arg-type]  # as given

        self._choose = choose

    def __enter__(self) -> None:
        builtins.__import__ = self._choose  # type: ignore[assignment]  # takes the same

    def __exit__(self, *_: object) -> None:
        if builtins.__import__ is self._choose:
            builtins.__import__ = self._before

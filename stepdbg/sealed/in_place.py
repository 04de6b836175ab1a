"""Puts the interpreter's builtins back for a moment, if the program has replaced some.

Owns: `InPlace`, `own_copy`, `remembering`, `imported`.  Does not own: when they are needed.

Functions that are shared with the program (of the import system, of `enum`, of `typing`, of Trio)
look their builtins up in `builtins` whenever they run, even if stepdbg calls them.  If the program
has replaced a builtin, they would call the replacement, which may raise or do anything else.  So
stepdbg puts the interpreter's builtin back while one of its modules is executed, and at other short
times when no code of the program runs on this thread.  Meanwhile other threads still get the
program's function.  A class is the exception, since code may also compare with it: all threads get
the interpreter's.
"""

from __future__ import annotations

import builtins
import types
from _thread import RLock, get_ident
from types import FunctionType

from .own import BUILTINS, REAL_IMPORT

globals()["__builtins__"] = BUILTINS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    Made = TypeVar("Made", bound=Callable[..., object])

_ABSENT: object = object()
_REAL: dict[str, object] = {**BUILTINS, "__import__": REAL_IMPORT}
"""The builtins from before the program could change them, with the real ``__import__``."""


def changed() -> set[str]:
    """The names of the builtins that the program has replaced."""
    now = vars(builtins)
    return {name for name, real in _REAL.items() if now.get(name, _ABSENT) is not real}


class InPlace:
    """A context in which functions that this thread calls have the interpreter's builtins.

    Their ``__import__`` is stepdbg's.  Blocks may be nested, and run on several threads at once.
    """

    _lock = RLock()
    _inside: list[int] = []  # noqa: RUF012 - shared by all blocks, as is what follows
    """The thread of each block that has begun and not ended; the last block to end puts back."""
    _before: dict[str, tuple[object, object]] = {}  # noqa: RUF012
    """For each name, what the program had there and what now takes its place."""

    def __enter__(self) -> None:
        cls = InPlace
        with cls._lock:
            cls._inside.append(get_ident())
            now = vars(builtins)
            for name in ({"__import__"} | changed()) - cls._before.keys():
                theirs, ours = now.get(name, _ABSENT), BUILTINS[name]
                stands = ours
                if callable(ours) and not isinstance(ours, type) and theirs is not _ABSENT:
                    stands = _by_thread(ours, theirs, cls._inside)
                cls._before[name] = (theirs, stands)
                now[name] = stands

    def __exit__(self, *_: object) -> None:
        cls = InPlace
        with cls._lock:
            cls._inside.remove(get_ident())
            now = vars(builtins)
            while cls._before and not cls._inside:
                name, (theirs, stands) = cls._before.popitem()
                if now.get(name, _ABSENT) is not stands:
                    continue  # the program has replaced it again meanwhile
                if theirs is _ABSENT:
                    del now[name]
                else:
                    now[name] = theirs


class Nothing:
    """Takes the place of `InPlace` if the program has replaced no builtin."""

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(self, *_: object) -> None:
        """Do nothing: there is nothing to put back."""


NOTHING = Nothing()


def _by_thread(
    ours: Callable[..., object], theirs: object, inside: list[int]
) -> Callable[..., object]:
    """A function that calls `ours` on the threads in `inside`, and `theirs` on all others."""

    def choose(*args: object, **named: object) -> object:
        return ours(*args, **named) if get_ident() in inside else theirs(*args, **named)  # type: ignore[operator]  # as the program calls it

    return choose


def own_copy(function: Made) -> Made:
    """A copy of a function that is shared with the program; it always has stepdbg's builtins.

    The copy has a code object of its own, so that no breakpoint of the user is in it.
    """
    assert isinstance(function, FunctionType)
    names = {**function.__globals__, "__builtins__": BUILTINS}
    code, name = function.__code__.replace(), function.__name__
    made = FunctionType(code, names, name, function.__defaults__, function.__closure__)
    made.__kwdefaults__ = function.__kwdefaults__
    return made  # type: ignore[return-value]  # it has the same signature


_LAZY = getattr(types, "LazyImportType", None)


def is_lazy(value: object) -> bool:
    """Whether a value is what a name holds before its lazy import (PEP 810, Python 3.15)."""
    return type(value) is _LAZY


def imported(lazy: object) -> object:
    """What a lazy import imports, through stepdbg's importer.

    The name keeps the lazy import: for the program, it is imported when the program uses it.
    """
    with InPlace():  # it looks up ``__import__`` in the builtins of the module that has the name
        found: object = lazy.resolve()  # type: ignore[attr-defined]  # new in 3.15
    return found


_MOST = 200


def remembering(function: Callable[..., object]) -> FunctionType:
    """A function with a cache: it calls `function` once for the same arguments, in such a context.

    function: calls functions that are shared with the program, and no others of the program.
    """
    known: dict[tuple[object, ...], object] = {}

    def answer(*given: object) -> object:
        key = (*given, *map(type, given))  # with -b, comparing str and bytes warns
        try:
            return known[key]
        except KeyError:
            if len(known) >= _MOST:
                known.clear()
        with InPlace() if changed() else NOTHING:
            found = known[key] = function(*given)
        return found

    return answer  # type: ignore[return-value]  # it is one

"""Coroutine objects as results of what is typed.

Owns: recognising those that have not begun, and closing them.
Does not own: evaluating (evaluate), the lint about the program's coroutines
(linting.never_awaited).

When such a coroutine is freed, Python warns that it was never awaited, and names the line that
dropped the last reference.  That would be a line of stepdbg, at some later command.  So coroutines
that only the prompt refers to are closed first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import CoroutineType
from typing import Any, Final, TypeAlias, TypeGuard, cast

from stepdbg.model.records import replace
from stepdbg.model.standard import itertools, sys
from stepdbg.model.values import Value

Coroutine: TypeAlias = "CoroutineType[Any, Any, Any]"

_LOOKED_INTO: Final = 100
"""How many items of nested containers are looked at."""


def with_hint(obj: object, shown: Value) -> Value:
    """The picture of a result; for a coroutine that has not begun, it says how to run it."""
    if not _is_new(obj):
        return shown
    return replace(shown, text=f"{shown.text}\nnothing has run; `await` runs it")


def not_begun(*found: object) -> list[Coroutine]:
    """The coroutines that have not begun, among some objects and in their containers."""
    new: dict[int, Coroutine] = {}
    for each in itertools.islice(_everything_in(list(found)), _LOOKED_INTO):
        if _is_new(each):
            new[id(each)] = each
    return list(new.values())


def close(made: list[Coroutine]) -> None:
    """Close the coroutines that nothing else refers to.

    made: is emptied.
    """
    nobody_elses = object()  # from 3.14 on, the call itself may hold no reference
    while made:
        each = made.pop()
        if sys.getrefcount(each) == sys.getrefcount(nobody_elses):
            each.close()  # it has not begun, so none of its code runs


def _is_new(obj: object) -> TypeGuard[Coroutine]:
    if type(obj) is not CoroutineType or obj.cr_running or obj.cr_suspended:
        return False
    return obj.cr_frame is not None


def _everything_in(waiting: list[object]) -> Iterator[object]:
    while waiting:
        each = waiting.pop()
        yield each
        if type(each) is dict:
            waiting += each.values()
        elif type(each) in (list, tuple, set, frozenset):
            waiting += cast(Iterable[object], each)

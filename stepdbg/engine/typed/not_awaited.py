"""Coroutine objects as results of what is typed.

Owns: telling those of which nothing has run, and letting go of them.
Does not own: evaluating (evaluate), the lint about those of the program (linting.never_awaited).

When such a coroutine is freed, Python warns that it was never awaited, and names the line that let
go of it: one of ours, at any later command.  So those that only the prompt has are closed before.
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
"""How many items of containers in each other are looked at."""


def told(obj: object, shown: Value) -> Value:
    """The picture of a result; of a coroutine that has not begun it says what runs it."""
    if not _is_new(obj):
        return shown
    return replace(shown, text=f"{shown.text}\nnothing has run; `await` runs it")


def not_begun(*found: object) -> list[Coroutine]:
    """The coroutines among some objects, and in their containers, of which nothing has run."""
    new: dict[int, Coroutine] = {}
    for each in itertools.islice(_everything_in(list(found)), _LOOKED_INTO):
        if _is_new(each):
            new[id(each)] = each
    return list(new.values())


def close(made: list[Coroutine]) -> None:
    """Close those of some coroutines that nobody else has.

    made: is emptied.
    """
    nobody_elses = object()  # from 3.14 on the question itself may have no reference
    while made:
        each = made.pop()
        if sys.getrefcount(each) == sys.getrefcount(nobody_elses):
            each.close()  # nothing of it has run, so nothing runs


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

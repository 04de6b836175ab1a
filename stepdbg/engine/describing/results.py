"""What a run has returned, as a text that is the same for equal results.

Owns: `result_text`, `without_addresses`.
Does not own: comparing (launcher.exploring.compared), objects shown to a user (values).

The results of two schedules come from two processes, so only their texts can be compared.  Sets and
dictionaries are sorted by the texts of their items.  An object without its own `__repr__` is
written with its attributes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any, Final

from stepdbg.model.standard import re

_DEEPEST: Final = 12
_ADDRESS: Final = re.compile(r"\b0x[0-9a-fA-F]{6,16}\b")

_ORDERED: Final[dict[type, str]] = {list: "[]", tuple: "()", deque: "deque[]"}
_UNORDERED: Final[dict[type, str]] = {set: "{}", frozenset: "frozenset{}"}


def without_addresses(text: str) -> str:
    """The text with all addresses of objects replaced by the same word."""
    return _ADDRESS.sub("0x…", text)


def result_text(value: object) -> str:
    """The text of a result; this calls code of the program."""
    return _text(value, ())


def _text(value: object, around: tuple[int, ...]) -> str:
    """The text of a value; `around` holds the ids of the containers around it."""
    if id(value) in around or len(around) > _DEEPEST:
        return "…"
    kind, inner = type(value), (*around, id(value))
    if kind in _ORDERED:
        return _joined(_ORDERED[kind], [_text(each, inner) for each in _items(value)])
    if kind in _UNORDERED:
        return _joined(_UNORDERED[kind], sorted(_text(each, inner) for each in _items(value)))
    if isinstance(value, dict) and kind is dict:
        pairs = [f"{_text(key, inner)}: {_text(each, inner)}" for key, each in value.items()]
        return _joined("{}", sorted(pairs))
    if kind.__repr__ is object.__repr__ and hasattr(value, "__dict__"):
        names = [f"{name}={_text(each, inner)}" for name, each in vars(value).items()]
        return _joined(f"{kind.__qualname__}()", sorted(names))
    try:
        return without_addresses(repr(value))
    except Exception as error:
        return f"<{kind.__qualname__} whose repr raises {type(error).__qualname__}>"


def _items(value: Any) -> Iterable[object]:
    return list(value)


def _joined(around: str, parts: list[str]) -> str:
    return f"{around[:-1]}{', '.join(parts)}{around[-1]}"

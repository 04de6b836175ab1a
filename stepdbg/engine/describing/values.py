"""Objects of the program, described under a budget.

Owns: `describe`, `describe_exception` and `describe_whole`, the only ways from an object to text.
Does not own: the standard types (walkers), layout (pictures), the time limit (watchdog),
names and control characters (plain).

Containers of the standard types are walked item by item as far as the budget goes.  So a list of
ten million items costs as much as one of fifty.  Only for other objects their own ``__repr__`` is
called, under a time limit; with ``budget.seconds == 0`` it is never called.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from functools import partial
from types import FunctionType
from typing import Any, Final

from stepdbg._trio_internals.frame_values import is_a
from stepdbg.model.depth import TOO_LITTLE
from stepdbg.model.interrupts import interruptible
from stepdbg.model.standard import itertools, time
from stepdbg.model.values import Budget, Value

from .pictures import CUT, Group, Node, flat, spread
from .plain import one_line, plain_text, static_attribute, type_name, without_colours
from .walkers import find_walker

__all__ = ["describe", "describe_exception", "describe_whole", "plain_text", "type_name"]

_MESSAGE: Final = 500
_MESSAGE_LINES: Final = 30
_NOTES: Final = 20
_NAME: Final = 200
_ENOUGH_FOR_A_CUT: Final = 4


def describe(obj: object, budget: Budget, *, width: int = 80) -> Value:
    """Describe an object; raises nothing, whatever the object does.

    budget: with ``seconds`` 0 no code of the program is called: objects of other than the
        built-in types come out as ``<module.Type at 0x…>``.
        With ``pretty``, containers that need more than `width` columns are spread over lines.
    """
    description = _Description(budget)
    try:
        node = description.node(obj, budget.depth)
        text = spread(node, width) if budget.pretty else flat(node)
    except KeyboardInterrupt:
        description.note("it was interrupted")
        text = _anonymous(obj)
    except TOO_LITTLE as error:  # the program is close to that limit
        description.note(f"describing it raised {type(error).__name__}")
        text = _anonymous(obj)
    text = description.clip(text, budget.characters)
    return Value(text, type_name(type(obj)), description.cut, description.problem)


def describe_exception(error: BaseException, *, seconds: float = 0.5) -> str:
    """An exception in one line, as a traceback ends: ``ValueError: message``.

    seconds: how long its ``__str__`` may take.
    """
    message = _asked(lambda: one_line(_message(error, seconds), _MESSAGE))
    return _headed(error, message)


def describe_whole(error: BaseException, *, seconds: float = 0.5) -> str:
    """The same with each line of a message that has several, and of the notes (`add_note`).

    seconds: how long its ``__str__`` may take.
    """
    message = _asked(lambda: _lines(_message(error, seconds)))
    return "\n".join((_headed(error, message), *map(_lines, _notes(error))))


def _message(error: BaseException, seconds: float) -> str:
    return without_colours(error, _call_limited(partial(str, error), seconds))


def _headed(error: BaseException, message: str) -> str:
    name = type_name(type(error)).removeprefix("__main__.")
    return f"{name}: {message}" if message else name


def _asked(ask: Callable[[], str]) -> str:
    try:
        return ask()
    except BaseException as problem:
        # Not the text of that exception: its ``__str__`` is code of the program as well.
        return f"<its __str__ raised {type_name(type(problem))}>"


def _lines(message: str) -> str:
    """A message with its lines kept; a message of one line in one line; cut if it is very long."""
    exact = str.__getitem__(message, slice(0, 4 * _MESSAGE))
    lines = [line.rstrip() for line in plain_text(exact).strip().split("\n")]
    if len(lines) == 1:
        return one_line(message, _MESSAGE)
    cut = len(lines) > _MESSAGE_LINES or len(exact) < str.__len__(message)
    return "\n".join([*lines[:_MESSAGE_LINES], *([CUT] if cut else ())])


def _notes(error: BaseException) -> list[str]:
    """The notes of an exception; anything that is not text was not added by `add_note`."""
    attributes: dict[str, object] = BaseException.__dict__["__dict__"].__get__(error)
    found = attributes.get("__notes__")
    notes = found[:_NOTES] if type(found) is list else []
    return [note for note in notes if isinstance(note, str)]


def _call_limited(call: Callable[[], Any], seconds: float) -> Any:
    from .watchdog import call_limited  # a run without evaluation needs no watchdog

    with interruptible():
        return call_limited(call, seconds)


def _anonymous(obj: object) -> str:
    return f"<{type_name(type(obj))} at {id(obj):#x}>"


class _Description:
    """A description in progress: the rest of its budget, and what went wrong."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.deadline = time.monotonic() + budget.seconds
        self.left = budget.characters
        self.cut = False
        self.problem = ""
        self.around: list[int] = []  # identities of the containers around, to notice cycles

    def node(self, obj: object, depth: int) -> Node:
        """Describe an object with at most `depth` levels of containers."""
        kind, calls = type(obj), self.budget.seconds > 0
        walk = find_walker(kind, inherited=calls)
        if walk is None and not calls and is_a(obj, type):
            walk = find_walker(type, inherited=False)
        if walk is not None:
            return walk(self, obj, depth)
        if not calls:
            return self.leaf(_anonymous(obj))
        return self._fields(obj, depth) or self._own_repr(obj)

    def note(self, problem: str) -> None:
        """Remember the first problem."""
        self.problem = self.problem or problem

    def limit(self) -> int:
        """Characters for the next leaf: no item may use up the budget of its siblings."""
        share = self.budget.characters // 4 if self.around else self.budget.characters
        return max(8, min(self.left, share))

    def clip(self, text: str, limit: int) -> str:
        """Cut a text to this many characters."""
        if len(text) <= limit:
            return text
        self.cut = True
        return text[: max(0, limit - 1)] + CUT

    def leaf(self, text: str, *, cut: bool = False) -> str:
        """A finished piece of the picture; `cut`: whether something is missing in it."""
        clipped = self.clip(text, self.limit())
        self.left -= len(clipped)
        self.cut |= cut
        return clipped

    def group(
        self,
        obj: object,
        edges: tuple[str, str],
        items: Iterable[Any],
        size: int,
        depth: int,
        label: Callable[[Any], str] | None = None,
    ) -> Node:
        """A container of `size` items; with `label`, of pairs whose first part becomes a label."""
        opening, closing = edges
        if id(obj) in self.around:
            return self.leaf(f"{opening}...{closing}")
        self.left -= len(opening) + len(closing)
        if depth <= 0 and size:
            self.cut = True
            return opening + CUT + closing
        self.around.append(id(obj))
        found = self._items(items, depth - 1, label)
        self.around.pop()
        if len(found) < size:
            self.cut = True
            found.append(("", CUT))
        return Group(opening, tuple(found), closing)

    def _items(
        self, items: Iterable[Any], depth: int, label: Callable[[Any], str] | None
    ) -> list[tuple[str, Node]]:
        # Fetch all items before describing the first: a __repr__ may change the container.
        found: list[tuple[str, Node]] = []
        for item in list(itertools.islice(items, max(0, self.budget.length))):
            if self.left <= _ENOUGH_FOR_A_CUT:
                break
            self.left -= 2  # a comma and a blank
            if label is None:
                found.append(("", self.node(item, depth)))
            else:
                found.append((label(item[0]), self.node(item[1], depth)))
        return found

    # -- asking the program -----------------------------------------------------------

    def _own_repr(self, obj: object) -> Node:
        text = self._ask(partial(repr, obj), obj, "__repr__")
        if text is None:
            return self.leaf(_anonymous(obj))
        # Does not call `len` of a str subclass, and does not read a whole megabyte.
        limit = self.limit()
        cut = str.__len__(text) > limit
        start = plain_text(str.__getitem__(text, slice(0, limit)))
        return self.leaf(start[: limit - 1] + CUT if cut else start, cut=cut)

    def _fields(self, obj: object, depth: int) -> Node | None:
        """A named tuple or a data class with a generated ``__repr__``: field by field."""
        fetch = _generated_by(type(obj))
        if fetch is None:
            return None
        fields = self._ask(partial(fetch, obj), obj, "fields")
        if fields is None:
            return self.leaf(_anonymous(obj))
        edges = (type_name(type(obj)).rpartition(".")[2] + "(", ")")
        return self.group(obj, edges, fields, len(fields), depth, lambda name: f"{name}=")

    def _ask(self, call: Callable[[], Any], obj: object, what: str) -> Any:
        """Call code of the program in the time that is left; None if that failed."""
        whose = f"the {what} of {type_name(type(obj))}" if self.around else f"its {what}"
        left = self.deadline - time.monotonic()
        if left <= 0:
            self.note(f"no time was left for {whose}")
            return None
        try:
            return _call_limited(call, left)
        except BaseException as error:
            self.note(f"{whose} {self._failure(error)}")
        return None

    def _failure(self, error: BaseException) -> str:
        from .watchdog import CannotWatch, OutOfTime

        match error:
            case OutOfTime():
                return f"took longer than {self.budget.seconds:g} s"
            case CannotWatch():
                return f"was not called: {error}"
            case KeyboardInterrupt():
                return "was interrupted"
            case RecursionError():
                return "recursed too deeply"
        seconds = max(0.01, self.deadline - time.monotonic())
        return f"raised {describe_exception(error, seconds=seconds)}"


Fetch = Callable[[Any], list[tuple[str, object]]]


def _generated_by(kind: type) -> Fetch | None:
    """How to fetch the fields of a type whose ``__repr__`` was made by the standard library."""
    found = static_attribute(kind, "__repr__")
    if type(found) is not FunctionType:
        return None
    if found.__code__ is _NAMED_TUPLE:
        return _named_tuple_fields
    inner = found.__dict__.get("__wrapped__")
    if found.__code__ is _DATA_CLASS and type(inner) is FunctionType:
        # This wrapper is the same as `reprlib.recursive_repr`, and generated code has no file.
        return _data_class_fields if inner.__code__.co_filename == "<string>" else None
    return None


def _named_tuple_fields(obj: Any) -> list[tuple[str, object]]:
    names = (one_line(name, _NAME) for name in obj._fields)
    return list(zip(names, tuple.__iter__(obj), strict=True))


def _data_class_fields(obj: Any) -> list[tuple[str, object]]:
    names = (field.name for field in dataclasses.fields(obj) if field.repr)
    return [(one_line(name, _NAME), getattr(obj, name)) for name in names]


# The code that every generated ``__repr__`` shares; Group is a named tuple.
_NAMED_TUPLE: Final = Group.__repr__.__code__
_DATA_CLASS: Final = dataclasses.make_dataclass("Any", ()).__repr__.__code__

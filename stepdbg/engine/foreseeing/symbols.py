"""What a value may be, described without looking at any object.

Owns: `Path`, `Symbol`, and putting them together.
Does not own: which instructions make which (effects), the objects that they stand for (spaces).
"""

from __future__ import annotations

import enum
from typing import Final

from stepdbg.model.records import NamedTuple

STEPS: Final = 6
"""How many steps a path may have; longer paths come from loops over linked objects."""

PATHS: Final = 6
"""How many paths a value may have."""


class Root(enum.Enum):
    """Where a path begins."""

    LOCAL = "a variable of the function, closed-over ones included"
    GLOBAL = "a global name"
    STACK = "what has been on the stack of a suspended frame, counted from its bottom"
    MADE = "a function that the code makes, by its number"

    __hash__ = object.__hash__  # `Enum.__hash__` would call the program's `hash`


class Step(enum.Enum):
    """How a path goes on."""

    ATTRIBUTE = "attribute"
    INHERITED = "attribute of super()"
    ITEM = "item"

    __hash__ = object.__hash__


class Path(NamedTuple):
    """A way to an object, such as ``self.pool.lock`` or ``pairs["a"][0]``.

    name: the name of a variable, or a number.
    """

    root: Root
    name: str | int
    steps: tuple[tuple[Step, object], ...] = ()


class Symbol(NamedTuple):
    """A value.

    paths: it is what one of these leads to when the code goes on.
    Empty: it is of no interest.
    mixed: whether it may also be anything that can be reached from there.
    constant: if it is a constant, a tuple with that constant.
    name: the name of the attribute that it is, if nothing more is known of it.
    """

    paths: frozenset[Path] = frozenset()
    mixed: bool = False
    constant: tuple[object, ...] = ()
    name: str = ""

    def part(self, step: Step, name: object) -> Symbol:
        """An attribute or item of the value."""
        if not self.paths:
            return NOTHING
        if self.mixed:
            return Symbol(self.paths, True, (), name if isinstance(name, str) else "")
        if any(len(path.steps) >= STEPS for path in self.paths):
            return self.loosely()
        added = (step, name)
        return Symbol(frozenset(path._replace(steps=(*path.steps, added)) for path in self.paths))

    def plainly(self) -> Symbol:
        """The value without its constant and its name."""
        return Symbol(self.paths, self.mixed)

    def loosely(self) -> Symbol:
        """The value, or something that can be reached from it."""
        return Symbol(self.paths, mixed=True) if self.paths else NOTHING


NOTHING: Final = Symbol()

GAP: Final = Symbol(name="gap")
"""A place that holds no object: a NULL on the stack, or (from 3.15 on) the index of a loop."""


def variable(root: Root, name: str | int) -> Symbol:
    """The value that a variable has when the code goes on."""
    return Symbol(frozenset((Path(root, name),)))


def either(first: Symbol, second: Symbol) -> Symbol:
    """One of two values."""
    if first == second:
        return first
    paths = first.paths | second.paths
    if len(paths) > PATHS:
        return Symbol(frozenset(sorted(paths, key=repr)[:PATHS]), mixed=True)
    return Symbol(paths, first.mixed or second.mixed)


def together(*symbols: Symbol) -> Symbol:
    """A value made of several others."""
    found = NOTHING
    for each in symbols:
        found = either(found, each)
    return found.loosely()

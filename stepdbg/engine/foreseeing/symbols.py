"""What a value may be, said without looking at any object.

Owns: `Path`, `Symbol`, and putting them together.
Does not own: which instructions make which (effects), the objects that they stand for (plain).
"""

from __future__ import annotations

import enum
from typing import Final, NamedTuple

STEPS: Final = 6
"""How far a path goes; longer ones come from loops over linked objects."""

PATHS: Final = 6
"""Of how many things a value may be one."""


class Root(enum.Enum):
    """Where a path begins."""

    LOCAL = "a variable of the function, closed-over ones included"
    GLOBAL = "a global name"
    STACK = "what has been on the stack of a suspended frame, counted from its bottom"
    MADE = "a function that the code makes, by its number"

    __hash__ = object.__hash__  # that of `Enum` asks the program's `hash`


class Step(enum.Enum):
    """How a path goes on."""

    ATTRIBUTE = "attribute"
    INHERITED = "attribute of super()"
    ITEM = "item"

    __hash__ = object.__hash__


class Path(NamedTuple):
    """``self.pool.lock`` or ``pairs["a"][0]``.

    name: that of a variable, or a number.
    """

    root: Root
    name: str | int
    steps: tuple[tuple[Step, object], ...] = ()


class Symbol(NamedTuple):
    """A value.

    paths: it is one of these, as they are when the code goes on.  None: of no interest.
    mixed: it may also be anything that can be reached from one of them.
    constant: the one that it is, in a tuple of one.
    name: that of the attribute that it is, where more is not known of it.
    """

    paths: frozenset[Path] = frozenset()
    mixed: bool = False
    constant: tuple[object, ...] = ()
    name: str = ""

    def part(self, step: Step, name: object) -> Symbol:
        """An attribute or item of it."""
        if not self.paths:
            return NOTHING
        if self.mixed:
            return Symbol(self.paths, True, (), name if isinstance(name, str) else "")
        if any(len(path.steps) >= STEPS for path in self.paths):
            return self.loosely()
        added = (step, name)
        return Symbol(frozenset(path._replace(steps=(*path.steps, added)) for path in self.paths))

    def plainly(self) -> Symbol:
        """It, without what is known of a constant or a name."""
        return Symbol(self.paths, self.mixed)

    def loosely(self) -> Symbol:
        """It, or something that can be reached from it."""
        return Symbol(self.paths, mixed=True) if self.paths else NOTHING


NOTHING: Final = Symbol()


def variable(root: Root, name: str | int) -> Symbol:
    """What a variable is when the code goes on."""
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

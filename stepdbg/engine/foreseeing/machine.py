"""The state of code before one of its instructions, and what it has used until then.

Owns: `Machine`, and the records of uses.  Does not own: what instructions do to a state (effects).
"""

from __future__ import annotations

from types import CodeType
from typing import Final

from stepdbg.model.records import NamedTuple

from .symbols import NOTHING, Path, Root, Step, Symbol, either, together, variable


class Named(NamedTuple):
    """An attribute is looked up, by its name or by a statement such as ``async with``."""

    value: Symbol
    name: str
    line: int


class Called(NamedTuple):
    """Something is called.

    names: the names of the keyword arguments, which come last; None: it is not known which those
        are.
    attribute: the name under which the callee was found, if nothing more is known of it.
    """

    callee: Symbol
    arguments: tuple[Symbol, ...]
    names: tuple[str, ...] | None
    line: int
    attribute: str = ""


class Escaped(NamedTuple):
    """A value escapes: it is stored somewhere, yielded, or put to some other use.

    returned: whether it is the result of the function.
    """

    value: Symbol
    line: int
    returned: bool = False


class Made(NamedTuple):
    """A function is made.

    closure: the variables around it that it uses.
    """

    code: CodeType
    closure: tuple[tuple[str, Symbol], ...]
    line: int


Use = Named | Called | Escaped
_SUPER: Final = "super()"
ENTERS: Final = "enters()"
"""The name of a symbol that returns its own object when it is called."""

_SUPER_FUNCTION: Final = Path(Root.GLOBAL, "super")
_RETURNS_ITSELF: Final = ("__enter__", "__aenter__", "__aiter__", "__iter__", "__await__")


class Machine:
    """The state of some code before one of its instructions.

    Args:
        code: the code.
        stack: the values on its stack, the top last.
        names: the values of variables, and of attributes that the code has stored; any other name
            has the value that it had when the code went on.
        uses: what was used so far.
        made: the functions that were made, by number.
    """

    def __init__(
        self,
        code: CodeType,
        stack: tuple[Symbol, ...],
        names: dict[str | Path, Symbol],
        uses: dict[Use, None],
        made: dict[int, Made],
    ) -> None:
        self.code = code
        self.stack = list(stack)
        self.names = dict(names)
        self.uses, self.made = uses, made
        self.line = code.co_firstlineno
        self.keywords: tuple[str, ...] = ()
        self.changed = False

    def pop(self) -> Symbol:
        """Take the top of the stack."""
        return self.stack.pop() if self.stack else NOTHING

    def take(self, count: int) -> tuple[Symbol, ...]:
        """Take several values from the stack, the top last."""
        return tuple(self.pop() for _ in range(count))[::-1]

    def push(self, *symbols: Symbol) -> None:
        """Put values on the stack, the last on top."""
        self.stack += symbols

    def load(self, name: object) -> Symbol:
        """The value of a variable."""
        assert isinstance(name, str)
        return self.names.get(name) or variable(Root.LOCAL, name)

    def store(self, name: object, value: Symbol) -> None:
        """Bind a variable."""
        assert isinstance(name, str)
        self.names[name] = value.plainly()
        self.changed = True

    def give(self, value: Symbol) -> None:
        """Note that a value is put to some use."""
        if value.paths:
            self.uses[Escaped(value.plainly(), self.line)] = None

    def attribute(self, owner: Symbol, name: str, step: Step = Step.ATTRIBUTE) -> Symbol:
        """Look up an attribute."""
        if not owner.paths:
            return NOTHING
        if owner.name == _SUPER:
            step = Step.INHERITED
        self.uses[Named(owner.plainly(), name, self.line)] = None
        found = owner.part(step, name)
        for path in found.paths:
            if path in self.names:
                return self.names[path]
        return found

    def call(self, callee: Symbol, arguments: tuple[Symbol, ...], *, known: bool = True) -> Symbol:
        """Call something."""
        names = self.keywords if known else None
        self.keywords = ()
        if (
            _SUPER_FUNCTION in callee.paths and not arguments
        ):  # from 3.12 on, `super().name` is one instruction
            return self.load(self.code.co_varnames[0])._replace(name=_SUPER)
        if callee.name == ENTERS:
            return callee.plainly()
        plain = tuple(each.plainly() for each in arguments)
        if callee.paths or any(each.paths for each in plain):
            use = Called(callee.plainly(), plain, names, self.line, callee.name)
            self.uses[use] = None
        owners = [_owner(path) for path in callee.paths]
        if not callee.mixed and owners and all(owners):
            return Symbol(frozenset(each for each in owners if each))
        return together(callee, *plain)


def _owner(path: Path) -> Path | None:
    """The path to the object of a method that is known to return it; None for other methods."""
    if path.steps and path.steps[-1][1] in _RETURNS_ITSELF:
        return path._replace(steps=path.steps[:-1])
    return None


def merged(first: tuple[Symbol, ...], second: tuple[Symbol, ...]) -> tuple[Symbol, ...]:
    """The stack where two ways through the code meet."""
    shared = min(len(first), len(second))
    return tuple(map(either, first[len(first) - shared :], second[len(second) - shared :]))

"""What the code of one frame shares with other tasks.

Owns: `Sharing`.
Does not own: which things there are (things), following the code (following_code).
"""

from __future__ import annotations

from types import FrameType

from stepdbg._trio_internals.frame_values import peek
from stepdbg.engine.foreseeing import plain
from stepdbg.engine.foreseeing.symbols import Symbol, together
from stepdbg.model.accesses import CHANGES

from .things import CONTAINERS, AccessLog, Value


class Sharing:
    """What the code of a frame reads and writes.

    Args:
        things: notes it.
        frame: the frame.
        decisions: the decisions of the frame that called it.

    Attributes:
        decisions: by thing, the last access that decided which way the code goes.
    """

    def __init__(self, things: AccessLog, frame: FrameType, decisions: dict[int, int]) -> None:
        self.frame = frame
        self.decisions = dict(decisions)
        self._things = things

    @property
    def decided(self) -> tuple[int, ...]:
        """The accesses that have decided so far which way the code goes."""
        return tuple(sorted(self.decisions.values()))

    def local(self, name: str) -> object:
        """The value of a variable at this moment; `plain.UNKNOWN` if it is not bound."""
        return peek(self.frame).get(name, plain.UNKNOWN)

    def symbol(self, obj: object, name: str, of: frozenset[int]) -> Symbol:
        """A symbol that stands for a value; the arguments are the fields of a `Value`."""
        return self._things.symbol(Value(obj, name, of))

    def known(self, symbol: Symbol) -> Value | None:
        """The value that a symbol stands for; None if it is not known."""
        return self._things.value(symbol)

    def decide(self, symbol: Symbol) -> None:
        """Note that a value decides which way the code goes."""
        for each in sorted(self._things.made_of(symbol)):
            self.decisions[self._things.accesses[each].thing] = each  # the last one of each thing

    def truth(self, symbol: Symbol) -> Symbol:
        """Test whether a value is true; for a container, that reads whether it is empty."""
        value = self.known(symbol)
        if value is None or type(value.obj) not in CONTAINERS:
            return symbol
        found = self._things.of_object(self, value, "reads", symbol, writes=False)
        return together(symbol, self.symbol(plain.UNKNOWN, "", found))

    def read_in(self, symbol: Symbol) -> Symbol:
        """Read the content of a container."""
        return self.truth(symbol).loosely()

    def read(self, key: tuple[object, ...] | None, name: str, obj: object, *of: Symbol) -> Symbol:
        """Read something under a key."""
        found: frozenset[int] = frozenset()
        if key is not None:
            found = self._things.note(self, key, name, "reads", *of, writes=False)
        for each in of:
            found |= self._things.made_of(each)
        return self.symbol(obj, name, found)

    def write(self, key: tuple[object, ...] | None, name: str, *of: Symbol) -> None:
        """Write something under a key."""
        if key is not None:
            self._things.note(self, key, name, "writes", *of, writes=True)

    def change(self, value: Value, *of: Symbol) -> None:
        """Change an item of a container."""
        self._things.of_object(self, value, CHANGES, *of, writes=True)

    def variable(self, name: str) -> tuple[object, ...] | None:
        """The key of a variable that functions share; None if its cell is not known."""
        return self._things.cell(self.frame, name, self.local(name))

    def global_key(self, name: str) -> tuple[object, ...]:
        """The key of a global variable."""
        return "global", self._things.identity(self.frame.f_globals), name

    def attribute_key(self, owner: Symbol, name: str) -> tuple[tuple[object, ...] | None, str]:
        """The key of an attribute (None if its object is not known), and how the code spells it."""
        value = self.known(owner)
        if value is None or value.obj is plain.UNKNOWN:
            return None, name
        return self._things.attribute_key(value.obj, name), f"{value.name}.{name}"

    def item_key(self, owner: Symbol, key: Symbol) -> tuple[tuple[object, ...] | None, str]:
        """The key of an item of a container (None if not known), and how the code spells it."""
        value = self.known(owner)
        if value is None or type(value.obj) not in CONTAINERS:
            return None, ""
        found = self._things.item_key(value.obj, key)
        return found, "" if found is None else f"{value.name}[{found[-1]!r}]"

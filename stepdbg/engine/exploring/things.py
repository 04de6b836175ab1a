"""What the tasks of a run share, and which of them read and write it.

Owns: `AccessLog`: which variable, attribute, item or object an access is to; `Value`, `CONTAINERS`.
Does not own: following code (following_code, touching), what accesses mean
(launcher.exploring.meaning).

No access is noted by mistake: an object that is not known for certain is left out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from types import (
    BuiltinFunctionType,
    CodeType,
    FrameType,
    FunctionType,
    MethodType,
    ModuleType,
)
from typing import Any, Final, Protocol

from stepdbg.engine.foreseeing import plain
from stepdbg.engine.foreseeing.symbols import PATHS, Path, Root, Symbol
from stepdbg.model.accesses import Access
from stepdbg.model.records import NamedTuple
from stepdbg.model.standard import gc, os

CONTAINERS: Final = (list, dict, set, deque, bytearray)
"""Types whose methods are known."""

_MOST: Final = 50_000
"""How many accesses are noted at most."""

_CELLS: Final = 200
"""How often the cell of a variable is sought at most, because that looks at all objects."""

_READERS: Final = frozenset(
    (
        *("is_set", "locked", "statistics", "clone", "wait", "get", "keys", "values", "items"),
        *("copy", "count", "index", "isdisjoint", "issubset", "issuperset", "union"),
        *("difference", "intersection", "wait_task_rescheduled", "__iter__", "__aiter__"),
    )
)
"""Methods that leave their object as it is."""

_READING_FUNCTIONS: Final = (
    *(len, sorted, sum, min, max, any, all),
    *(list, tuple, set, frozenset, dict, bool, enumerate, reversed, iter),
)
"""Functions that read what is in a container."""

_KEYED: Final = {"get": "reads", "pop": "writes", "setdefault": "writes"}
"""Methods of a dict that are about one item, and what they do to it."""


_CODE: Final = (type, ModuleType, FunctionType, BuiltinFunctionType)


class Value(NamedTuple):
    """A value on the stack of code that is followed.

    obj: the value itself; `plain.UNKNOWN` if it is not known.
    name: how the code spells it.
    of: the accesses that it was made of.
    owner: if it is a method, the object that has it.
    """

    obj: object
    name: str
    of: frozenset[int] = frozenset()
    owner: object = plain.UNKNOWN


def _is_trios(obj: object) -> bool:
    return plain.module_of(type(obj)).partition(".")[0] == "trio"


class Reader(Protocol):
    """Code that reads and writes.

    frame: its frame.
    decided: the accesses that have decided which way it goes.
    """

    @property
    def frame(self) -> FrameType: ...
    @property
    def decided(self) -> tuple[int, ...]: ...


class AccessLog:
    """What was read and written.

    log: the task of each step so far; its length says which step is under way.

    Attributes:
        accesses: all of them, in the order in which they came.
        complete: whether none was left out.
    """

    def __init__(self, log: Sequence[object]) -> None:
        self.accesses: list[Access] = []
        self.complete = True
        self._log = log
        self._values: list[Value] = []
        self._numbers: dict[tuple[object, ...], int] = {}
        self._kept: list[
            object
        ] = []  # kept alive, because only a living object has its id for itself
        self._cells: dict[tuple[FrameType, str], object] = {}
        self._sought = 0

    # -- values ---------------------------------------------------------------------------

    def symbol(self, value: Value) -> Symbol:
        """A symbol that stands for a value on a stack."""
        self._values.append(value)
        return Symbol(frozenset((Path(Root.STACK, len(self._values) - 1),)))

    def value(self, symbol: Symbol) -> Value | None:
        """The value that a symbol stands for; None if it is not a single known one."""
        if symbol.mixed or len(symbol.paths) != 1:
            return None
        (path,) = symbol.paths
        if path.root is not Root.STACK or path.steps:
            return None
        assert isinstance(path.name, int)
        return self._values[path.name]

    def made_of(self, symbol: Symbol) -> frozenset[int]:
        """The accesses that a symbol was made of."""
        found: frozenset[int] = frozenset()
        for path in symbol.paths:
            if path.root is Root.STACK and isinstance(path.name, int):
                found |= self._values[path.name].of
        return found

    # -- accesses -------------------------------------------------------------------------

    @property
    def place(self) -> int:
        """The place in the log of the step under way."""
        return len(self._log) - 1

    def note(
        self, by: Reader, key: tuple[object, ...], name: str, verb: str, *made_of: Symbol,
        writes: bool, kind: str = "",
    ) -> frozenset[int]:  # fmt: skip
        """Note an access; return its place among all of them."""
        if len(self.accesses) >= _MOST:
            self.complete = False
            return frozenset()
        number = self._numbers.setdefault(key, len(self._numbers))
        of = sorted(frozenset[int]().union(*map(self.made_of, made_of)))
        if any(len(each.paths) >= PATHS for each in made_of):
            of.append(-1)
        line = place_in(by.frame)
        self.accesses.append(
            Access(self.place, number, name, verb, writes, kind, line, tuple(of), by.decided)
        )
        return frozenset((len(self.accesses) - 1,))

    def identity(self, obj: object) -> int:
        """The id of an object, which is kept alive from now on."""
        self._kept.append(obj)
        return id(obj)

    def of_object(
        self, by: Reader, value: Value, verb: str, *made_of: Symbol, writes: bool
    ) -> frozenset[int]:
        """Note that an object is read or changed as a whole."""
        key, kind = ("object", self.identity(value.obj)), ""
        if _is_trios(value.obj):
            kind = type(value.obj).__name__
        return self.note(by, key, value.name, verb, *made_of, writes=writes, kind=kind)

    def attribute(self, by: Reader, owner: Symbol, name: str) -> Symbol:
        """Look up an attribute."""
        value = self.value(owner)
        of = self.made_of(owner)
        if value is None or value.obj is plain.UNKNOWN:
            return owner.loosely()
        found = plain.attribute(value.obj, name)
        spelt = f"{value.name}.{name}"
        if type(found) in (MethodType, plain.Native):
            return self.symbol(Value(found, spelt, of, value.obj))
        if _is_trios(value.obj):
            of |= self.of_object(by, value, "reads", owner, writes=False)
        elif not is_code(found):
            key = self.attribute_key(value.obj, name)
            of |= self.note(by, key, spelt, "reads", owner, writes=False)
        return self.symbol(Value(found, spelt, of))

    def attribute_key(self, owner: object, name: str) -> tuple[object, ...]:
        """The key of an attribute; an attribute of a module is a global variable."""
        if type(owner) is ModuleType:
            return "global", self.identity(vars(owner)), name
        return "attribute", self.identity(owner), name

    def called(self, by: Reader, callee: Symbol, arguments: tuple[Symbol, ...]) -> frozenset[int]:
        """Note a call; return the accesses that it makes."""
        value = self.value(callee)
        if value is None:
            return frozenset()
        if value.owner is plain.UNKNOWN:
            reads = any(value.obj is each for each in _READING_FUNCTIONS)
            return self._read_by(by, arguments) if reads else frozenset()
        owner, _, method = value.name.rpartition(".")
        held = Value(value.owner, owner)
        if type(value.owner) in CONTAINERS:
            return self._container(by, held, method, callee, arguments)
        if _is_trios(value.owner):
            writes = method not in _READERS
            return self.of_object(by, held, method, callee, *arguments, writes=writes)
        return frozenset()

    def _read_by(self, by: Reader, arguments: tuple[Symbol, ...]) -> frozenset[int]:
        found: frozenset[int] = frozenset()
        for each in arguments:
            value = self.value(each)
            if value is not None and type(value.obj) in CONTAINERS:
                found |= self.of_object(by, value, "reads", each, writes=False)
        return found

    def _container(
        self, by: Reader, held: Value, method: str, callee: Symbol, arguments: tuple[Symbol, ...]
    ) -> frozenset[int]:
        if type(held.obj) is dict and method in _KEYED and arguments:
            key = self.item_key(held.obj, arguments[0])
            if key is not None:
                spelt = f"{held.name}[{key[-1]!r}]"
                verb = _KEYED[method]
                writes = verb == "writes"
                return self.note(by, key, spelt, verb, callee, *arguments, writes=writes)
        writes = method not in _READERS
        return self.of_object(by, held, method, callee, *arguments, writes=writes)

    def item_key(self, owner: object, key: Symbol) -> tuple[object, ...] | None:
        """The key of an item; None if it is not certain which item it is."""
        known: object = plain.UNKNOWN
        if key.constant:
            known = key.constant[0]
        elif (value := self.value(key)) is not None:
            known = value.obj
        if type(known) not in (str, int, bytes, bool):
            return None
        return "item", self.identity(owner), type(known), known

    # -- variables that functions share ---------------------------------------------------

    def cell(self, frame: FrameType, name: str, obj: object) -> tuple[object, ...] | None:
        """The key of a variable that several functions share; None if its cell is not known."""
        found = self._cells.get((frame, name))
        if found is None and self._sought < _CELLS:
            self._sought += 1
            found = _cell_of(frame.f_code, name, obj)
            if found is not None:
                self._cells[frame, name] = found
        return None if found is None else ("cell", self.identity(found))


def _cell_of(code: CodeType, name: str, obj: object) -> object:
    """The cell of a variable of a frame of some code; None if it cannot be found.

    It is found by the functions that have it, because a frame does not give its cells.
    """
    inner = [each for each in code.co_consts if isinstance(each, CodeType)]
    codes = [code] if name in code.co_freevars else inner
    cells: dict[int, object] = {}
    for each in codes:
        if name not in each.co_freevars:
            continue
        for function in gc.get_referrers(each):
            if type(function) is FunctionType and function.__code__ is each:
                cell = (function.__closure__ or ())[each.co_freevars.index(name)]
                cells[id(cell)] = cell
    same = [cell for cell in cells.values() if _holds(cell, obj)]
    return same[0] if len(same) == 1 else None


def _holds(cell: Any, obj: object) -> bool:
    try:
        return cell.cell_contents is obj
    except ValueError:  # it is empty
        return obj is plain.UNKNOWN


def is_code(found: object) -> bool:
    """Whether a value is a module, class or function, whose readers are of no interest."""
    return issubclass(type(found), _CODE)


def place_in(frame: FrameType) -> str:
    """The line at which a frame is."""
    return f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}"

"""Whether the code of a task still names what would end another task's wait.

Owns: `Foreseer`.
Does not own: what code does with values (uses), which tasks have an object (waiting.references).

`Foreseer` follows what the remaining code of a frame does with its variables, to the objects that
they hold now: through plain attributes, calls of the program's functions, functions that are handed
to code that will call them, and the `with` blocks around the frame.  If that leads to an attribute
of a wanted object that would end the wait, the code *names* it.  If the object, or something that
leads to it, goes to where stepdbg cannot look, the code *might* end the wait.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from types import BuiltinFunctionType, CodeType, FrameType, FunctionType, MethodType
from typing import Final

from stepdbg._trio_internals.frame_values import is_a
from stepdbg.engine.stacks.scope_places import ENDS_OF_BLOCKS
from stepdbg.engine.typed.locals import frame_locals
from stepdbg.model.records import NamedTuple
from stepdbg.model.waits import Grade

from .machine import Called, Escaped, Named
from .plain import Leading, Native, attribute
from .spaces import (
    Bound,
    CallArgs,
    Closure,
    Space,
    bound,
    generator_of,
    leaving,
    names_in_call,
    parameters,
    stack_of,
    without_last_exit,
)
from .symbols import Root
from .uses import Uses, uses_of

_DEPTH: Final = 4
"""How many nested calls are followed."""

_CODES: Final = 600
"""How many functions to read for one task."""

_HARMLESS: Final = frozenset(
    (
        *("print", "repr", "len", "id", "isinstance", "issubclass", "hash", "format", "hasattr"),
        "callable",
    )
)
"""Functions in C that, as a rule, do nothing to their arguments; some types do nothing either."""

_HARMLESS_TYPES: Final = (str, bool, type)


class Naming(NamedTuple):
    """What the remaining code does with a wanted object.

    name: the name of the attribute; empty if it is not known.
    code, line: where the code does it; `code` is None if it has no place of its own.
    """

    grade: Grade
    name: str = ""
    code: CodeType | None = None
    line: int = 0


_NOT: Final = Naming(Grade.HAS)

RANK: Final = {Grade.NAMES: 0, Grade.MIGHT: 1, Grade.HAS: 2}
"""The grades by how much they say; the one that says most has the lowest number."""


def better(first: Naming, second: Naming) -> Naming:
    """The one that says more; the first if both say as much."""
    return second if RANK[second.grade] < RANK[first.grade] else first


class Suspended(NamedTuple):
    """A frame of a task.

    owner: its coroutine or generator; None while that runs.
    is_before: whether it stands before its instruction rather than in the middle of it.
    """

    frame: FrameType
    owner: object = None
    is_before: bool = False


class Sought(NamedTuple):
    """What would end a wait.

    wanted: says whether the wait could be ended with an object.
    verbs: the attributes of such an object that end the wait.
    others: all attributes of such an object.
    taken_in_block: whether entering a `with` block of such an object means the same wait (as with
        a lock).  Then only the end of a block that has been entered already ends the wait.
    """

    wanted: Callable[[object], bool]
    verbs: frozenset[str]
    others: frozenset[str]
    taken_in_block: bool = False

    def is_looked_up(self, name: str) -> bool:
        """Whether code that looks up this attribute may end the wait with it."""
        return name in self.verbs and not (self.taken_in_block and name in ENDS_OF_BLOCKS)

    def is_harmless(self, name: str) -> bool:
        """Whether a call of this attribute certainly does not end the wait."""
        return name in self.others and name not in self.verbs

    def ends_too_late(self, called: Called, found: Naming) -> bool:
        """Whether a call is the end of a block that the task has yet to enter."""
        was_entered = any(path.root is Root.STACK for path in called.callee.paths)
        return self.taken_in_block and found.name in ENDS_OF_BLOCKS and not was_entered


class Foreseer:
    """Searches the code of tasks for what would end one wait.

    Args:
        sought: what would end it.
        is_own: whether a file has code of the program; only such code is read.
        is_leaf: whether the search ends at an object.
    """

    def __init__(
        self,
        sought: Sought,
        is_own: Callable[[str], bool],
        is_leaf: Callable[[object], bool],
    ) -> None:
        self._sought, self._wanted, self._is_own = sought, sought.wanted, is_own
        self._leads = Leading(sought.wanted, is_leaf)
        self._known: dict[object, tuple[Naming, dict[str, Bound]]] = {}
        self._left = 0

    def look(self, frames: Iterable[Suspended]) -> Naming:
        """What a task will still do.  frames: those of the task, innermost first."""
        self._left = _CODES
        own = [each for each in frames if self._is_own(each.frame.f_code.co_filename)]
        found = _NOT
        for each in own:
            found = better(found, self._frame(each, hands_on=each is not own[-1]))
        return found

    def _frame(self, suspended: Suspended, *, hands_on: bool) -> Naming:
        """What one frame will still do.

        hands_on: whether its result goes to code of the program.
        """
        frame = suspended.frame
        code, variables = frame.f_code, frame_locals(frame)
        uses = uses_of(code, frame.f_lasti, running=suspended.is_before)
        stack, loose = stack_of(suspended.owner, code, variables, uses)
        if uses.entering and self._sought.taken_in_block:
            stack = without_last_exit(stack)
        names = {name: Bound((value,)) for name, value in variables.items()}
        space = Space(code, names, frame.f_globals, stack, uses.made)
        found = self._uses(uses, space, 0, hands_on=hands_on)
        if any(map(self._leads, loose)) or not uses.complete:
            return better(found, Naming(Grade.MIGHT, "", code, frame.f_lineno))
        return found

    # -- what code does --------------------------------------------------------------------

    def _uses(self, uses: Uses, space: Space, depth: int, *, hands_on: bool = False) -> Naming:
        found = _NOT
        for use in uses.uses:
            if isinstance(use, Named):
                now = self._named(use, space)
            elif isinstance(use, Called):
                now = self._called(use, space, depth)
            elif use.returned and not hands_on:
                continue
            else:
                now = self._escaped(use, space)
            found = better(found, now)
            if found.grade is Grade.NAMES:
                return found
        for _, made in space.made:
            found = better(found, self._closure(Closure(made, space), CallArgs(), depth))
        return found

    def _named(self, use: Named, space: Space) -> Naming:
        if not self._sought.is_looked_up(use.name):
            return _NOT
        owner = bound(use.value, space)
        if not owner.mixed and any(map(self._wanted, owner.objects)):
            return Naming(Grade.NAMES, use.name, space.code, use.line)
        if owner.mixed and any(map(self._leads, owner.objects)):
            return Naming(Grade.MIGHT, use.name, space.code, use.line)
        return _NOT

    def _escaped(self, use: Escaped, space: Space) -> Naming:
        if any(map(self._wanted, bound(use.value, space).objects)):
            return Naming(Grade.MIGHT, "", space.code, use.line)
        return _NOT

    def _called(self, use: Called, space: Space, depth: int) -> Naming:
        callee = bound(use.callee, space)
        handed = CallArgs(tuple(bound(each, space) for each in use.arguments), use.names)
        might = Naming(Grade.MIGHT, "", space.code, use.line)
        if callee.mixed or not callee.objects:
            harmless = self._sought.is_harmless(use.attribute)
            asked = not harmless and any(map(self._leads, callee.objects))
            return might if asked or self._lead(handed.arguments) else _NOT
        found = _NOT
        for each in callee.objects:
            now = self._call(each, handed, depth)
            if now is None:
                now = might if self._lead(handed.arguments) else _NOT
            elif now.grade is not Grade.HAS and now.code is None:  # the call itself does it
                late = self._sought.ends_too_late(use, now)
                now = _NOT if late else now._replace(code=space.code, line=use.line)
            found = better(found, now)
        return found

    def _lead(self, arguments: Iterable[Bound]) -> bool:
        return any(self._leads(value) for each in arguments for value in each.objects)

    # -- calls -----------------------------------------------------------------------------

    def _call(self, callee: object, handed: CallArgs, depth: int) -> Naming | None:
        """What a call does; None if stepdbg cannot look into it."""
        if type(callee) is MethodType:
            return self._method(callee, handed, depth)
        if type(callee) is partial:
            return self._call(callee.func, handed.through(callee), depth)
        if type(callee) is Closure:
            return self._closure(callee, handed, depth)
        if type(callee) is FunctionType:
            left = leaving(callee, handed)
            return self._method(*left, depth) if left else self._function(callee, handed, depth)
        if type(callee) is Native:
            return None
        if type(callee) is BuiltinFunctionType and callee.__name__ in _HARMLESS:
            return _NOT
        if is_a(callee, type):
            if any(callee is each for each in _HARMLESS_TYPES):
                return _NOT
            begin = attribute(callee, "__init__")
            if type(begin) is FunctionType:
                return self._function(begin, handed.after(Bound()), depth)
            return self._foreign(handed.arguments, depth)
        method = attribute(callee, "__call__")
        return self._method(method, handed, depth) if type(method) is MethodType else None

    def _method(self, method: MethodType, handed: CallArgs, depth: int) -> Naming | None:
        owner, function = method.__self__, method.__func__
        name = function.__name__ if type(function) is FunctionType else ""
        ends_it = name in self._sought.verbs
        if self._wanted(owner):
            return Naming(Grade.NAMES, name) if ends_it else _NOT
        generator = generator_of(owner)
        if generator is not None:
            return self._frame(Suspended(*generator), hands_on=False)
        if ends_it and not self._is_own_function(method) and self._leads(owner):
            return Naming(Grade.NAMES, name)  # a method of what a library has put around the object
        handed = handed.after(Bound((owner,)))
        if type(function) is FunctionType:
            return self._function(function, handed, depth)
        return self._call(function, handed, depth)

    def _function(self, function: FunctionType, handed: CallArgs, depth: int) -> Naming | None:
        inner = vars(function).get("__wrapped__")
        if type(inner) is FunctionType and self._is_own_function(inner):
            function = inner
        if not self._is_own_function(function):
            return self._foreign(handed.arguments, depth)
        names = names_in_call(function, handed)
        return self._code(function.__code__, names, function.__globals__, depth)

    def _closure(self, closure: Closure, handed: CallArgs, depth: int) -> Naming:
        made, around = closure
        free = {name: bound(value, around) for name, value in made.closure}
        names = parameters(made.code, handed) | free
        return self._code(made.code, names, around.globals, depth)

    def _foreign(self, arguments: tuple[Bound, ...], depth: int) -> Naming | None:
        """What a function of a library does, if it calls an argument with the ones after it."""
        for index, argument in enumerate(arguments):
            functions = () if argument.mixed else filter(self._is_own_function, argument.objects)
            for each in functions:
                found = self._call(each, CallArgs(arguments[index + 1 :]), depth)
                if found is None or self._lead(arguments[:index]):
                    return better(found or _NOT, Naming(Grade.MIGHT))
                return found
        return None

    def _is_own_function(self, value: object) -> bool:
        function = value.func if type(value) is partial else value
        function = function.__func__ if type(function) is MethodType else function
        if type(function) is FunctionType:
            return self._is_own(function.__code__.co_filename)
        return type(function) is Closure

    def _code(
        self, code: CodeType, names: dict[str, Bound], space: dict[str, object], depth: int
    ) -> Naming:
        """What a call of some code does."""
        values = ((name, *map(id, each.objects), each.mixed) for name, each in names.items())
        key = (id(code), *sorted(values))
        known = self._known.get(key)
        if known is not None:
            return known[0]
        if depth >= _DEPTH or self._left <= 0:
            return Naming(Grade.MIGHT) if self._lead(names.values()) else _NOT
        self._left -= 1
        self._known[key] = _NOT, names  # until its own result is known, because it may call itself
        uses = uses_of(code, -1)
        found = self._uses(uses, Space(code, names, space, (), uses.made), depth + 1)
        if not uses.complete and self._lead(names.values()):
            found = better(found, Naming(Grade.MIGHT))
        self._known[key] = found, names
        return found

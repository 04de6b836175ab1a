"""Which objects the symbols of some code stand for now.

Owns: `Space`, `Bound`, `bound`, and the values of parameters in a call (`CallArgs`).
Does not own: single attributes (plain), what follows for a wait (naming).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from inspect import CO_VARARGS, CO_VARKEYWORDS
from types import (
    AsyncGeneratorType,
    CellType,
    CodeType,
    FrameType,
    FunctionType,
    GeneratorType,
    MethodType,
)

from stepdbg.engine.stacks.scope_places import ends_block
from stepdbg.model.records import NamedTuple
from stepdbg.model.standard import gc

from .machine import Made
from .plain import MISSING, UNKNOWN, attribute, inherited, item, module_of
from .symbols import Path, Root, Step, Symbol
from .uses import Uses


class Bound(NamedTuple):
    """What a symbol stands for: one of these objects or, if `mixed`, something they lead to."""

    objects: tuple[object, ...] = ()
    mixed: bool = False


class Closure(NamedTuple):
    """A function that the remaining code makes."""

    made: Made
    around: Space


class Space(NamedTuple):
    """What the names in some code stand for.

    names: its variables.
    stack: what was on the stack of a suspended frame, bottom first.
    made: the functions that the code makes, with their numbers.
    """

    code: CodeType
    names: dict[str, Bound]
    globals: dict[str, object]
    stack: Sequence[object] = ()
    made: tuple[tuple[int, Made], ...] = ()


class CallArgs(NamedTuple):
    """The arguments handed to a function.

    names: the names of the keyword arguments, which come last; None: it is not known which those
        are.
    """

    arguments: tuple[Bound, ...] = ()
    names: tuple[str, ...] | None = ()

    def after(self, *first: Bound) -> CallArgs:
        """The same arguments with some before them."""
        return CallArgs((*first, *self.arguments), self.names)

    def through(self, function: partial[object]) -> CallArgs:
        """The arguments that a partial hands on to its function."""
        first = (Bound((each,)) for each in function.args)
        last = (Bound((each,)) for each in function.keywords.values())
        names = None if self.names is None else (*self.names, *function.keywords)
        return CallArgs((*first, *self.arguments, *last), names)


def bound(symbol: Symbol, space: Space) -> Bound:
    """What a symbol stands for now."""
    objects: list[object] = []
    mixed = symbol.mixed
    for path in symbol.paths:
        found = _follow(path, space)
        objects += found.objects
        mixed = mixed or found.mixed
    return Bound(tuple(objects), mixed)


def _follow(path: Path, space: Space) -> Bound:
    found = _begin(path, space)
    for step, name in path.steps:
        if found.mixed or not found.objects:
            return found
        values = [_step(each, step, name, space) for each in found.objects]
        if any(each is UNKNOWN for each in values):
            return Bound(found.objects, mixed=True)
        found = Bound(tuple(each for each in values if each is not MISSING))
    return found


def _step(owner: object, step: Step, name: object, space: Space) -> object:
    if step is Step.ITEM:
        return item(owner, name)
    assert isinstance(name, str)
    if step is Step.INHERITED:
        return inherited(owner, space.code, name)
    return attribute(owner, name)


def _begin(path: Path, space: Space) -> Bound:
    """What the first part of a path stands for."""
    name = path.name
    if path.root is Root.MADE and isinstance(name, int):
        return Bound((Closure(dict(space.made)[name], space),))
    if path.root is Root.STACK and isinstance(name, int):
        return Bound(tuple(space.stack[name : name + 1]))
    if path.root is Root.LOCAL and isinstance(name, str):
        return space.names.get(name, Bound())
    for names in (space.globals, _builtins(space.globals)):
        if name in names:
            return Bound((names[name],))
    return Bound()


def _builtins(names: dict[str, object]) -> dict[str, object]:
    found = names.get("__builtins__")
    return found if isinstance(found, dict) else vars(found) if found is not None else {}


def _content(cell: CellType) -> Bound:
    try:
        return Bound((cell.cell_contents,))
    except ValueError:  # it is empty
        return Bound()


def names_in_call(function: FunctionType, handed: CallArgs) -> dict[str, Bound]:
    """The values of a function's variables when it is called."""
    code = function.__code__
    defaults = function.__defaults__ or ()
    first = code.co_argcount - len(defaults)
    given = dict(zip(code.co_varnames[first : code.co_argcount], defaults, strict=False))
    given.update(function.__kwdefaults__ or {})
    known = {name: Bound((value,)) for name, value in given.items()}
    cells = zip(code.co_freevars, function.__closure__ or (), strict=False)
    return known | parameters(code, handed) | {name: _content(cell) for name, cell in cells}


def parameters(code: CodeType, handed: CallArgs) -> dict[str, Bound]:
    """The values of the parameters of some code when it is called."""
    arguments, names = handed
    plain, count = code.co_argcount, code.co_argcount + code.co_kwonlyargcount
    extra = bool(code.co_flags & CO_VARARGS) + bool(code.co_flags & CO_VARKEYWORDS)
    known = code.co_varnames[:count]
    if names is None:
        loose = Bound(tuple(each for bound in arguments for each in bound.objects), mixed=True)
        return dict.fromkeys(code.co_varnames[: count + extra], loose) if loose.objects else {}
    positional = arguments[: len(arguments) - len(names)]
    by_name = dict(zip(names, arguments[len(positional) :], strict=False))
    found = dict(zip(known[:plain], positional, strict=False))
    found.update((name, by_name[name]) for name in known if name in by_name)
    more = [*positional[plain:], *(by_name[name] for name in by_name if name not in known)]
    objects = tuple(each for bound in more for each in bound.objects)
    if objects:
        rest = code.co_varnames[count : count + extra]
        found.update((name, Bound(objects, mixed=True)) for name in rest)
    return found


def leaving(function: FunctionType, handed: CallArgs) -> tuple[MethodType, CallArgs] | None:
    """The method that ends a ``with`` block, and its arguments; None for any other call.

    From 3.14 on, the stack has a function with the manager above it instead of a bound method.
    """
    if not ends_block(function) or not handed.arguments:
        return None
    manager = handed.arguments[0]
    if manager.mixed or len(manager.objects) != 1:
        return None
    return MethodType(function, manager.objects[0]), CallArgs(handed.arguments[1:], handed.names)


def without_last_exit(stack: Sequence[object]) -> Sequence[object]:
    """A stack without the exit method of the block that is being entered, the topmost one there.

    Before 3.14 that is a bound method; since then it is a function with the manager above it.
    """
    for at in reversed(range(len(stack))):
        here = stack[at]
        function = here.__func__ if type(here) is MethodType else here
        if ends_block(function):
            size = 2 if function is here else 1
            return [*stack[:at], *[None] * size, *stack[at + size :]]
    return stack


def generator_of(manager: object) -> tuple[FrameType, object] | None:
    """The frame of the generator in an object of ``@contextmanager``, and the generator."""
    if module_of(type(manager)) != "contextlib":
        return None
    generator = attribute(manager, "gen")
    frame = None
    if type(generator) is GeneratorType:
        frame = generator.gi_frame
    elif type(generator) is AsyncGeneratorType:
        frame = generator.ag_frame
    return None if frame is None else (frame, generator)


def stack_of(
    owner: object, code: CodeType, variables: dict[str, object], uses: Uses
) -> tuple[Sequence[object], list[object]]:
    """The values on the stack of a frame, bottom first, and those whose place on it is not known.

    The garbage collector visits the code, then the variables, then the stack, and skips what is
    empty (``_PyFrame_Traverse``).

    Args:
        owner: the coroutine or generator of the frame; None while that runs.
        code: the code of the frame.
        variables: the bound variables of the frame.
        uses: what the code does next; how deep its stack is, and which places hold no object.
    """
    depth, gaps = uses.depth, uses.gaps
    if owner is None or not depth:
        return (), []
    referents = gc.get_referents(owner)
    # Before 3.12, the generator itself refers to the code as well, so that comes twice.
    begin = max((at for at, each in enumerate(referents[:8], 1) if each is code), default=0)
    plain = [name for name in variables if name in code.co_varnames]
    cells = {*code.co_cellvars, *code.co_freevars}
    bound = len([name for name in plain if name not in cells]) + len(cells)
    stack = referents[begin + bound :]
    if len(stack) >= depth - len(gaps) and begin:
        filled = iter(stack)
        return [None if at in gaps else next(filled) for at in range(depth)], []
    return (), stack

"""Which code object holds a line, and which line holds code.

Owns: `CodeMap`, the living code objects by file; the lines of one code object.
Does not own: finding code when it first runs (`LineEvents.discover`), file names as users type
them, breakpoints.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from inspect import CO_OPTIMIZED
from types import (
    AsyncGeneratorType,
    CodeType,
    CoroutineType,
    FrameType,
    FunctionType,
    GeneratorType,
)

from stepdbg.model.standard import dis, gc, os, threading, weakref

from .bytecode import RESUME_SIZE, body_start, jumps_back_before

_LATER_KEPT = 10_000
_CONSTANTS = ("LOAD_CONST", "LOAD_COMMON_CONSTANT")  # 3.15 loads None by the second one
_COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>"})  # own code only on 3.11


def code_lines(code: CodeType) -> tuple[int, ...]:
    """The lines of a code object that can be reported, sorted; nested code excluded.

    The ``def`` line is left out (it belongs to the code that runs the ``def``), unless the function
    has only one line.
    """
    return tuple(sorted(set(_lines_in_order(code))))


def first_line(code: CodeType) -> int:
    """The line that a call of this code object reports first."""
    return next(_lines_in_order(code), code.co_firstlineno)


def entry_end(code: CodeType) -> int:
    """The offset before which a call arrives at its first line for the first time.

    Later arrivals have a larger offset, because a loop tests or goes on at another place, and so
    does the rest of a statement on several lines.  Code that `comes_back` is the exception.
    """
    start, end, _line = next(_line_ranges(code), (0, len(code.co_code), 0))
    return min(end, max(start, body_start(code) + RESUME_SIZE) + 4)  # two instructions


def comes_back(code: CodeType) -> bool:
    """Whether a loop goes on before `entry_end`, so that its turns look like calls.

    From 3.14 on, every ``while`` that begins a function does.  Before, only one that stays on its
    line does.
    """
    return jumps_back_before(code, entry_end(code))


def _lines_in_order(code: CodeType) -> Iterator[int]:
    return (line for _start, _end, line in _line_ranges(code))


def _line_ranges(code: CodeType) -> Iterator[tuple[int, int, int]]:
    body = body_start(code) + RESUME_SIZE  # after RESUME, which has the line of the ``def``
    for start, end, line in code.co_lines():
        if end > body and line:  # some code (an added jump, a module's RESUME) is on no line
            yield start, end, line


def next_line(codes: Iterable[CodeType], line: int) -> int | None:
    """The line itself or the first after it that holds code; None when there is none."""
    lines = {each for code in codes for each in code_lines(code)}
    return min((each for each in lines if each >= line), default=None)


def defined_at(codes: Iterable[CodeType], line: int) -> CodeType | None:
    """The innermost function that a line defines without any call running that line; else None.

    Such lines are its decorators, its ``def``, its parameters, its docstring.
    """
    found = [each for each in codes if is_function(each) and _heads(each, line)]
    return max(found, key=_first, default=None)


def _heads(code: CodeType, line: int) -> bool:
    return code.co_firstlineno <= line < first_line(code)


def is_function(code: CodeType) -> bool:
    """Whether this is the code of a ``def``, not of a module, class, lambda or comprehension."""
    return bool(code.co_flags & CO_OPTIMIZED) and not code.co_name.startswith("<")


def comes_again(code: CodeType, lines: Collection[int]) -> tuple[tuple[int, int], ...]:
    """Where a statement over several lines comes back to its first line, if that is one of `lines`.

    After its arguments, a call is reported there once more, and so is what awaits it or stores its
    value.  The columns and end lines of instructions (PEP 657) show this: from the line's earlier
    place on, only lines of that statement follow.  Places to which a loop jumps back do not count.

    Returns: the first offset of each such place, and the first offset after it.
    """
    places = [each for each in _stretches(code) if each[2] in lines]
    if len(places) == len({line for *_, line in places}):
        return ()
    instructions = list(dis.get_instructions(code))
    loops = {each.argval for each in instructions if each.opname == "JUMP_BACKWARD"}
    return tuple(
        (start, min([each for each in loops if start <= each < end], default=end))
        for start, end, line in places
        if _goes_on(instructions, start, end, line)
    )


def _stretches(code: CodeType) -> Iterator[tuple[int, int, int]]:
    """The stretches of code on one line each; on 3.11 `co_lines` has one for each expression."""
    begun, ended, on = 0, 0, 0
    for start, end, line in code.co_lines():
        if line != on:
            yield begun, ended, on
            begun, on = start, line or 0
        ended = end
    yield begun, ended, on


def _goes_on(instructions: list[dis.Instruction], start: int, end: int, line: int) -> bool:
    """Whether what begins at an offset belongs to a statement that began on this line before."""
    here = [each for each in instructions if start <= each.offset < end]
    if [each.argval for each in here[:4] if each.opname in _CONSTANTS] == [None] * 3:
        return False  # the end of a `with`, whose instructions span all of its block
    # Only the first is looked at: a jump at the end of a loop spans the loop's body (CPython 3.11).
    last = _lines(here[0])[1] if here else line
    for first, _ in map(_lines, reversed([each for each in instructions if each.offset < start])):
        if first == line:
            return last > line
        if first and not line < first <= last:
            return False
    return False


def _lines(instruction: dis.Instruction) -> tuple[int, int]:
    """The first and last line of an instruction's expression; 0 for none."""
    where = instruction.positions
    return (0, 0) if where is None else (where.lineno or 0, where.end_lineno or 0)


def last_line(code: CodeType) -> int:
    """The last line of a code object, including the code nested in it."""
    lines = (line for each in nested_code(code) for *_, line in each.co_lines())
    return max((line for line in lines if line), default=code.co_firstlineno)


def around(codes: Iterable[CodeType], line: int) -> tuple[CodeType | None, CodeType | None] | None:
    """The functions before and after a line that is between functions; None if it is inside one."""
    functions = [each for each in codes if is_function(each)]
    if any(each.co_firstlineno <= line <= last_line(each) for each in functions):
        return None
    before = [each for each in functions if last_line(each) < line]
    after = [each for each in functions if each.co_firstlineno > line]
    return max(before, key=last_line, default=None), min(after, key=_first, default=None)


def _first(code: CodeType) -> int:
    return code.co_firstlineno


def nested_code(code: CodeType) -> Iterator[CodeType]:
    """A code object and all code objects nested in it, outer before inner."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from nested_code(constant)


def live_code() -> Iterator[CodeType]:
    """The code objects of all functions, generators and coroutines that exist now.

    This finds code that ran before anybody listened.  It walks over everything that the garbage
    collector knows (some 10 ms per 100,000 objects).  So it finds what a walk from `sys.modules`
    would miss: a function inside a decorator's object, in a registry, in a closure.  Code that no
    function holds (a module's own, once it has run) is gone.
    """
    for found in gc.get_objects():
        kind = type(found)
        if kind is FunctionType:
            yield found.__code__
        elif kind is GeneratorType:
            yield found.gi_code
        elif kind is CoroutineType:
            yield found.cr_code
        elif kind is AsyncGeneratorType:
            yield found.ag_code
        elif kind is FrameType:
            yield found.f_code


def by_line(codes: Iterable[CodeType], lines: Collection[int]) -> dict[int, list[CodeType]]:
    """Which of these code objects of one file hold these lines.

    A line has several if it holds a lambda or a one-line ``def``, or if the file was loaded more
    than once.  A comprehension (code of its own on 3.11) counts only where no other code has the
    line.  That way all versions of Python report the same lines.
    """
    found: dict[int, list[CodeType]] = {}
    for code in codes if lines else ():
        for line in set(_lines_in_order(code)).intersection(lines):
            found.setdefault(line, []).append(code)
    for line, holders in found.items():
        proper = [code for code in holders if code.co_name not in _COMPREHENSIONS]
        found[line] = proper or holders
    return found


class CodeMap:
    """Living code objects by file.

    It keeps none of them alive, because a program may compile code all day.  File names are
    compared with symbolic links resolved; names such as ``<string>`` are compared as they are.
    """

    def __init__(self) -> None:
        self._files: dict[str, weakref.WeakValueDictionary[int, CodeType]] = {}
        self._later: list[weakref.ref[CodeType]] = []
        self._most_later = _LATER_KEPT
        self._resolved: dict[str, str] = {}
        self._lock = threading.RLock()  # a weakref's call-back may run in the middle of anything

    def add(self, code: CodeType) -> None:
        """Take in a code object and all that is nested in it; doing so twice is harmless."""
        with self._lock:
            for each in nested_code(code):
                self._add_one(each)

    def add_later(self, code: CodeType) -> None:
        """Keep code for `add` until somebody asks; takes a tenth of the time if nobody does."""
        entry = weakref.ref(code)
        self._later.append(entry)  # in one go: another thread may take the list away
        if len(self._later) > self._most_later:
            with self._lock:
                later, self._later = self._later, []
                self._later += [each for each in later if each() is not None]
                self._most_later = 2 * len(self._later) + _LATER_KEPT

    def _take_in(self) -> None:
        later, self._later = self._later, []
        for each in later:
            code = each()
            if code is not None:
                self.add(code)

    def holds(self, code: CodeType) -> bool:
        """Whether a code object has been taken in."""
        known = self._files.get(self.resolve(code.co_filename))
        return known is not None and known.get(id(code)) is code

    def add_all(self, codes: Iterable[CodeType]) -> None:
        """Take in many, such as `live_code` gives."""
        for code in codes:
            self.add(code)

    def files(self) -> tuple[str, ...]:
        """The files that have living code, by resolved name."""
        with self._lock:
            self._take_in()
            return tuple(name for name, codes in list(self._files.items()) if codes)

    def codes(self, filename: str) -> tuple[CodeType, ...]:
        """The living code objects of a file, outer before inner."""
        with self._lock:
            self._take_in()
            known = self._files.get(self.resolve(filename))
            codes = [] if known is None else list(known.values())
        return tuple(sorted(codes, key=_outer_first))

    def find(self, filename: str, line: int) -> tuple[CodeType, ...]:
        """The living code objects in which a line holds code, outer before inner; see `by_line`."""
        return tuple(by_line(self.codes(filename), (line,)).get(line, ()))

    def resolve(self, filename: str) -> str:
        """The name under which a file is kept."""
        if filename[:1] == "<":  # no file; a program may make up such names without end
            return filename
        resolved = self._resolved.get(filename)
        if resolved is None:
            # Once for each name: a relative one must not follow a later change of directory.
            try:
                resolved = os.path.realpath(filename)
            except (OSError, ValueError):  # no working directory, or no name of a file
                resolved = filename
            self._resolved[filename] = resolved
        return resolved

    def _add_one(self, code: CodeType) -> None:
        filename = self.resolve(code.co_filename)
        codes = self._files.get(filename)
        if codes is None:
            codes = self._files[filename] = weakref.WeakValueDictionary()
        if id(code) not in codes:
            codes[id(code)] = code


def _outer_first(code: CodeType) -> tuple[int, int]:
    return code.co_firstlineno, -sum(1 for _ in nested_code(code))

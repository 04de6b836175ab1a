"""Which code object holds a line, and which line holds code.

Owns: `CodeMap`, the living code objects by file; the lines of one code object.
Does not own: finding code as it first runs (`LineEvents.discover`), names of files as
users type them, breakpoints.
"""

from __future__ import annotations

import gc
import os
import threading
import weakref
from collections.abc import Iterable, Iterator
from types import (
    AsyncGeneratorType,
    CodeType,
    CoroutineType,
    FrameType,
    FunctionType,
    GeneratorType,
)

from .bytecode import body_start

_COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>"})  # own code on 3.11 alone


def code_lines(code: CodeType) -> tuple[int, ...]:
    """The lines of a code object that can be reported, sorted; nested code excluded.

    The ``def`` line is none of them (it belongs to whoever runs the ``def``), except for
    a one-line function.
    """
    return tuple(sorted(set(_lines_in_order(code))))


def first_line(code: CodeType) -> int:
    """The line that a call of this code object reports first."""
    return next(_lines_in_order(code), code.co_firstlineno)


def entry_end(code: CodeType) -> int:
    """The offset before which a call's first arrival at its first line is.

    Later ones are behind it: a loop tests or goes on at another place, and so does the rest of
    a statement on several lines.
    """
    start, end, _line = next(_line_ranges(code), (0, len(code.co_code), 0))
    return min(end, max(start, body_start(code) + 2) + 4)  # two instructions


def _lines_in_order(code: CodeType) -> Iterator[int]:
    return (line for _start, _end, line in _line_ranges(code))


def _line_ranges(code: CodeType) -> Iterator[tuple[int, int, int]]:
    body = body_start(code) + 2  # past RESUME, which has the line of the ``def``
    for start, end, line in code.co_lines():
        if end > body and line:  # some code (an added jump, a module's RESUME) is on no line
            yield start, end, line


def nested_code(code: CodeType) -> Iterator[CodeType]:
    """A code object and all code objects nested in it, outer before inner."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from nested_code(constant)


def live_code() -> Iterator[CodeType]:
    """The code objects of all functions, generators and coroutines that exist now.

    For what ran before anybody listened.  A walk over everything that the garbage
    collector knows (some 10 ms per 100,000 objects), which finds what a walk from
    `sys.modules` does not: a function behind a decorator's object, in a registry, in a
    closure.  Code that no function holds (a module's own, once it has run) is gone.
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


class CodeMap:
    """Living code objects by file.

    Keeps none of them alive: a program may compile code all day.  File names are compared
    with links resolved; names such as ``<string>`` as they are.
    """

    def __init__(self) -> None:
        self._files: dict[str, weakref.WeakValueDictionary[int, CodeType]] = {}
        self._resolved: dict[str, str] = {}
        self._lock = threading.RLock()  # a weakref's call-back may come in the midst of anything

    def add(self, code: CodeType) -> None:
        """Take in a code object and all that is nested in it; again is harmless."""
        with self._lock:
            for each in nested_code(code):
                self._add_one(each)

    def add_all(self, codes: Iterable[CodeType]) -> None:
        """Take in many, such as `live_code` gives."""
        for code in codes:
            self.add(code)

    def files(self) -> tuple[str, ...]:
        """The files that have living code, by resolved name."""
        with self._lock:
            return tuple(name for name, codes in list(self._files.items()) if codes)

    def codes(self, filename: str) -> tuple[CodeType, ...]:
        """The living code objects of a file, outer before inner."""
        with self._lock:
            known = self._files.get(self.resolve(filename))
            codes = [] if known is None else list(known.values())
        return tuple(sorted(codes, key=_outer_first))

    def find(self, filename: str, line: int) -> tuple[CodeType, ...]:
        """The living code objects in which a line holds code, outer before inner.

        Several when the line holds a lambda or a one-line ``def``, or when the file was
        loaded more than once.  A comprehension (code of its own on 3.11) counts only
        where no other code has the line, so that all versions report a line alike.
        """
        found = [code for code in self.codes(filename) if line in code_lines(code)]
        proper = [code for code in found if code.co_name not in _COMPREHENSIONS]
        return tuple(proper or found)

    def next_line(self, filename: str, line: int) -> int | None:
        """The line itself or the first after it that holds living code; None at the end."""
        lines = {each for code in self.codes(filename) for each in code_lines(code)}
        return min((each for each in lines if each >= line), default=None)

    def resolve(self, filename: str) -> str:
        """The name under which a file is kept."""
        resolved = self._resolved.get(filename)
        if resolved is None:
            # Once for each name: a relative one must not follow a later change of directory.
            real = filename if filename.startswith("<") else os.path.realpath(filename)
            resolved = self._resolved[filename] = real
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

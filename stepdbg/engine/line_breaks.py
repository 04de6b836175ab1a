"""Breakpoints on lines and functions: from the wish to the code objects.

Owns: resolving a wish to a file and line, and where each is planted.
Does not own: noticing that a line runs (lines, program_lines), hits and conditions
(breakpoints).

A wish stays alive: its file may be imported later, or imported again; every code object
that appears is looked at once.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from types import CodeType, FrameType

from stepdbg.model.breakpoints import BreakpointSpec, FunctionTarget, LineTarget
from stepdbg.model.errors import BadUsage
from stepdbg.model.records import replace

from .breakpoints import PENDING, Breakpoint
from .frames import is_own, runs_own_code
from .lines.code_map import CodeMap, entry_end, first_line, live_code, nested_code
from .source_files import find_file, next_line_in_source

Planted = dict[int, tuple[Breakpoint, ...]]


class LineBreaks:
    """Where the breakpoints on lines and functions are planted.

    Attributes:
        at: by ``id(code)``, the code object (kept, so that the id stays its own) and its
            breakpoints by line.
    """

    def __init__(self) -> None:
        self.map = CodeMap()
        self.at: dict[int, tuple[CodeType, Planted]] = {}
        self._entries: dict[int, int] = {}  # by ``id(code)``, for breakpoints on functions
        self._wishes: tuple[Breakpoint, ...] = ()
        self._looked: set[bool] = set()

    def look_around(self, *, everywhere: bool = False) -> None:
        """Take in the code that exists; done once, before anybody listens.

        Args:
            everywhere: libraries, too; they are many times what the program itself is.
        """
        if everywhere not in self._looked:
            self._looked.add(everywhere)
            self.map.add_all(code for code in live_code() if everywhere or is_own(code.co_filename))

    def _file(self, typed: str) -> str:
        """The file that a user means.  Raises `BadUsage`."""
        try:
            found = find_file(typed, self.map.files())
        except BadUsage:
            if True in self._looked:
                raise
            self.look_around(everywhere=True)
            found = find_file(typed, self.map.files())
        if not is_own(found):
            self.look_around(everywhere=True)
        return found

    def resolve(self, spec: BreakpointSpec) -> tuple[BreakpointSpec, str]:
        """Make a wish exact: the whole path, a line that holds code.

        Returns:
            The exact wish, and a note on what was changed or is still missing.

        Raises:
            BadUsage: no such file, or no code at or after the line.
        """
        self.look_around()
        target = spec.target
        if isinstance(target, FunctionTarget):
            found = self._codes_of(target.function)
            if not found and "." in target.function:
                self.look_around(everywhere=True)
                found = self._codes_of(target.function)
            return spec, "" if found else f"no function {target.function} is loaded yet{PENDING}"
        assert isinstance(target, LineTarget)
        filename = self._file(target.filename)
        line = self.map.next_line(filename, target.line)
        loaded = line is not None
        if line is None:
            line = next_line_in_source(filename, target.line)
        if line is None:
            raise BadUsage(f"{target.filename} has no code at or after line {target.line}")
        notes = []
        if line != target.line:
            notes.append(f"line {target.line} holds no code, so it is at line {line}")
        if not loaded and not self.map.codes(filename):
            notes.append(f"{os.path.basename(filename)} is not loaded yet{PENDING}")
        exact = replace(spec, target=replace(target, filename=filename, line=line))
        return exact, "; ".join(notes)

    def plant(self, wishes: Iterable[Breakpoint]) -> tuple[list[CodeType], list[CodeType]]:
        """Plant these and no others.

        Returns:
            The code objects that now have breakpoints, and those that no longer have.
        """
        self._wishes = tuple(wishes)
        before = self.at
        self.at, self._entries = {}, {}
        for wish in self._wishes:
            for code, line in self._spots(wish):
                self._put(code, line, wish)
        gone = [code for key, (code, _) in before.items() if key not in self.at]
        # A copy: a function that runs here for the first time is discovered meanwhile.
        return [code for code, _ in list(self.at.values())], gone

    def found(self, code: CodeType) -> list[CodeType]:
        """A code object is about to run for the first time.

        Returns:
            Which code objects got a breakpoint by that: it, or some nested in it.
        """
        self.map.add(code)
        changed = []
        for each in nested_code(code):
            spots = [
                (line, wish)
                for wish in self._wishes
                for spot, line in self._spots(wish, (each,))
                if spot is each
            ]
            for line, wish in spots:
                self._put(each, line, wish)
            if spots:
                changed.append(each)
        return changed

    def lines(self, code: CodeType) -> tuple[int, ...]:
        """The lines of a code object that have a breakpoint."""
        planted = self.at.get(id(code))
        return () if planted is None else tuple(planted[1])

    def reached(self, frame: FrameType, line: int) -> tuple[Breakpoint, ...]:
        """The breakpoints at which a frame has arrived: one on a function once for each call."""
        key = id(frame.f_code)
        planted = self.at.get(key)
        wishes = () if planted is None else planted[1].get(line, ())
        if wishes and key in self._entries and not self._is_called_now(frame):
            return tuple(w for w in wishes if not isinstance(w.spec.target, FunctionTarget))
        return wishes

    def all_at(self, frame: FrameType, line: int) -> tuple[Breakpoint, ...]:
        """The breakpoints of a line, those on a function included that is not called just now."""
        return self.at[id(frame.f_code)][1][line]

    def _is_called_now(self, frame: FrameType) -> bool:
        """Whether a call has just begun, and of no function that a library has generated."""
        if frame.f_lasti >= self._entries[id(frame.f_code)]:
            return False
        return not frame.f_code.co_filename.startswith("<") or runs_own_code(frame)

    def _put(self, code: CodeType, line: int, wish: Breakpoint) -> None:
        if isinstance(wish.spec.target, FunctionTarget):
            self._entries[id(code)] = entry_end(code)
        planted = self.at.setdefault(id(code), (code, {}))[1]
        wish.found()
        if wish not in planted.get(line, ()):
            planted[line] = (*planted.get(line, ()), wish)

    def _spots(
        self, wish: Breakpoint, among: Iterable[CodeType] | None = None
    ) -> list[tuple[CodeType, int]]:
        """The code objects and lines that a wish is about, among these or all that live."""
        target = wish.spec.target
        if isinstance(target, LineTarget):
            codes = self.map.find(target.filename, target.line)
            wanted = codes if among is None else [c for c in among if any(c is d for d in codes)]
            return [(code, target.line) for code in wanted]
        if isinstance(target, FunctionTarget):
            return [(code, first_line(code)) for code in self._codes_of(target.function, among)]
        return []

    def _codes_of(self, function: str, among: Iterable[CodeType] | None = None) -> list[CodeType]:
        if among is None:
            among = [code for name in self.map.files() for code in self.map.codes(name)]
        return [code for code in among if _is_called(code, function)]


def _is_called(code: CodeType, function: str) -> bool:
    """Whether a function's code goes by this name.

    A bare name means a function of own code; ``module.function`` is matched with the path
    of the file, since a code object does not know its module.
    """
    qualname = code.co_qualname.replace("<locals>.", "")
    if function in (qualname, code.co_name):
        return is_own(code.co_filename)
    if not function.endswith("." + qualname):
        return False
    module = function.removesuffix("." + qualname)
    if module == "__main__":
        return is_own(code.co_filename)
    stem = os.path.splitext(code.co_filename)[0].removesuffix(f"{os.sep}__init__")
    return (os.sep + stem).endswith(os.sep + module.replace(".", os.sep))

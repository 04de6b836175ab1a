"""Breakpoints on lines and functions: from what the user asks for to the code objects.

Owns: resolving the user's wish to a file and line, and where each breakpoint is planted.
Does not own: noticing that a line runs (lines, stopping.program_lines), hits (hits), or
conditions (typed.conditions).

A wish stays valid: its file may be imported later, or imported again.  So every code object that
appears is checked once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, MutableMapping, Sequence
from functools import partial
from types import CodeType, FrameType

from stepdbg.engine.lines.code_map import (
    CodeMap,
    by_line,
    comes_again,
    comes_back,
    entry_end,
    first_line,
    live_code,
    nested_code,
)
from stepdbg.engine.lines.interface import LineEvents
from stepdbg.engine.process import memory
from stepdbg.engine.process.guard import is_programs, report_bug
from stepdbg.engine.stacks.frames import is_own, runs_own_code
from stepdbg.engine.stacks.source_files import find_file
from stepdbg.engine.typed.named_code import code_named
from stepdbg.model.breakpoints import BreakpointSpec, FunctionTarget, LineTarget
from stepdbg.model.errors import BadUsage
from stepdbg.model.records import NamedTuple, replace
from stepdbg.model.standard import os, threading, weakref

from .breakpoints import PENDING, Breakpoint
from .line_targets import OVER, exact_line, is_past


class Planted(NamedTuple):
    """The breakpoints of one code object; never changed, only replaced.

    code: kept, so that its id stays its own.
    lines: the breakpoints by line.
    entry: where a call's first arrival ends, with a breakpoint on the function; else None.
    comes_back: a loop comes back to before `entry`, so it must be noted which frames have begun.
    again: where a statement over several lines comes back to its first one.
    """

    code: CodeType
    lines: dict[int, tuple[Breakpoint, ...]]
    entry: int | None
    comes_back: bool
    again: tuple[tuple[int, int], ...] = ()


class _Wishes:
    """The breakpoints to plant, looked up by the names and lines of a code object."""

    def __init__(
        self,
        wishes: Iterable[Breakpoint],
        resolve: Callable[[str], str],
        codes: Mapping[str, CodeType],
    ) -> None:
        self._codes = codes
        self.of_file: dict[str, dict[int, list[Breakpoint]]] = {}
        self.of_name: dict[str, list[tuple[str, Breakpoint]]] = {}
        for wish in wishes:
            target = wish.spec.target
            if isinstance(target, LineTarget):
                lines = self.of_file.setdefault(resolve(target.filename), {})
                lines.setdefault(target.line, []).append(wish)
            elif isinstance(target, FunctionTarget):
                names = {target.function.rpartition(".")[2]}
                code = codes.get(target.function)
                if code is not None:
                    names.add(code.co_name)
                for name in names:
                    self.of_name.setdefault(name, []).append((target.function, wish))

    def functions(self, code: CodeType) -> list[Breakpoint]:
        """The breakpoints on the function whose code this is."""
        named = self.of_name.get(code.co_name, ())
        return [
            wish
            for function, wish in named
            if _is_called(code, function) or self._codes.get(function) is code
        ]


class LineBreaks:
    """Where the breakpoints on lines and functions are planted.

    Attributes:
        at: by ``id(code)``.  It is built anew and replaced as a whole, because other threads read
            it each time they pass a line.
    """

    def __init__(self) -> None:
        self.map = CodeMap()
        self.at: dict[int, Planted] = {}
        self._begun: set[int] = set()
        """The ``id`` of each frame that has begun and has not come to its first line."""
        self._named: MutableMapping[str, CodeType] = weakref.WeakValueDictionary()
        self._wishes = _Wishes((), self.map.resolve, self._named)
        self._looked: set[bool] = set()
        # Held while `at` is made, but not while the interpreter is asked for lines.  The line
        # events have a lock of their own, and they call this class for new code while they hold it.
        self._planting = threading.RLock()

    def look_around(self, *, everywhere: bool = False) -> None:
        """Take in the code that exists; done once, before line events are on.

        Args:
            everywhere: also in libraries, which are many times the size of the program.
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

    def resolve(
        self, spec: BreakpointSpec, frames: Sequence[FrameType] = ()
    ) -> tuple[BreakpointSpec, str]:
        """Make a wish exact: the whole path, a line that holds code.

        Args:
            frames: where a name is looked up if no function is called so.

        Returns:
            The exact wish, and a note that says what was changed or is still missing.

        Raises:
            BadUsage: no such file, or no code at or after the line; see `exact_line`.
        """
        self.look_around()
        target = spec.target
        if isinstance(target, FunctionTarget):
            found = self._is_loaded(target.function, frames)
            return spec, "" if found else f"no function {target.function} is loaded yet{PENDING}"
        assert isinstance(target, LineTarget)
        filename = self._file(target.filename)
        line, codes = target.line, self.map.codes(filename)
        if is_past(filename, line, codes, self.map.resolve):
            note = OVER.format(line=line)
        else:
            line, note = exact_line(filename, line, codes)
        return replace(spec, target=replace(target, filename=filename, line=line)), note

    def plant(self, wanted: Callable[[], Iterable[Breakpoint]]) -> list[CodeType]:
        """Plant the breakpoints that `wanted` gives, and no others.

        Args:
            wanted: gives them; called under the lock, so that the later one of two threads wins.

        Returns:
            The code objects at which something has changed.
        """
        with self._planting:
            wishes = self._wishes = _Wishes(wanted(), self.map.resolve, self._named)
            while True:
                before = self.at
                fresh = self._places(wishes)
                if self.at is before:  # else this very thread has found code meanwhile
                    break
            self.at = fresh
        both = [*before.values(), *(new for key, new in fresh.items() if key not in before)]
        return [each.code for each in both if before.get(id(each.code)) != fresh.get(id(each.code))]

    def _places(self, wishes: _Wishes) -> dict[int, Planted]:
        found: dict[int, Planted] = {}
        for filename in wishes.of_file:
            found |= self._planted(wishes, self.map.codes(filename))
        if wishes.of_name:
            for filename in self.map.files():
                if filename not in wishes.of_file:
                    found |= self._planted(wishes, self.map.codes(filename))
        return found

    def _planted(self, wishes: _Wishes, codes: Collection[CodeType]) -> dict[int, Planted]:
        """The breakpoints of the code objects of one file."""
        places: dict[int, Planted] = {}
        if not codes:
            return places
        of_lines = wishes.of_file.get(self.map.resolve(next(iter(codes)).co_filename), {})
        for line, holders in by_line(codes, of_lines).items():
            for code in holders:
                _put(places, code, line, of_lines[line], None)
        for code in codes if wishes.of_name else ():
            functions = wishes.functions(code)
            if functions:
                _put(places, code, first_line(code), functions, entry_end(code))
        return {
            key: each._replace(again=comes_again(each.code, each.lines))
            for key, each in places.items()
        }

    def found(self, code: CodeType) -> Sequence[CodeType]:
        """Look at a code object that is about to run for the first time.

        Returns:
            The code objects that have breakpoints: this one, or some nested in it.
        """
        wishes = self._wishes
        if self.map.resolve(code.co_filename) not in wishes.of_file and not (
            wishes.of_name and _has_named(code, wishes.of_name)
        ):
            # Most code has no breakpoint, and a program may compile code all day.
            self.map.add_later(code)
            if self._wishes is wishes:
                return ()
        with self._planting:
            codes = list(nested_code(code))
            fresh = [each for each in codes if not self.map.holds(each)]
            self.map.add(code)
            if fresh:
                # The code around a comprehension of 3.11 decides whether it counts: look at all.
                places = self._planted(self._wishes, codes)
                if places:
                    self.at = {**self.at, **places}
            return [each for each in codes if id(each) in self.at]

    def lines(self, code: CodeType) -> tuple[int, ...]:
        """The lines of a code object that have a breakpoint."""
        planted = self.at.get(id(code))
        return () if planted is None else tuple(planted.lines)

    def begun(self, code: CodeType) -> Callable[[int], object] | None:
        """What to call with each frame of this code that begins; None: nothing."""
        planted = self.at.get(id(code))
        return self._begun.add if planted is not None and planted.comes_back else None

    def reached(self, frame: FrameType, line: int) -> tuple[Breakpoint, ...]:
        """The breakpoints at which a frame has arrived: one on a function once for each call."""
        planted = self.at.get(id(frame.f_code))
        if planted is None:
            return ()
        wishes = planted.lines.get(line, ())
        if planted.again and any(start <= frame.f_lasti < end for start, end in planted.again):
            return ()  # in the middle of a statement that was reported
        if wishes and planted.entry is not None and not self._is_called_now(frame, planted):
            return tuple(w for w in wishes if not isinstance(w.spec.target, FunctionTarget))
        return wishes

    def all_at(self, frame: FrameType, line: int) -> tuple[Breakpoint, ...]:
        """The breakpoints of a line, including those on a function not called just now."""
        planted = self.at.get(id(frame.f_code))
        return () if planted is None else planted.lines.get(line, ())

    def _is_called_now(self, frame: FrameType, planted: Planted) -> bool:
        """Whether a call has just begun, of a function that no library has generated."""
        if planted.entry is None or frame.f_lasti >= planted.entry:
            return False
        if frame.f_code.co_filename.startswith("<") and not runs_own_code(frame):
            return False
        if planted.comes_back:
            if id(frame) not in self._begun:
                return False
            self._begun.discard(id(frame))  # last: if few frames are left, this runs twice
        return True

    def may_pass(self, frame: FrameType, line: int) -> tuple[Breakpoint, ...]:
        """As `all_at`; empty if each arrival must be reported, to know which one is a call."""
        planted = self.at.get(id(frame.f_code))
        return () if planted is None or planted.comes_back else planted.lines.get(line, ())

    def _is_loaded(self, function: str, frames: Sequence[FrameType]) -> bool:
        """Whether a function of this name exists: by its code's name, or by a variable's."""
        if _any_is_called(self.map, function):
            return True
        code = code_named(function, frames)
        if code is not None:
            self.map.add(code)
            self._named[function] = code
        elif "." in function:
            self.look_around(everywhere=True)
        return code is not None or _any_is_called(self.map, function)


def _put(
    places: dict[int, Planted],
    code: CodeType,
    line: int,
    found: Iterable[Breakpoint],
    entry: int | None,
) -> None:
    """Plant more breakpoints on a line of a code object.

    Args:
        places: what is planted so far.
        entry: see `Planted`; None if they are not on a function.
    """
    known = places.get(id(code)) or Planted(code, {}, None, False)
    lines, known_entry, loops = known.lines, known.entry, known.comes_back
    lines[line] = tuple(sorted((*lines.get(line, ()), *found), key=_by_number))
    if entry is not None:
        known_entry, loops = entry, comes_back(code)
    places[id(code)] = Planted(code, lines, known_entry, loops)
    for wish in found:
        wish.found()


def _any_is_called(codes: CodeMap, function: str) -> bool:
    living = (code for name in codes.files() for code in codes.codes(name))
    return any(_is_called(code, function) for code in living)


def plant(
    breaks: LineBreaks, events: LineEvents, wanted: Callable[[], Collection[Breakpoint]]
) -> None:
    """Let the interpreter report only the lines of the breakpoints that `wanted` gives."""
    wishes = bool(wanted())
    if wishes:  # first: code that begins to run during the search is not missed
        events.discover(partial(_on_new_code, breaks, events))
    breaks.look_around()
    for code in breaks.plant(wanted):
        _ask_for(breaks, events, code)
    if not wishes:
        events.discover(None)


def _ask_for(breaks: LineBreaks, events: LineEvents, code: CodeType) -> None:
    asked: tuple[int, ...] | None = None
    while asked != (asked := breaks.lines(code)):  # another thread may change them meanwhile
        events.break_lines(code, asked, breaks.begun(code))


def look_at_new(breaks: LineBreaks, events: LineEvents, code: CodeType) -> None:
    """Plant the breakpoints of a code object that is about to run for the first time."""
    for each in breaks.found(code):
        _ask_for(breaks, events, each)


def _on_new_code(breaks: LineBreaks, events: LineEvents, code: CodeType) -> None:
    """Handle a code object that runs for the first time; the program is the caller."""
    try:
        try:
            look_at_new(breaks, events, code)
        except MemoryError:
            memory.give_up()
            look_at_new(breaks, events, code)
    except BaseException as error:
        if is_programs(error):
            raise
        # Switched off first: while the report is being written, other threads meet new code.
        if events.discover(None):
            report_bug(error, "looking at new code", "breakpoints in what is new are missed")


def _has_named(code: CodeType, names: Collection[str]) -> bool:
    """Whether a code object, or one nested in it, has one of these names."""
    if code.co_name in names:
        return True
    for each in code.co_consts:  # noqa: SIM110 - all new code comes here: a generator is slower
        if type(each) is CodeType and _has_named(each, names):
            return True
    return False


def _by_number(each: Breakpoint) -> int:
    return each.number


def _is_called(code: CodeType, function: str) -> bool:
    """Whether a function's code has this name.

    A bare name means a function of own code.  ``module.function`` is compared with the path of the
    file, because a code object does not know its module.
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

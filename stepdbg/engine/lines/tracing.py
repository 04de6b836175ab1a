"""Line events from `sys.settrace` and ``f_trace`` (Python 3.11).

Owns: when a trace function is in place, which frames have a local one, and what their
events mean.  Does not own: the program's trace function (`program_trace`), imports
(`loaders`), threads that run already (`program_trace`).

A trace function makes a Trio step take 3.5 times as long and a call 4 times as long.  So
stepdbg's trace function is there only while something is watched, and only frames of watched code
have a local one.  These facts about CPython shaped this module (the tests try them on 3.11):

- A frame that runs when a breakpoint is set has passed its ``call`` event already, so `_attach`
  sets its ``f_trace``.  A suspended frame needs nothing: when it is resumed, even by a throw, 3.11
  calls the global function with a ``call`` event.
- CPython removes a trace function that raises (``call_trampoline`` in ``sysmodule.c``).  Ours has
  to raise at a line (quit, throw), and tracing has to go on.  So before it raises, it installs a
  profile function for one event, which puts the trace function back (`_revive`).
- CPython sends a ``return`` event for a return, for a yield, and for an exception that leaves the
  frame.  The instruction at which the frame is, and the last ``exception`` event of the frame, tell
  these apart (`_Exits`).
- A frame that is no longer of interest loses its ``f_trace`` at its next event.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR
from types import CodeType, FrameType, TracebackType
from typing import cast

from stepdbg.engine.process.python_threads import current_frames
from stepdbg.model.depth import TOO_LITTLE, missed
from stepdbg.model.standard import sys, threading

from .bytecode import body_start, is_return, is_yield
from .interface import Begun, LineSink, Traveller, is_new_here
from .loaders import LoaderWatch
from .program_trace import TraceFunction, TraceSlot, trace_other_threads
from .signals import guarded_from_entry, take_off_our_part

_NO_LINES: frozenset[int] = frozenset()
_GENERATORS = CO_GENERATOR | CO_ASYNC_GENERATOR
_SUSPENDING = CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR
_ExceptionEvent = tuple[type[BaseException], BaseException, TracebackType | None]


class TracingEvents:
    """`LineEvents` by trace functions.

    `discover` always sees what the loaders of the standard library load.  While anything is watched
    it also sees every module body that begins.  Code that a program compiles and runs itself
    (``exec``) is seen only then.
    """

    def __init__(self, sink: LineSink) -> None:
        self._sink = sink
        # Re-entrant: the garbage collector may run a finalizer of the program in here, and that may
        # stop.
        self._lock = threading.RLock()
        self._codes: dict[int, CodeType] = {}  # all watched code, to keep ids valid
        self._breaks: dict[int, frozenset[int]] = {}
        self._followed: dict[int, int] = {}  # with the offset at which its body starts
        self._begun: dict[int, Begun] = {}
        self._wanted: Callable[[CodeType], bool] | None = None
        self._raises: Callable[[CodeType], bool] | None = None
        self._loaders = LoaderWatch()
        self._exits = _Exits(sink)
        # What the two trace functions look at first; kept by `_update`.
        self._quiet = False  # a frame of other code is of no interest at all
        self._only_lines: dict[int, frozenset[int]] = {}  # code for which only lines are wanted
        # One object each: a method of an instance is a new object whenever it is asked for.
        self._local_trace: TraceFunction = self._local
        self._slot = TraceSlot(self._call, self._attach)

    # -- what is asked for ------------------------------------------------------------

    def break_lines(self, code: CodeType, lines: Collection[int], begun: Begun = None) -> None:
        with self._lock:
            key, wanted = id(code), frozenset(lines)
            self._begun = {k: call for k, call in {**self._begun, key: begun}.items() if call}
            if self._breaks.get(key, _NO_LINES) == wanted:
                return
            self._codes[key], self._breaks[key] = code, wanted
            if not wanted:
                del self._breaks[key]
            self._update()

    def follow(self, codes: Iterable[CodeType]) -> None:
        with self._lock:
            wanted = {id(code): code for code in codes}
            self._codes.update(wanted)
            self._followed = {key: body_start(code) for key, code in wanted.items()}
            self._exits.forget()
            self._update()

    def watch_calls(self, wanted: Callable[[CodeType], bool] | None) -> None:
        with self._lock:
            self._wanted = wanted
            self._update()

    def watch_raise(self, wanted: Callable[[CodeType], bool] | None) -> None:
        with self._lock:
            self._raises = wanted
            self._update()

    def discover(self, found: Callable[[CodeType], None] | None) -> bool:
        """Have new code reported; the docstring of this class says what is not seen."""
        with self._lock:
            return self._loaders.tell(found)

    def see_off(self, traveller: Traveller) -> None:
        see_off(traveller)

    def refresh(self) -> None:
        if self._slot.taken:
            self._slot.restore()

    def close(self) -> None:
        with self._lock:
            self.discover(None)
            self._breaks, self._followed, self._wanted, self._raises = {}, {}, None, None
            self._update()

    # -- where trace functions are ----------------------------------------------------------

    def _update(self) -> None:
        """Put trace functions where they are needed now, or take them away."""
        others = self._raises is not None or self._wanted is not None
        self._only_lines = {k: n for k, n in self._breaks.items() if k not in self._followed}
        concerned = self._breaks.keys() | self._followed.keys()
        self._codes = {key: code for key, code in self._codes.items() if key in concerned}
        # Without watched code this is False, so that the next call in another thread comes to
        # `_hand_over`, which removes our trace function from that thread.
        self._quiet = bool(self._codes) and not others
        global _in_force
        if self._codes or others:
            fresh = not self._slot.taken
            self._slot.take()
            _in_force = self
            self._attach()
            if fresh and len(current_frames()) > 1:
                trace_other_threads(self._slot.ours)
        else:
            _in_force = None if _in_force is self else _in_force
            self._slot.give_back()
            _detach(self._local_trace)

    def _is_concerned(self, code: CodeType) -> bool:
        """Whether frames of this code need a local trace function."""
        if id(code) in self._codes:
            return True
        return self._raises is not None and self._raises(code)

    def _attach(self) -> None:
        """Give a local trace function to all running frames of watched code."""
        for frame in _running_frames():
            if self._is_concerned(frame.f_code):
                _attach_to(frame, self._local_trace, self._slot)

    def take_thread(self, frame: FrameType, event: str, arg: object) -> TraceFunction | None:
        """Report events from a thread that was idle when the tracing before this one was closed."""
        self._slot.restore()
        return self._call(frame, event, arg)

    @guarded_from_entry
    def _call(self, frame: FrameType, event: str, arg: object) -> TraceFunction | None:
        """The global trace function: a frame begins or goes on."""
        try:
            code = frame.f_code
            key = id(code)
            quiet = self._quiet and not self._slot.shared
            if quiet and key not in self._codes and code.co_name != "<module>":
                return None
            if not self._slot.taken:
                return _hand_over(self, self._slot, frame, event, arg)
            if (found := self._loaders.found) is not None and code.co_name == "<module>":
                found(code)
            if (begun := self._begun.get(key)) is not None and _at_start(frame):
                begun(id(frame))
            if key in self._followed:
                starts = frame.f_lasti == self._followed[key]
                (self._sink.on_start if starts else self._sink.on_resume)(frame)
            elif self._wanted is not None and self._wanted(code):
                if _at_start(frame):
                    self._sink.on_start(frame)
                elif code.co_flags & _GENERATORS:
                    self._sink.on_resume(frame)
            own = self._local_trace if self._is_concerned(code) else None
            program = self._slot.program
            if program is None:
                return own
            local = self._slot.call_program(program, frame, event, arg)
            return _Chained(own, self._slot, local) if local else own
        except BaseException as error:
            if type(error) not in TOO_LITTLE or error.__traceback__.tb_next:  # type: ignore[union-attr]
                take_off_our_part(error)
                if self._slot.taken:
                    _revive(self._slot, self._attach)
                raise
            missed.append((frame.f_code.co_filename, frame.f_lineno))
            return self._local_trace

    @guarded_from_entry
    def _local(self, frame: FrameType, event: str, arg: object) -> TraceFunction | None:
        """The local trace function; removes ``f_trace`` and returns None if nothing is wanted."""
        try:
            key = id(frame.f_code)
            if event == "line":
                lines = self._only_lines.get(key)
                if lines is not None and frame.f_lineno not in lines:
                    return self._local_trace
            followed = key in self._followed
            if not (followed or self._is_concerned(frame.f_code)):
                frame.f_trace = None
                return None
            if event == "line":
                line = frame.f_lineno
                self._exits.goes_on(frame)
                if followed or line in self._breaks.get(key, _NO_LINES):
                    self._sink.on_line(frame, line)
            elif event == "exception":
                _kind, error, entry = cast(_ExceptionEvent, arg)
                if followed:
                    self._exits.raised(frame, error)
                # The event comes in every caller, as RAISE does: see `monitoring`.
                wanted = self._raises
                if wanted is not None and is_new_here(entry, frame, wanted):
                    error.__traceback__ = entry  # else CPython sets it only at the catch
                    self._sink.on_raise(frame, error)
            elif event == "return" and followed:
                self._exits.tell(frame, arg)
        except BaseException as error:
            # A call for which there is no room leaves only this function's entry on the traceback.
            # An error with more entries comes out of the sink, and is meant for the program.
            if type(error) not in TOO_LITTLE or error.__traceback__.tb_next:  # type: ignore[union-attr]
                take_off_our_part(error)
                _revive(self._slot, self._attach)
                raise
            missed.append((frame.f_code.co_filename, frame.f_lineno))
        return self._local_trace


def _revive(slot: TraceSlot, attach: Callable[[], None]) -> None:
    """Keep tracing alive although an exception is about to leave our trace function.

    CPython then takes the trace function out.  A profile function is left in place, so we install
    one that puts the trace function back at the next event and then removes itself.  A thread has
    only one profile function.  If that is one written in C (cProfile), Python code could not put it
    back, so we leave it: tracing is off then until the next `refresh` or change of what is watched.
    """
    profile = sys.getprofile()
    if profile is not None and not callable(profile):
        return

    def once(frame: FrameType, event: str, arg: object) -> None:
        sys.setprofile(profile)
        if slot.restore_own():
            attach()
        if profile is not None:
            profile(frame, event, arg)  # type: ignore[arg-type]  # typeshed lists the events

    sys.setprofile(once)


_in_force: TracingEvents | None = None
"""The tool that traces all threads; an idle thread may still have the function of a closed one."""


def _hand_over(
    closed: TracingEvents, slot: TraceSlot, frame: FrameType, event: str, arg: object
) -> TraceFunction | None:
    """Leave a thread that was idle when its tracing was closed to the tool that traces it now."""
    program = slot.program
    slot.leave_thread()
    if program is not None:
        return program(frame, event, arg)
    if _in_force is None or _in_force is closed:
        return None
    return _in_force.take_thread(frame, event, arg)


class _Exits:
    """Finds out how followed frames are left; `sys.settrace` calls each of these a "return"."""

    def __init__(self, sink: LineSink) -> None:
        self._sink = sink
        self._errors: dict[int, tuple[int, BaseException]] = {}  # frame id -> where, last one

    def forget(self) -> None:
        """Forget what was noted: other frames will be followed."""
        self._errors = {}

    def raised(self, frame: FrameType, error: BaseException) -> None:
        """Note that an exception has come up in a frame."""
        self._errors[id(frame)] = frame.f_lasti, error

    def goes_on(self, frame: FrameType) -> None:
        """Note that the frame runs a line: its exception was caught, or a ``finally`` runs."""
        if id(frame) in self._errors:
            self._errors[id(frame)] = -1, self._errors[id(frame)][1]

    def tell(self, frame: FrameType, value: object) -> None:
        """Report to the sink how the frame is left."""
        offset, error = self._errors.pop(id(frame), (-1, None))
        if is_return(frame):
            self._sink.on_return(frame, value)
        # At a yield, an exception that came up at this very instruction was thrown in there and
        # leaves the frame.  Without it, the frame only suspends, which is not reported.
        elif not is_yield(frame) or offset == frame.f_lasti:
            self._sink.on_unwind(frame, error or BaseException("not recorded"))


class _Chained:
    """A frame's local trace function that calls ours, and then the program's.

    It also serves where only the program has a local function.  If the program takes its global
    function out of the thread, CPython no longer calls its local ones, so neither does this; ours
    is still called.
    """

    def __init__(self, own: TraceFunction | None, slot: TraceSlot, program: TraceFunction) -> None:
        self.own = own
        self.program = program
        self._slot = slot

    def __call__(self, frame: FrameType, event: str, arg: object, /) -> TraceFunction | None:
        if self.own is not None and self.own(frame, event, arg) is None:
            self.own = None
        # Look only now: the call of ours may have put the program's function back.
        if self._slot.of_program() is not None:
            local = self._slot.call_program(self.program, frame, event, arg)
            if local is not None:
                self.program = local
        return self


def _running_frames() -> Iterator[FrameType]:
    """The frames of all threads' stacks."""
    for innermost in current_frames().values():
        frame: FrameType | None = innermost
        while frame is not None:
            yield frame
            frame = frame.f_back


def _attach_to(frame: FrameType, own: TraceFunction, slot: TraceSlot) -> None:
    local = _local_of(frame)
    if local is None:
        frame.f_trace = own
    elif isinstance(local, _Chained):
        local.own = own
    elif local is not own:
        frame.f_trace = _Chained(own, slot, local)


def _detach(own: TraceFunction) -> None:
    """Take one of our local trace functions off all running frames."""
    for frame in _running_frames():
        local = _local_of(frame)
        if local is own:
            frame.f_trace = None
        elif isinstance(local, _Chained) and local.own in (own, None):
            frame.f_trace = local.program


def _local_of(frame: FrameType) -> TraceFunction | None:
    return cast("TraceFunction | None", frame.f_trace)


def _at_start(frame: FrameType) -> bool:
    code = frame.f_code
    return not code.co_flags & _SUSPENDING or frame.f_lasti == body_start(code)


_PATIENCE = 10_000
"""After this many events an exception counts as lost: C code has caught it on its way."""


def see_off(traveller: Traveller) -> None:
    """Watch an exception on its way by a profile function; see `LineEvents.see_off`."""
    profile = sys.getprofile()
    if profile is not None and not callable(profile):
        return  # one written in C (cProfile), whose place it would have to take
    left = _PATIENCE

    def watch(frame: FrameType, event: str, arg: object) -> None:
        nonlocal left
        left -= 1
        if left <= 0 or (sys.exception() is traveller.error and traveller.arrive(frame)):
            left = 0
            if sys.getprofile() is watch:
                sys.setprofile(profile)
        if profile is not None:
            profile(frame, event, arg)  # type: ignore[arg-type]  # typeshed lists the events

    sys.setprofile(watch)

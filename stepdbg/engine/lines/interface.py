"""What line events are, on every version of Python.

Owns: `LineSink` (receives the events), `LineEvents` (what can be asked for), `open_line_events`
(the implementation for this interpreter) and `jump`.
Does not own: the two implementations (`monitoring`, `tracing`).

Code objects are compared by identity, never by ``==``.  CPython compares them by value without the
file name: the same function in two files, or in one file before and after a reload, is "equal".
Also, hashing a code object walks all its instructions (1.3 us for a function of 60 lines).  So
nothing here takes or gives a set or dict of code objects.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Iterable
from types import CodeType, FrameType, TracebackType
from typing import Protocol

from stepdbg.model.errors import NotNow, StepdbgError
from stepdbg.model.standard import sys

Begun = Callable[[int], object] | None
"""Called with the ``id`` of each frame that begins; None: nothing is called."""


class LinesUnavailable(StepdbgError):
    """The interpreter cannot deliver line events now: another tool took what they need."""


class LineSink(Protocol):
    """Receives the events.  Every method runs on the thread that runs the code, inside its frame.

    A method may block (a prompt) and may raise: the exception then leaves from that place of the
    program (`on_line`: from that line, before it has run).  The traceback's innermost entries are
    then stepdbg's; `LineEvents.see_off` says when to cut them off.

    While a method runs, the interpreter reports nothing from its thread to any tool: code evaluated
    at a prompt meets no breakpoint.  Other threads go on and keep reporting, so a sink must expect
    calls on any thread.
    """

    def on_line(self, frame: FrameType, line: int) -> str | None:
        """The frame is about to run a line.

        Called once each time the frame comes to the line, from another line or in a loop that stays
        on it.  A comprehension that stays on its line counts once.

        Returns:
            The name of the current task when nothing waits at this line for tasks of that
            name.  Those tasks need not be reported here until `LineEvents.break_lines` is called
            for this code.
        """

    def on_start(self, frame: FrameType) -> None:
        """A function begins; a coroutine or generator begins its body (at its first send)."""

    def on_resume(self, frame: FrameType) -> None:
        """A coroutine or generator goes on, with a value or an exception sent into it."""

    def on_return(self, frame: FrameType, value: object) -> None:
        """The frame is about to return a value."""

    def on_unwind(self, frame: FrameType, error: BaseException) -> None:
        """The frame is about to be left by an exception."""

    def on_raise(self, frame: FrameType, error: BaseException) -> None:
        """An exception comes up in a frame that `watch_raise` is about; only the first such frame.

        Its traceback reaches from this frame to where it was raised: here, in code that this frame
        calls or awaits, or in a loop that hands it to what this frame awaits.  It is reported once:
        not in the callers that it passes, and not when the same object is raised again (``raise``,
        ``raise error``, ``Outcome.unwrap``) unless its traceback was taken off first.  An exception
        that C code raises, or that is thrown into a suspended frame, is reported in that frame.
        Exceptions that only end a ``for`` loop or an ``await`` are not reported; StopAsyncIteration
        at an ``async for`` is.
        """


class Traveller(Protocol):
    """An exception that a sink raises, or any other part of stepdbg that the program calls."""

    error: BaseException

    def arrive(self, frame: FrameType) -> bool:
        """It is in a frame, on its way or caught there; returns whether it has arrived."""


class LineEvents(Protocol):
    """What can be asked for.  All methods may be called from any thread, and from a sink.

    What is asked for also holds in frames that run already or are suspended.
    """

    def break_lines(self, code: CodeType, lines: Collection[int], begun: Begun = None) -> None:
        """Report `on_line` for these lines of this code object; none: forget it.

        begun: called with the ``id`` of each frame of this code that begins, before its first line.
            It must not raise.

        Replaces what was asked for this code object.  Lines that hold no code never come.
        """

    def follow(self, codes: Iterable[CodeType]) -> None:
        """Report everything but raises of these code objects; replaces the last call.

        That is `on_line` for each line, `on_start`, `on_resume`, `on_return` and `on_unwind`, in
        every frame and thread: the sink chooses.  Lines inside a comprehension are left out, as if
        it were a function of its own (which it was until Python 3.11).
        """

    def watch_calls(self, wanted: Callable[[CodeType], bool] | None) -> None:
        """Report `on_start` of every function for which `wanted` says yes; None: no more.

        This also reports `on_resume` of every such generator and async generator.  It is meant for
        a short time: each call of any function costs some 0.1 us meanwhile.
        """

    def watch_raise(self, wanted: Callable[[CodeType], bool] | None) -> None:
        """Report `on_raise` in the code for which `wanted` says yes; None: no more."""

    def discover(self, found: Callable[[CodeType], None] | None) -> bool:
        """Call `found` with code objects before their first run, at nearly no cost; None: no more.

        Returns whether it was on, so that of several threads only one switches it off.

        `found` runs on any thread and may get one code object twice.  It may call `break_lines` on
        it, or on code nested in it, and the call that begins meets that breakpoint.  It must not
        raise, because the exception would come out in the program.  Raises `LinesUnavailable`.
        `tracing.TracingEvents` says what 3.11 cannot see.
        """

    def see_off(self, traveller: Traveller) -> None:
        """Report the frames that an exception, about to be raised on this thread, goes through.

        On 3.11 this happens only once it is caught, and not under a profiler written in C.
        """

    def refresh(self) -> None:
        """Make sure that this thread still reports.

        Only 3.11 needs this: C code (coverage's tracer) can take the thread's trace function there
        without any sign.  Call it now and then, say at each step while lines are watched.  It costs
        0.1 us on 3.11 and nothing on later Pythons.
        """

    def close(self) -> None:
        """Put everything back as it was; may be called twice."""


def is_new_here(
    entry: TracebackType | None, frame: FrameType, wanted: Callable[[CodeType], bool]
) -> bool:
    """Whether this is the first frame of wanted code that an exception has come to.

    entry: the traceback so far, which begins at the frame that the exception is in now.
    """
    if entry is None or entry.tb_frame is not frame or not wanted(frame.f_code):
        return False
    entry = entry.tb_next
    while entry is not None:
        if wanted(entry.tb_frame.f_code):
            return False
        entry = entry.tb_next
    return True


def open_line_events(sink: LineSink, here: object = None) -> LineEvents:
    """Line events for this interpreter.  Nothing is watched yet.

    Args:
        sink: receives the events.
        here: what has the calling thread's current task as its attribute ``task``, if any.

    Raises `LinesUnavailable` when other tools hold every monitoring id.
    """
    if sys.version_info >= (3, 12):
        from .monitoring import MonitoringEvents

        return MonitoringEvents(sink, here)
    from .tracing import TracingEvents

    return TracingEvents(sink)


def jump(frame: FrameType, line: int) -> None:
    """Let a frame go on at another line; to be called inside `on_line` of that frame.

    The sink gets no `on_line` for the line jumped to: the frame is there at once, before that line
    has run, and the next event is for the line after it.  Raises `NotNow` where CPython does not
    allow the jump.
    """
    if sys.version_info < (3, 12) and frame.f_trace is None:
        # The breakpoint may be gone by now, and its trace function, which 3.11 asks for.
        frame.f_trace = lambda _frame, _event, _arg: None
    try:
        # CPython warns about locals that a jump leaves unset, and the program's own filters apply.
        with warnings.catch_warnings(module=warnings):
            warnings.simplefilter("ignore", RuntimeWarning)
            # typeshed calls it read-only; a trace function may set it
            frame.f_lineno = line  # type: ignore[misc]
    except ValueError as error:
        reason = str(error)
        if "'line' trace event" in reason:
            reason = "that works where a line is about to run, not in the middle of one"
        raise NotNow(f"cannot jump to line {line}: {reason}") from None

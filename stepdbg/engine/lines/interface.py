"""What line events are, whatever delivers them.

Owns: `LineSink` (who is told), `LineEvents` (what can be asked for), `open_line_events`
(the implementation for this interpreter) and `jump`.
Does not own: the two implementations (`monitoring`, `tracing`).

Code objects are told apart by identity, never by ``==``: CPython compares them by value
without the file name, so that equal functions of two files, or of one file before and
after a reload, are "equal"; and hashing one walks all its instructions (1.3 us for a
function of 60 lines).  So nothing here takes or gives a set or dict of code objects.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Iterable
from types import CodeType, FrameType, TracebackType
from typing import Protocol

from stepdbg.model.errors import NotNow, StepdbgError
from stepdbg.model.standard import sys

Begun = Callable[[int], object] | None
"""Who is told of frames that begin, by their ``id``; None: nobody."""


class LinesUnavailable(StepdbgError):
    """The interpreter cannot deliver line events now: another tool took what they need."""


class LineSink(Protocol):
    """Who is told.  Every method runs on the thread that runs the code, inside its frame.

    A method may block (a prompt) and may raise: the exception then leaves from that
    place of the program (`on_line`: from that line, before it has run).  The traceback's
    innermost entries are then ours; `LineEvents.see_off` tells when to cut them.

    While a method runs, the interpreter reports nothing from its thread, to no tool at
    all: code evaluated at a prompt meets no breakpoint.  Other threads go on and keep
    reporting, so a sink must expect calls on any thread.
    """

    def on_line(self, frame: FrameType, line: int) -> str | None:
        """The frame is about to run a line.

        Once each time the line is come to, from another line or by a loop that stays on
        it; the passes of a comprehension that stays on its line count once.

        Returns:
            The name of the current task when nothing waits at this line for tasks of that
            name.  They may then pass untold, until `LineEvents.break_lines` is called for it.
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
        """An exception comes up in a frame that `watch_raise` is about, the first such one.

        Its traceback reaches from this frame to where it was raised: here, in code that
        this frame calls or awaits, or in a loop that hands it to what this frame awaits.
        Told once: not in the callers that it passes, nor when the same object is raised
        again (``raise``, ``raise error``, ``Outcome.unwrap``) unless its traceback was
        taken off first.  An exception that C code raises or that is thrown into a
        suspended frame is told in that frame.  Exceptions that only end a ``for`` loop or
        an ``await`` are not told; StopAsyncIteration at an ``async for`` is.
        """


class Traveller(Protocol):
    """An exception that a sink raises, or anything else of ours that the program calls."""

    error: BaseException

    def arrive(self, frame: FrameType) -> bool:
        """It is in a frame, on its way or caught there; returns whether to tell no more."""


class LineEvents(Protocol):
    """What can be asked for.  All methods may be called from any thread, and from a sink.

    What is asked for also holds in frames that run already or are suspended.
    """

    def break_lines(self, code: CodeType, lines: Collection[int], begun: Begun = None) -> None:
        """Report `on_line` for these lines of this code object; none: forget it.

        begun: is told the ``id`` of each frame of this code that begins, before its first line.
            It must not raise.

        Replaces what was asked for this code object.  Lines that hold no code never come.
        """

    def follow(self, codes: Iterable[CodeType]) -> None:
        """Report everything but raises of these code objects; replaces the last call.

        That is `on_line` for each line, `on_start`, `on_resume`, `on_return`
        and `on_unwind`, in whatever frame and thread: choosing is up to the sink.
        Lines inside a comprehension are left out, as if it were a function of its own
        (which it was until Python 3.11).
        """

    def watch_calls(self, wanted: Callable[[CodeType], bool] | None) -> None:
        """Report `on_start` of every function for which `wanted` says yes; None: no more.

        And `on_resume` of every such generator and async generator.  Meant for a short time:
        each call of any function costs some 0.1 us meanwhile.
        """

    def watch_raise(self, wanted: Callable[[CodeType], bool] | None) -> None:
        """Report `on_raise` in the code for which `wanted` says yes; None: no more."""

    def discover(self, found: Callable[[CodeType], None] | None) -> None:
        """Tell of code objects before their first run, nearly free of cost; None: no more.

        `found` runs on any thread, may be told twice of one code object, and may call
        `break_lines` on it or on code nested in it: the run that begins meets it.  It
        must not raise: that would come out in the program.
        Raises `LinesUnavailable`.  What 3.11 cannot see: `tracing.TracingEvents`.
        """

    def see_off(self, traveller: Traveller) -> None:
        """Tell in which frames an exception is that is about to be raised on this thread.

        On 3.11 only once it is caught, and not under a profiler written in C.
        """

    def refresh(self) -> None:
        """Make sure that this thread still reports.

        Needed only on 3.11, where C code (coverage's tracer) can take the thread's trace
        function without a word: call it now and then, say at each step while lines are
        watched.  Costs 0.1 us there, nothing elsewhere.
        """

    def close(self) -> None:
        """Put everything back as it was; may be called twice."""


def is_new_here(
    entry: TracebackType | None, frame: FrameType, wanted: Callable[[CodeType], bool]
) -> bool:
    """Whether an exception has come to a frame of wanted code, and to no such one before.

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
        sink: who is told.
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

    No `on_line` comes for the line jumped to: the frame is there at once, before that
    line has run, and what is reported next is the line after it.
    Raises `NotNow` where CPython does not allow the jump.
    """
    if sys.version_info < (3, 12) and frame.f_trace is None:
        # The breakpoint may be gone by now, and its trace function, which 3.11 asks for.
        frame.f_trace = lambda _frame, _event, _arg: None
    try:
        # CPython warns of locals that a jump leaves unset, by the program's own filters.
        with warnings.catch_warnings(module=warnings):
            warnings.simplefilter("ignore", RuntimeWarning)
            # typeshed calls it read-only; a trace function may set it
            frame.f_lineno = line  # type: ignore[misc]
    except ValueError as error:
        reason = str(error)
        if "'line' trace event" in reason:
            reason = "that works where a line is about to run, not in the middle of one"
        raise NotNow(f"cannot jump to line {line}: {reason}") from None

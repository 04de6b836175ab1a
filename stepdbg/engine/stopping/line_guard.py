"""The guard between the program's lines and what stepdbg does there.

Owns: `LineGuard`: which exceptions stepdbg raises there, and which of them go on into the program.
Does not own: what a line is for (program_lines).

The program is the caller, at any of its lines.  A bug of stepdbg must not be raised into it.  But
an exception that belongs to the program must go on into it, as without a debugger: a
KeyboardInterrupt, for example, or what its own signal handler raised while our code ran.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Protocol

from stepdbg._trio_internals.tasks import failed_with
from stepdbg.engine.failing.failed_frames import Departure
from stepdbg.engine.lines import interface
from stepdbg.engine.process import memory
from stepdbg.engine.process.guard import is_programs, report_bug
from stepdbg.model.depth import TOO_LITTLE, missed, with_room
from stepdbg.model.signalled import without_our_part
from stepdbg.model.stops import StopKind

from .stepping import Arrival

if TYPE_CHECKING:
    from stepdbg.engine.breaking.breakpoints import Breakpoint
    from stepdbg.engine.breaking.hits import Hits
    from stepdbg.engine.lines.interface import LineEvents
    from stepdbg.model.breakpoints import BreakpointHit


class Stops(Protocol):
    """What the debugger offers where the program's own code is the caller."""

    @property
    def hits(self) -> Hits: ...
    def is_held_here(self) -> bool: ...
    def stop_here(
        self, arrival: Arrival, hits: tuple[BreakpointHit, ...]
    ) -> BaseException | None: ...


class LineGuard:
    """Stands between the program's lines and what stepdbg does there.

    Args:
        stops: the debugger.
        events: gives the line events.
        let_go: called when a plan fails.
    """

    def __init__(
        self, stops: Stops, events: Callable[[], LineEvents], let_go: Callable[[], None]
    ) -> None:
        self._stops = stops
        self._events = events
        self._let_go = let_go

    def see_off(self, error: BaseException, frame: FrameType) -> None:
        """Let an exception that goes into the program look as if a frame of it had raised it."""
        with suppress(interface.LinesUnavailable):  # then it shows our frames, nothing worse
            self._events().see_off(Departure(error, frame))

    def fault(
        self,
        error: BaseException,
        frame: FrameType,
        breakpoints: Callable[[], Iterable[Breakpoint]] | None = None,
        doing: str = "following the program's lines",
    ) -> BaseException | None:
        """Handle an exception that has come out of a guarded part.

        If the exception is stepdbg's own, this reports it as a bug, and switches the breakpoints
        off or drops the plan: the same fault at the next line would report it again.

        Args:
            frame: the program's frame, which has called stepdbg.
            breakpoints: gives the breakpoints that were being looked at; None: there were none.
            doing: what else stepdbg was doing, as a participle.

        Returns:
            The exception, if it belongs to the program and must be raised there; else None.
        """
        try:
            if is_programs(error):
                thrown = without_our_part(error)
                self.see_off(thrown, frame)
                return thrown
            if breakpoints is not None:
                self._stops.hits.decider.switch_off(breakpoints(), error)
            else:
                report_bug(error, doing, "your program goes on")
                self._let_go()
        except BaseException as again:
            return again if is_programs(again) else None
        return None

    def stop(
        self, frame: FrameType, arrival: Arrival | None, hits: tuple[BreakpointHit, ...] = ()
    ) -> BaseException | None:
        """Stop the code that runs on this thread.

        Args:
            frame: the program's frame, which has called stepdbg.
            arrival: how the stop comes about; None: breakpoints are hit at a line of the frame.

        Returns:
            The exception to raise into the program there; None for nothing.  Its traceback must not
            show our frames.
        """
        return with_room(partial(self._stop, frame, arrival, hits))

    def raised(
        self, frame: FrameType, error: BaseException, hits: tuple[BreakpointHit, ...]
    ) -> BaseException | None:
        """Stop where an exception comes to a frame; otherwise as `stop`."""
        return self.stop(frame, Arrival(StopKind.BREAKPOINT, frame, failed_with(error)), hits)

    def _stop(
        self, frame: FrameType, arrival: Arrival | None, hits: tuple[BreakpointHit, ...]
    ) -> BaseException | None:
        if arrival is None:
            arrival = Arrival(StopKind.BREAKPOINT, frame, chosen=True)
        thrown = self._stops.stop_here(arrival, hits)
        if thrown is not None and arrival.frame is not None:
            self.see_off(thrown, arrival.frame)
        return thrown

    def run(
        self,
        frame: FrameType,
        work: Callable[[], BaseException | None],
        breakpoints: Callable[[], Iterable[Breakpoint]] | None = None,
        doing: str = "following the program's lines",
    ) -> None:
        """Do something at a frame of the program, and raise there the exception that it returns.

        If too few frames are left, it is done once more with a higher recursion limit.

        Args: as `fault`.
        """
        thrown: BaseException | None = None
        failed: BaseException | None = None
        try:
            thrown = work()
        except TOO_LITTLE as error:
            failed = error
        except BaseException as error:
            thrown = self.fault(error, frame, breakpoints, doing)
        if failed is not None:
            try:
                thrown = with_room(partial(self._again, frame, work, breakpoints, doing, failed))
            except TOO_LITTLE:  # not even that has enough
                memory.give_all()  # the program goes on with it
                missed.append((frame.f_code.co_filename, frame.f_lineno))
            failed = None  # its traceback leads here
        if thrown is not None:
            try:
                raise thrown
            finally:
                del thrown  # its traceback leads here

    def may_try_again(self, failed: BaseException) -> bool:
        """Whether more frames, or the reserved memory, may let our code work after all."""
        return not is_programs(failed) and (isinstance(failed, RecursionError) or memory.give_up())

    def _again(
        self,
        frame: FrameType,
        work: Callable[[], BaseException | None],
        breakpoints: Callable[[], Iterable[Breakpoint]] | None,
        doing: str,
        failed: BaseException,
    ) -> BaseException | None:
        try:
            if not self.may_try_again(failed):
                return self.fault(failed, frame, breakpoints, doing)
            return work()
        except BaseException as error:
            return self.fault(error, frame, breakpoints, doing)

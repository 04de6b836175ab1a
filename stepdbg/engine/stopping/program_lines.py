"""What the program's lines mean to the debugger.

Owns: the `LineSink`: which breakpoint or plan a line, call, return or exception is for; the guard
between the program and all that is done there.
Does not own: delivering events (lines), what a plan wants (stepping), the stop (stopping).

Line events are opened when something needs them for the first time, and every method here
runs inside a frame of the program, on whatever thread that runs on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cached_property, partial
from types import FrameType
from typing import TYPE_CHECKING, Final, Protocol

import outcome

from stepdbg._trio_internals import runs
from stepdbg._trio_internals.tasks import failed_with
from stepdbg.engine.breaking import hits as _hits
from stepdbg.engine.breaking import line_breaks
from stepdbg.engine.failing.failed_frames import Departure
from stepdbg.engine.lines import interface
from stepdbg.engine.process import memory
from stepdbg.engine.process.guard import is_programs, report_bug
from stepdbg.engine.stacks.frames import is_own
from stepdbg.model.depth import missed, with_room
from stepdbg.model.signalled import without_our_part
from stepdbg.model.standard import sys, threading
from stepdbg.model.stops import StopKind

from .stepping import Arrival, LinePlan

if TYPE_CHECKING:
    from stepdbg.engine.breaking.breakpoints import Breakpoint
    from stepdbg.engine.breaking.hits import Hits
    from stepdbg.engine.breaking.line_breaks import LineBreaks
    from stepdbg.engine.lines.interface import LineEvents
    from stepdbg.model.breakpoints import BreakpointHit
    from stepdbg.model.stops import Asked


_ASKS_WHOSE: Final = sys.version_info >= (3, 12)
"""A trace function does nothing with what `on_line` returns, and it takes time to find out."""


class Stops(Protocol):
    """What is asked of the debugger where the program's own code is the caller."""

    @property
    def hits(self) -> Hits: ...
    def is_held_here(self) -> bool: ...
    def stop_here(
        self, arrival: Arrival, hits: tuple[BreakpointHit, ...]
    ) -> BaseException | None: ...


class LineGuard:
    """Stands between the program's lines and what is done there.

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
        """Let an exception that goes into the program look as if it came from a frame."""
        with suppress(interface.LinesUnavailable):  # else it shows our frames, that is all
            self._events().see_off(Departure(error, frame))

    def fault(
        self,
        error: BaseException,
        frame: FrameType,
        breakpoints: Callable[[], Iterable[Breakpoint]] | None = None,
        doing: str = "following the program's lines",
    ) -> BaseException | None:
        """Something has come out of a guarded part.

        Ours is reported as ours: the breakpoints are switched off, or what was followed is let go.

        Args:
            frame: the program's, which has called ours.
            breakpoints: gives those that were being looked at; None: there were none.
            doing: what else we were doing, as a participle.

        Returns:
            What is the program's all the same, and is to be raised there; else None.
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
            frame: the program's, which has called ours.
            arrival: how the stop comes about; None: breakpoints are hit at a line of the frame.

        Returns:
            What is to be raised into the program there, None for nothing.  Our frames are not to
            be seen on its traceback.
        """
        return with_room(partial(self._stop, frame, arrival, hits))

    def raised(
        self, frame: FrameType, error: BaseException, hits: tuple[BreakpointHit, ...]
    ) -> BaseException | None:
        """Stop where an exception comes to a frame; the rest as `stop`."""
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
        """Do something at a frame of the program, and raise there what that says.

        Where too few frames are left it is done once more, with more of them.

        Args: as `fault`.
        """
        thrown: BaseException | None = None
        failed: BaseException | None = None
        try:
            thrown = work()
        except (RecursionError, MemoryError) as error:
            failed = error
        except BaseException as error:
            thrown = self.fault(error, frame, breakpoints, doing)
        if failed is not None:
            try:
                thrown = with_room(partial(self._again, frame, work, breakpoints, doing, failed))
            except (RecursionError, MemoryError):  # not even that fits on the stack
                missed.append((frame.f_code.co_filename, frame.f_lineno))
            failed = None  # its traceback leads here
        if thrown is not None:
            try:
                raise thrown
            finally:
                del thrown  # its traceback leads here

    def may_try_again(self, failed: BaseException) -> bool:
        """Whether more frames, or the memory that is put by, may let ours work after all."""
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


class ProgramLines:
    """A `LineSink` that stops the program for plans and breakpoints.

    The program is the caller of all methods of the sink.  In each, a guarded part decides, shows
    and asks, and finds what is to be raised into the program; one statement behind it raises that.
    """

    def __init__(self, stops: Stops) -> None:
        self._stops = stops
        self._events: LineEvents | None = None
        self._plans: dict[int, LinePlan] = {}
        self._wants_calls = False
        self.guard = LineGuard(stops, self.open, lambda: self.follow(None))

    @cached_property
    def breaks(self) -> LineBreaks:
        """Where breakpoints are planted; made for the first of them."""
        return line_breaks.LineBreaks()

    @cached_property
    def _hits_at_line(self) -> Callable[..., tuple[BreakpointHit, ...]]:
        """The method itself: asked at every pass of a line, each look-up costs."""
        return self._stops.hits.at_line

    # -- what is wanted ---------------------------------------------------------------

    def open(self) -> LineEvents:
        """The line events, from now on.  Raises `LinesUnavailable`."""
        if self._events is None:
            memory.put_by()
            self._events = interface.open_line_events(self, runs.context())
        return self._events

    def close(self) -> None:
        """Listen no more, and give everything back."""
        self._plans = {}
        if self._events is not None:
            self._events.close()
            self._events = None

    def plant(self, wanted: Callable[[], list[Breakpoint]]) -> None:
        """Plant the breakpoints on lines and functions that this gives, and no others."""
        if self._events is not None or wanted():
            line_breaks.plant(self.breaks, self.open(), wanted)

    def watch_raises(self, on: bool) -> None:
        """Listen for exceptions in the program's own code, or no more."""
        if on or self._events is not None:
            self.open().watch_raise((lambda code: is_own(code.co_filename)) if on else None)

    def follow(self, plan: LinePlan | None) -> None:
        """Follow a plan on this thread, in the place of the one before; None: none."""
        ident, before = threading.get_ident(), self._plans
        if plan is None and ident not in before:
            return
        others = {key: each for key, each in before.items() if key != ident}
        self._plans = others if plan is None else {**others, ident: plan}
        self._follow_all()

    def _follow_all(self) -> None:
        plans = list(self._plans.values())
        events = self.open()
        events.follow([code for plan in plans for code in plan.codes()])
        wanted = [plan.calls for plan in plans if plan.calls is not None]
        self._wants_calls = bool(wanted)
        events.watch_calls((lambda code: any(each(code) for each in wanted)) if wanted else None)

    def refresh(self) -> None:
        """Make sure that this thread still reports (see `LineEvents.refresh`)."""
        if self._events is not None:
            self._events.refresh()

    def _plan_here(self) -> LinePlan | None:
        """The plan of this thread, if the code that runs belongs to it."""
        if not self._plans:
            return None
        plan = self._plans.get(threading.get_ident())
        if self._stops.is_held_here():
            return None  # code that was typed at a stop
        return plan if plan is not None and plan.subject is runs.current_task() else None

    def pause(self, frame: FrameType, join: Callable[[], object], asked: Asked) -> None:
        """The program asks to be stopped at a frame of its own.

        join: debugs the run of this thread, if it was not debugged so far.
        """

        def work() -> BaseException | None:
            join()
            return self.guard.stop(frame, Arrival.at_wish(frame, asked))

        self.guard.run(frame, work, doing="stopping where the program asks for it")

    # -- LineSink ---------------------------------------------------------------------

    def on_line(self, frame: FrameType, line: int) -> str | None:
        """See `LineSink`."""
        plan = arrival = thrown = hits = failed = None
        try:
            wishes = self.breaks.reached(frame, line)
            hits = self._hits_at_line(wishes, frame) if wishes else ()
            if self._plans:
                plan = self._plan_here()
                arrival = None if plan is None else plan.on_line(frame, line)
            if arrival is None and not hits:
                if wishes and _ASKS_WHOSE and wishes[0].pattern is not None:
                    return _hits.refused_task(self.breaks.may_pass(frame, line))
                return None
            thrown = self.guard.stop(frame, arrival, hits)
        except (RecursionError, MemoryError) as error:
            failed = error
        except BaseException as error:
            at_fault = partial(self.breaks.all_at, frame, line) if plan is None else None
            thrown = self.guard.fault(error, frame, at_fault)
        if failed is not None:
            try:
                thrown = with_room(partial(self._line_again, frame, line, hits, failed))
            except (RecursionError, MemoryError):  # not even that fits on the stack
                missed.append((frame.f_code.co_filename, line))
            failed = None  # its traceback leads here
        if thrown is not None:
            try:
                raise thrown
            finally:
                del thrown  # its traceback leads here
        return None

    def _line_again(
        self,
        frame: FrameType,
        line: int,
        hits: tuple[BreakpointHit, ...] | None,
        failed: BaseException,
    ) -> BaseException | None:
        """What `on_line` does, once more, where it had too few frames or too little memory.

        hits: those that it has found already; None: it did not come to that.
        """
        plan = None
        try:
            if not self.guard.may_try_again(failed):
                return self.guard.fault(failed, frame, partial(self.breaks.all_at, frame, line))
            if hits is None:
                hits = self._hits_at_line(self.breaks.reached(frame, line), frame)
            plan = self._plan_here()
            arrival = None if plan is None else plan.on_line(frame, line)
            if arrival is None and not hits:
                return None
            return self.guard.stop(frame, arrival, hits)
        except BaseException as error:
            at_fault = partial(self.breaks.all_at, frame, line) if plan is None else None
            return self.guard.fault(error, frame, at_fault)

    def on_start(self, frame: FrameType) -> None:
        """See `LineSink`."""
        self.guard.run(frame, partial(self._begin, frame, resumes=False))

    def on_resume(self, frame: FrameType) -> None:
        """See `LineSink`."""
        if self._wants_calls:
            self.guard.run(frame, partial(self._begin, frame, resumes=True))

    def _begin(self, frame: FrameType, *, resumes: bool) -> None:
        plan = self._plan_here()
        if plan is None or (resumes and plan.calls is None):
            return
        begins = plan.on_resume if resumes else plan.on_start

        def look() -> None:
            if begins(frame):
                self._follow_all()

        with_room(look)

    def on_return(self, frame: FrameType, value: object) -> None:
        """See `LineSink`."""
        self._on_leave(frame, lambda: outcome.Value(value))

    def on_unwind(self, frame: FrameType, error: BaseException) -> None:
        """See `LineSink`."""
        self._on_leave(frame, lambda: failed_with(error))

    def _on_leave(self, frame: FrameType, result: Callable[[], outcome.Outcome[object]]) -> None:
        def work() -> BaseException | None:
            plan = self._plan_here()
            arrival = None if plan is None else plan.on_leave(frame, result())
            return None if arrival is None else self.guard.stop(frame, arrival)

        self.guard.run(frame, work)

    def on_raise(self, frame: FrameType, error: BaseException) -> None:
        """See `LineSink`."""

        def work() -> BaseException | None:
            hits = self._stops.hits.at_raise(error, frame)
            return with_room(partial(self.guard.raised, frame, error, hits)) if hits else None

        self.guard.run(frame, work, self._stops.hits.on_exceptions)

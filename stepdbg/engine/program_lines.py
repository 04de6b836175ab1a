"""What the program's lines mean to the debugger.

Owns: the `LineSink`: which breakpoint or plan a line, call, return or exception is for.
Does not own: delivering events (lines), what a plan wants (stepping), the stop (stopping).

Line events are opened when something needs them for the first time, and every method here
runs inside a frame of the program, on whatever thread that runs on.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Final

import outcome

from stepdbg._trio_internals import runs
from stepdbg.model.stops import StopKind

from . import hits as _hits
from . import leaving, line_breaks
from .frames import is_own
from .lines import interface
from .stepping import Arrival, LinePlan

if TYPE_CHECKING:
    from stepdbg.model.breakpoints import BreakpointHit

    from .breakpoints import Breakpoint
    from .line_breaks import LineBreaks
    from .lines.interface import LineEvents
    from .session import Session


_ASKS_WHOSE: Final = sys.version_info >= (3, 12)
"""A trace function does nothing with what `on_line` returns, and it takes time to find out."""


class ProgramLines:
    """A `LineSink` on behalf of a session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._events: LineEvents | None = None
        self._plans: dict[int, LinePlan] = {}

    @cached_property
    def breaks(self) -> LineBreaks:
        """Where breakpoints are planted; made for the first of them."""
        return line_breaks.LineBreaks()

    @cached_property
    def _hits_at_line(self) -> Callable[..., tuple[BreakpointHit, ...]]:
        """The function itself: asked at every pass of a line, a stand-in costs too much."""
        return _hits.hits_at_line

    # -- what is wanted ---------------------------------------------------------------

    def _open(self) -> LineEvents:
        if self._events is None:
            self._events = interface.open_line_events(self, runs.context())
        return self._events

    def close(self) -> None:
        """Listen no more, and give everything back."""
        self._plans.clear()
        if self._events is not None:
            self._events.close()
            self._events = None

    def plant(self, wishes: list[Breakpoint]) -> None:
        """Plant these breakpoints on lines and functions, and no others."""
        if not wishes and self._events is None:
            return
        events = self._open()
        self.breaks.look_around()
        planted, gone = self.breaks.plant(wishes)
        for code in gone:
            events.break_lines(code, ())
        for code in planted:
            events.break_lines(code, self.breaks.lines(code))
        events.discover(self._on_new_code if wishes else None)

    def _on_new_code(self, code: CodeType) -> None:
        for each in self.breaks.found(code):
            self._open().break_lines(each, self.breaks.lines(each))

    def watch_raises(self, on: bool) -> None:
        """Listen for exceptions in the program's own code, or no more."""
        if on or self._events is not None:
            self._open().watch_raise((lambda code: is_own(code.co_filename)) if on else None)

    def follow(self, plan: LinePlan | None) -> None:
        """Follow a plan on this thread, in the place of the one before; None: none."""
        ident = threading.get_ident()
        if plan is None:
            if self._plans.pop(ident, None) is None:
                return
        else:
            self._plans[ident] = plan
        self._follow_all()

    def _follow_all(self) -> None:
        plans = list(self._plans.values())
        events = self._open()
        events.follow([code for plan in plans for code in plan.codes()])
        wanted = [plan.calls for plan in plans if plan.calls is not None]
        events.watch_calls((lambda code: any(each(code) for each in wanted)) if wanted else None)

    def refresh(self) -> None:
        """Make sure that this thread still reports (see `LineEvents.refresh`)."""
        if self._events is not None:
            self._events.refresh()

    def stop_here(self, arrival: Arrival, hits: tuple[BreakpointHit, ...]) -> None:
        """Stop the code that runs on this thread.

        Raises:
            BaseException: what the user sends into the program; there, our frames are not to
                be seen on its traceback.
        """
        try:
            self._session.stop_here(arrival, hits)
        except BaseException as error:
            if arrival.frame is not None:
                self.see_off(error, arrival.frame)
            raise

    def see_off(self, error: BaseException, frame: FrameType) -> None:
        """Let an exception that the user sends into the program look as if it came from a frame."""
        with suppress(interface.LinesUnavailable):  # else it shows our frames, that is all
            self._open().see_off(leaving.Departure(error, frame))

    def _plan_here(self) -> LinePlan | None:
        """The plan of this thread, if the code that runs belongs to it."""
        if not self._plans:
            return None
        plan = self._plans.get(threading.get_ident())
        if self._session.is_held_here():
            return None  # code that was typed at a stop
        return plan if plan is not None and plan.subject is runs.current_task() else None

    # -- LineSink ---------------------------------------------------------------------

    def on_line(self, frame: FrameType, line: int) -> str | None:
        """See `LineSink`."""
        wishes = self.breaks.reached(frame, line)
        hits = self._hits_at_line(self._session, wishes, frame) if wishes else ()
        plan = self._plan_here() if self._plans else None
        arrival = None if plan is None else plan.on_line(frame, line)
        if arrival is not None:
            self.stop_here(arrival, hits)
        elif hits:
            self.stop_here(Arrival(StopKind.BREAKPOINT, frame, chosen=True), hits)
        elif wishes and _ASKS_WHOSE and wishes[0].pattern is not None:
            return _hits.refused_task(self.breaks.all_at(frame, line))
        return None

    def on_start(self, frame: FrameType) -> None:
        """See `LineSink`."""
        plan = self._plan_here()
        if plan is not None and plan.on_start(frame):
            self._follow_all()

    def on_resume(self, frame: FrameType) -> None:
        """See `LineSink`."""
        plan = self._plan_here()
        if plan is not None and plan.calls is not None and plan.on_resume(frame):
            self._follow_all()

    def on_yield(self, frame: FrameType, value: object) -> None:
        """See `LineSink`; a suspended frame has not been left."""

    def on_return(self, frame: FrameType, value: object) -> None:
        """See `LineSink`."""
        self._on_leave(frame, outcome.Value(value))

    def on_unwind(self, frame: FrameType, error: BaseException) -> None:
        """See `LineSink`."""
        self._on_leave(frame, outcome.Error(error))

    def _on_leave(self, frame: FrameType, result: outcome.Outcome[object]) -> None:
        plan = self._plan_here()
        arrival = None if plan is None else plan.on_leave(frame, result)
        if arrival is not None:
            self.stop_here(arrival, ())

    def on_raise(self, frame: FrameType, error: BaseException) -> None:
        """See `LineSink`."""
        if self._session.is_held_here():
            return
        hits = _hits.hits_at_raise(self._session, error, frame)
        if hits:
            arrival = Arrival(StopKind.BREAKPOINT, frame, outcome.Error(error))
            self.stop_here(arrival, hits)

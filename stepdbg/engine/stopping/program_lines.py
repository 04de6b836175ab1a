"""What the program's lines mean to the debugger.

Owns: the `LineSink`: which breakpoint or plan a line, call, return or exception is for.
Does not own: delivering events (lines), what a plan wants (stepping), the stop (stopping), the
guard between the program and what stepdbg does there (line_guard).

Line events are opened when something needs them for the first time.  Every method here runs inside
a frame of the program, on the thread of that frame.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Final

import outcome

from stepdbg._trio_internals import runs
from stepdbg._trio_internals.tasks import failed_with
from stepdbg.engine.breaking import hits as _hits
from stepdbg.engine.breaking import line_breaks
from stepdbg.engine.lines import interface
from stepdbg.engine.process import memory
from stepdbg.engine.stacks.frames import is_own
from stepdbg.model.depth import TOO_LITTLE, missed, with_room
from stepdbg.model.standard import sys, threading

from . import line_guard
from .stepping import Arrival, LinePlan

if TYPE_CHECKING:
    from stepdbg.engine.breaking.breakpoints import Breakpoint
    from stepdbg.engine.breaking.line_breaks import LineBreaks
    from stepdbg.engine.breaking.watched import ValueWatch
    from stepdbg.engine.lines.interface import LineEvents
    from stepdbg.model.breakpoints import BreakpointHit
    from stepdbg.model.stops import Asked

    from .line_guard import LineGuard


_ASKS_WHOSE: Final = sys.version_info >= (3, 12)
"""On 3.11 the trace function ignores what `on_line` returns, so we do not compute it."""


class Following:
    """What needs the program's lines, besides breakpoints.

    Args:
        stops: the debugger.
        events: gives the line events.

    Attributes:
        plans: the plan of each thread that has one.
        values: looks at values at all lines of the program's own code; None: nothing is watched.
        wants_calls: whether functions that begin are of interest.
    """

    def __init__(self, stops: line_guard.Stops, events: Callable[[], LineEvents]) -> None:
        self.plans: dict[int, LinePlan] = {}
        self.values: ValueWatch | None = None
        self.wants_calls = False
        self._stops = stops
        self._events = events

    def watch_values(self, values: ValueWatch | None) -> None:
        """Look at values at all lines of the program's own code, or no more."""
        if values is not None or self.values is not None:
            self.values = values
            self._follow_all()

    def follow(self, plan: LinePlan | None) -> None:
        """Follow a plan on this thread, in place of the one before; None: follow no plan."""
        ident, before = threading.get_ident(), self.plans
        if plan is None and ident not in before:
            return
        others = {key: each for key, each in before.items() if key != ident}
        self.plans = others if plan is None else {**others, ident: plan}
        self._follow_all()

    def _follow_all(self) -> None:
        plans = list(self.plans.values())
        events = self._events()
        codes = [code for plan in plans for code in plan.codes()]
        wanted = [plan.calls for plan in plans if plan.calls is not None]
        if self.values is not None:
            codes += self.values.codes
            wanted.append(self.values.wants)
        events.follow(codes)
        self.wants_calls = bool(wanted)
        events.watch_calls((lambda code: any(each(code) for each in wanted)) if wanted else None)

    def plan_here(self) -> LinePlan | None:
        """The plan of this thread, if the code that runs belongs to it."""
        if not self.plans:
            return None
        plan = self.plans.get(threading.get_ident())
        if self._stops.is_held_here():
            return None  # code that was typed at a stop
        return plan if plan is not None and plan.subject is runs.current_task() else None

    def begin(self, frame: FrameType, *, resumes: bool) -> None:
        """A function begins, or a generator goes on (`resumes`)."""
        if self.values is not None and self.values.begins(frame):
            self._follow_all()
        plan = self.plan_here()
        if plan is None or (resumes and plan.calls is None):
            return
        begins = plan.on_resume if resumes else plan.on_start

        def look() -> None:
            if begins(frame):
                self._follow_all()

        with_room(look)


class ProgramLines:
    """A `LineSink` that stops the program for plans and breakpoints.

    The program is the caller of all methods of the sink.  In each method, a guarded part decides,
    shows and asks, and finds the exception to raise into the program.  One statement after it
    raises that.
    """

    def __init__(self, stops: line_guard.Stops) -> None:
        self._stops = stops
        self._events: LineEvents | None = None
        self.following = Following(stops, self.open)
        self.follow: Callable[[LinePlan | None], None] = self.following.follow

    @cached_property
    def guard(self) -> LineGuard:
        """The guard between the program and this class; made for the first event."""
        return line_guard.LineGuard(self._stops, self.open, lambda: self.follow(None))

    @cached_property
    def breaks(self) -> LineBreaks:
        """Where breakpoints are planted; made for the first breakpoint."""
        return line_breaks.LineBreaks()

    @cached_property
    def _hits_at_line(self) -> Callable[..., tuple[BreakpointHit, ...]]:
        """The bound method: it is called each time a line is passed, and look-ups cost time."""
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
        self.following.plans, self.following.values = {}, None
        if self._events is not None:
            self._events.close()
            self._events = None

    def plant(self, wanted: Callable[[], list[Breakpoint]]) -> None:
        """Plant the breakpoints on lines and functions that `wanted` gives, and no others."""
        if self._events is not None or wanted():
            line_breaks.plant(self.breaks, self.open(), wanted)

    def look_at_new(self, code: CodeType) -> None:
        """Plant what belongs into code that is about to run and that no loader has loaded."""
        if self._events is not None:
            line_breaks.look_at_new(self.breaks, self._events, code)

    def watch_raises(self, on: bool) -> None:
        """Listen for exceptions in the program's own code, or no more."""
        if on or self._events is not None:
            self.open().watch_raise((lambda code: is_own(code.co_filename)) if on else None)

    def refresh(self) -> None:
        """Make sure that this thread still reports (see `LineEvents.refresh`)."""
        if self._events is not None:
            self._events.refresh()

    def pause(self, frame: FrameType, join: Callable[[], object], asked: Asked) -> None:
        """Stop at a frame of the program, because the program asks for it.

        join: debugs the run of this thread, if stepdbg did not debug it so far.
        """

        def work() -> BaseException | None:
            join()
            return self.guard.stop(frame, Arrival.at_wish(frame, asked))

        self.guard.run(frame, work, doing="stopping where the program asks for it")

    # -- LineSink ---------------------------------------------------------------------

    def on_line(self, frame: FrameType, line: int) -> str | None:
        """Stop at a line if its breakpoints or the plan of this thread ask for that."""
        plan = arrival = thrown = hits = failed = None
        try:
            wishes = self.breaks.reached(frame, line)
            hits = self._hits_at_line(wishes, frame) if wishes else ()
            if self.following.plans:
                plan = self.following.plan_here()
                arrival = None if plan is None else plan.on_line(frame, line)
            if self.following.values is not None:
                hits += self.following.values.at_line(frame)
            if arrival is None and not hits:
                if self.following.values is not None:
                    return None  # each line counts
                if wishes and _ASKS_WHOSE and wishes[0].pattern is not None:
                    return _hits.refused_task(self.breaks.may_pass(frame, line))
                return None
            thrown = self.guard.stop(frame, arrival, hits)
        except TOO_LITTLE as error:
            failed = error
        except BaseException as error:
            at_fault = partial(self.breaks.all_at, frame, line) if plan is None else None
            thrown = self.guard.fault(error, frame, at_fault)
        if failed is not None:
            try:
                thrown = with_room(partial(self._line_again, frame, line, hits, failed))
            except TOO_LITTLE:  # not even that has enough
                memory.give_all()  # the program goes on with it
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
        """Do what `on_line` does once more, because it had too few frames or too little memory.

        hits: the hits that it has found already; None: it did not come to that.
        """
        plan = None
        try:
            if not self.guard.may_try_again(failed):
                return self.guard.fault(failed, frame, partial(self.breaks.all_at, frame, line))
            if hits is None:
                hits = self._hits_at_line(self.breaks.reached(frame, line), frame)
            plan = self.following.plan_here()
            arrival = None if plan is None else plan.on_line(frame, line)
            if arrival is None and not hits:
                return None
            return self.guard.stop(frame, arrival, hits)
        except BaseException as error:
            at_fault = partial(self.breaks.all_at, frame, line) if plan is None else None
            return self.guard.fault(error, frame, at_fault)

    def on_start(self, frame: FrameType) -> None:
        """Follow a frame that begins."""
        self.guard.run(frame, partial(self.following.begin, frame, resumes=False))

    def on_resume(self, frame: FrameType) -> None:
        """Follow a frame that goes on, if calls matter."""
        if self.following.wants_calls:
            self.guard.run(frame, partial(self.following.begin, frame, resumes=True))

    def on_return(self, frame: FrameType, value: object) -> None:
        """Stop where a function returns, if the plan asks for that."""
        self._on_leave(frame, lambda: outcome.Value(value))

    def on_unwind(self, frame: FrameType, error: BaseException) -> None:
        """Stop where an exception leaves a function, if the plan asks for that."""
        self._on_leave(frame, lambda: failed_with(error))

    def _on_leave(self, frame: FrameType, result: Callable[[], outcome.Outcome[object]]) -> None:
        def work() -> BaseException | None:
            if self.following.values is not None:
                self.following.values.left(frame)
            plan = self.following.plan_here()
            arrival = None if plan is None else plan.on_leave(frame, result())
            return None if arrival is None else self.guard.stop(frame, arrival)

        self.guard.run(frame, work)

    def on_raise(self, frame: FrameType, error: BaseException) -> None:
        """Stop where an exception is raised, if a breakpoint asks for that."""

        def work() -> BaseException | None:
            hits = self._stops.hits.at_raise(error, frame)
            return with_room(partial(self.guard.raised, frame, error, hits)) if hits else None

        self.guard.run(frame, work, self._stops.hits.on_exceptions)

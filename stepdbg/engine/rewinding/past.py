"""The past: a child of the copy, which executes the run once more and talks to the user.

Owns: `Past`, which stands before the front end there: nothing is shown until the step that was
asked for, and every way out leads back to the live process.
Does not own: the order of steps (following), what must not be done again (deeds).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING, NoReturn, Protocol

from trio.lowlevel import Task

from stepdbg.engine.scheduling.replaying import ReplayedRun
from stepdbg.engine.scheduling.steerable import SteeredRun
from stepdbg.engine.stopping.stepping import Plan, StepAny
from stepdbg.model.recording import REPLAY_ANYWAY, Sought, SoughtKind
from stepdbg.model.records import replace
from stepdbg.model.schedule_text import schedule_of
from stepdbg.model.standard import os
from stepdbg.model.stops import (
    Continue,
    Detach,
    Event,
    Moved,
    Note,
    Quit,
    Restart,
    Resume,
    StopKind,
)

from . import whereabouts
from .deeds import Guard
from .descriptors import Muted
from .following import Rewind
from .messages import Message, send
from .scanning import ChangeSought, HitSought, Seeker, wanted
from .whereabouts import NOW, Here

if TYPE_CHECKING:
    from stepdbg.model.facts import BreakpointNumber, RunId
    from stepdbg.model.protocols import Controller, FrontEnd, Inspector
    from stepdbg.model.stops import Stop

    from .keeper import Begun


class BeginsAnew(Protocol):
    """A front end that can talk in a copy of the process."""

    def take_over(
        self,
        stop: Stop,
        inspector: Inspector,
        controller: Controller,
        setup: tuple[str, ...],
        lines: tuple[str, ...],
    ) -> None:
        """Begin anew at a stop that is not shown.

        setup: lines to carry out now, without a word.  lines: those to take at the stops to come.
        """

    def to_come(self) -> deque[str]:
        """The lines that are still to be taken, which changes as they are."""


class RewoundRun(SteeredRun, ReplayedRun, Protocol):
    """A run that is executed once more."""

    @property
    def live_frames(self) -> Callable[[Task], list[FrameType]]: ...
    def follow(self, plan: Plan) -> None: ...


class Past:
    """A `FrontEnd` in a copy of the process.

    Args:
        front_end: what the user sees.  talks: the same.
        controller: shows things, and changes nothing.
        begun: what was asked.
        muted: the standard streams.
    """

    def __init__(
        self,
        front_end: FrontEnd,
        talks: BeginsAnew,
        controller: Controller,
        begun: Begun,
        muted: Muted,
    ) -> None:
        self._inner, self._talks, self._muted = front_end, talks, muted
        self._controller = controller
        self._request, self._news = begun.request, begun.news
        self._schedule = schedule_of(begun.request["log"])
        self._step: int = begun.request["step"]
        self._guard = Guard(self._refuse)
        self._talking = False
        self._disabled: list[BreakpointNumber] = []
        self._arrived = False
        self._wanted: Message = {}
        self._run: RewoundRun | None = None
        self._rewind: Rewind | None = None
        self._seeker: Seeker | None = None
        self._hits = 0

    # -- the run ----------------------------------------------------------------------

    def follow(self, run: RewoundRun) -> Rewind | None:
        """Let the run that begins go its way once more; a later one is not begun."""
        if self._run is not None:
            return None
        self._run = run
        self._rewind = Rewind(run, self._schedule, self)
        self._rewind.begin()
        self._seeker = _seeker(self._request, run)
        if not self._request["anyway"]:
            self._guard.begin()
        return self._rewind

    def before_step(self, number: int) -> None:
        """See `Moments`."""
        self._guard.on = True
        if self._seeker is not None:
            self._seeker.before_step(number)
        if number == self._step and self._run is not None:
            if self._seeker is not None:
                self._leave(self._seeker.found())
            self._arrived = True
            self._run.follow(StepAny())

    def at_present(self) -> NoReturn:
        """See `Moments`."""
        if self._seeker is not None and self._rewind is not None:
            self._seeker.before_step(self._rewind.steps + 1)
            self._leave(self._seeker.found())
        self._leave({"note": "the past ends here: this is the present moment"})

    def diverged(self, expected: str) -> NoReturn:
        """See `Moments`."""
        self._leave({"note": f"executed once more, the run does something else: {expected}"})

    def _refuse(self, deed: str) -> NoReturn:
        step = 0 if self._rewind is None else self._rewind.steps
        way = f"`goto STEP {REPLAY_ANYWAY}` lets the program do that"
        self._leave({"note": f"there is no way beyond step {step:,}: {deed}; {way}"})

    def _leave(self, message: Message) -> NoReturn:
        """End this process; the live one goes on with what came of it."""
        if self._talking:
            message = {**message, "lines": list(self._talks.to_come())}
        with suppress(OSError):  # the live process has gone
            send(self._news, message)
        os._exit(0)  # noqa: SLF001 - documented

    def keep(self, number: RunId) -> None:
        """A later run than the one that is shown has no copy of its own."""

    def let_go(self) -> None:
        """There is no copy of a copy."""

    # -- what the user asks -----------------------------------------------------------

    def go_to(self, sought: Sought) -> None:
        """See `Controller.go_to`."""
        run = self._run
        assert run is not None
        step = whereabouts.step_of(sought, self._here(), run.registry.paths)
        self._wanted = wanted(sought, step, run)

    def _here(self) -> Here:
        assert self._run is not None
        assert self._rewind is not None
        at = whereabouts.standing(self._run)
        step = self._rewind.steps + (not at.chosen)
        return Here(self._schedule.log, step, at.under_way, self._request["present"])

    # -- the front end ----------------------------------------------------------------

    @property
    def wants_recorder(self) -> bool:
        """What the front end that the user sees wants."""
        return self._inner.wants_recorder

    @property
    def takes_ctrl_c(self) -> bool:
        """What the front end that the user sees says."""
        return self._inner.takes_ctrl_c

    def would_answer(self) -> bool:
        """True: a user has asked for this moment."""
        return True

    def on_session(self, inspector: Inspector, controller: Controller) -> None:
        """Nothing: the front end knows the session from the live process."""

    def on_event(self, event: Event) -> None:
        """Pass on what happens while the user goes on from the moment that was asked for."""
        if self._arrived and self._talking:
            self._inner.on_event(event)

    def close(self) -> None:
        """Nothing: the process ends by `_leave`, and the live one goes on with the front end."""

    def on_stop(self, stop: Stop, inspector: Inspector, _: Controller) -> Resume:
        """Show a stop from the step on that was asked for; before it, let the run go on."""
        self._guard.on = False
        if not self._talking:
            self._begin_talk(stop, inspector)
        self._count(stop)
        if not self._arrived:
            if stop.kind is StopKind.HALT:
                self._leave({"note": "that was interrupted: this is the present moment"})
            self._guard.on = True
            return Continue()
        for number in self._disabled:
            self._controller.enable_breakpoint(number, True)
        self._disabled.clear()
        resume = self._ask(stop, inspector)
        self._guard.on = True
        return resume

    def _count(self, stop: Stop) -> None:
        """Tell the seeker of a stop, which may be the one that was found before."""
        number = 0 if self._rewind is None else self._rewind.steps
        if self._seeker is not None:
            self._seeker.at_stop(stop, number)
        if stop.hits and self._request["nth"]:
            self._hits += 1
            self._arrived = self._arrived or self._hits == self._request["nth"]

    def _begin_talk(self, stop: Stop, inspector: Inspector) -> None:
        """Have what the user has set up; it counts from the step on that was asked for."""
        setup, lines = self._request["setup"], self._request["lines"]
        self._talks.take_over(stop, inspector, self._controller, tuple(setup), tuple(lines))
        self._talking = True
        needed = self._request["nth"] or self._request["seek"] == SoughtKind.HIT
        for each in () if needed else inspector.breakpoints():
            if each.enabled:
                self._controller.enable_breakpoint(each.number, False)
                self._disabled.append(each.number)

    def _ask(self, stop: Stop, inspector: Inspector) -> Resume:
        while True:
            shown = replace(stop, note=_told(stop, self._here(), self._request))
            self._muted.speak()
            try:
                resume = self._inner.on_stop(shown, inspector, self._controller)
            finally:
                self._muted.mute()
            if isinstance(resume, Moved):
                to_present = self._wanted["step"] == NOW
                note = {"note": "this is the present moment"}
                self._leave(note if to_present else {"go": self._wanted})
            elif isinstance(resume, Quit):
                closed = "the past is closed: this is the present moment, where `quit` ends the run"
                self._leave({"note": closed})
            elif not isinstance(resume, Restart | Detach):
                return resume
            self._inner.on_event(Note("that works at the present moment: `goto now`", "warning"))


def _told(stop: Stop, here: Here, request: Message) -> str:
    """What the note of a stop says."""
    count = request["present"] - 1
    at = "in" if here.under_way else "before"
    told = f"this is the past, {at} step {here.step:,} of {count:,}: a re-execution"
    arrived = here.step == request["step"] and not here.under_way
    found = request["told"] if arrived else ""
    own = "".join(f"{each}; " for each in (stop.note, found) if each)
    return f"{own}{told}; `goto now` comes back"


def _seeker(request: Message, run: RewoundRun) -> Seeker | None:
    """What looks for a moment in a run that begins, None where that is known."""
    if request["seek"] == SoughtKind.CHANGE:
        return ChangeSought(request["watch"], run.runner)
    return HitSought(request["step"]) if request["seek"] == SoughtKind.HIT else None

"""The past: a child of the copy, which executes the run once more and talks to the user.

Owns: `Past`, which is between the run and the front end there: it shows nothing before the moment
that was asked for, and every way out leads back to the live process.
Does not own: getting to that moment (journey).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from stepdbg.model.recording import Past as PastMoment
from stepdbg.model.recording import Sought, SoughtKind
from stepdbg.model.records import replace
from stepdbg.model.stops import (
    Continue,
    Detach,
    Event,
    Moved,
    Note,
    Quit,
    Restart,
    Resume,
    ResumeStep,
    StopKind,
)

from .descriptors import Muted
from .journey import Journey
from .messages import Message
from .whereabouts import NOW, Whereabouts

if TYPE_CHECKING:
    from stepdbg.model.facts import BreakpointNumber, RunId
    from stepdbg.model.protocols import Controller, FrontEnd, Inspector
    from stepdbg.model.stops import Stop

    from .following import Rewind
    from .journey import RewoundRun
    from .keeper import Begun


class BeginsAnew(Protocol):
    """A front end that can talk in a copy of the process."""

    def get_ready(self) -> None:
        """Import what a stop needs, in the copy; nothing is shown yet."""

    def rest(self) -> bool:
        """Let none of its threads run until `go_on`; False if that is not possible."""

    def go_on(self) -> None:
        """Let its threads run again, if this is the process that talks to the user."""

    def hand_over(self) -> Message:
        """What another process needs to go on with the user.

        From then on, that process talks to the user, and this one takes no input, until
        `take_back` is called with what the other process has left.
        """

    def take_back(self, given: Message) -> None:
        """Go on with what another process has left."""

    def take_over(
        self,
        stop: Stop,
        inspector: Inspector,
        controller: Controller,
        setup: tuple[str, ...],
        given: Message,
    ) -> None:
        """Begin anew at a stop that is not shown.

        setup: lines to carry out now, without showing anything.
        given: what `hand_over` returned in the other process.
        """


class Past:
    """A `FrontEnd` in a copy of the process.

    Args:
        front_end: what the user sees.
        talks: the same object.
        controller: shows things, and changes nothing.
        begun: what was asked for.
        muted: the standard streams.

    Attributes:
        talking: whether the front end talks here, with what the user has set up.
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
        self._journey = Journey(begun, self._hand_over)
        self.let_tape_rewind = self._journey.let_tape_rewind
        self.talking = self._gone_on = False
        self._disabled: list[BreakpointNumber] = []
        self._wanted: Message = {}

    # -- what a session calls ---------------------------------------------------------

    def follow(self, run: RewoundRun) -> Rewind | None:
        """Give the strategy that executes the run that begins; None for a later run."""
        return self._journey.follow(run)

    def keep(self, number: RunId, prepare: Callable[[Message], object]) -> None:
        """Do nothing: runs after the one that is shown have no copy of their own."""

    def let_go(self) -> None:
        """Do nothing: a copy has no copy."""

    def run_ended(self, run: object, *, failed: bool) -> None:
        """Do nothing: the strategy has reported that already."""

    def go_to(self, sought: Sought) -> None:
        """Show another moment from the next stop on; see `Controller.go_to`."""
        self._wanted = self._journey.wanted(sought, as_left=not self._gone_on)

    def _hand_over(self) -> Message:
        """What the live process needs to go on with the user."""
        if not self.talking:
            return {}
        self._talks.rest()
        return {"talk": self._talks.hand_over()}

    # -- the front end ----------------------------------------------------------------

    @property
    def wants_recorder(self) -> bool:
        """Whether the front end that the user sees wants a recorder."""
        return self._inner.wants_recorder

    @property
    def takes_ctrl_c(self) -> bool:
        """Whether the front end that the user sees takes Ctrl-C."""
        return self._inner.takes_ctrl_c

    def would_answer(self) -> bool:
        """Always True: a user has asked for this moment."""
        return True

    def on_session(self, inspector: Inspector, controller: Controller) -> None:
        """Do nothing: the front end knows the session from the live process."""

    def on_event(self, event: Event) -> None:
        """Pass on what happens while the user goes on from the moment that was asked for."""
        if self._journey.arrived and self.talking:
            self._inner.on_event(event)

    def close(self) -> None:
        """Do nothing: `Journey.leave` ends the process, and the live one keeps the front end."""

    def on_stop(self, stop: Stop, inspector: Inspector, _: Controller) -> Resume:
        """Show the stop, unless the moment that was asked for is still to be reached."""
        journey = self._journey
        journey.guard.on = False
        if not self.talking:
            self._begin_talk(stop, inspector)
        journey.stands(stop)
        if not journey.arrived:
            if stop.kind is StopKind.HALT:
                journey.leave({"note": "that was interrupted: this is the present moment"})
            journey.guard.on = True
            return Continue() if stop.kind is StopKind.START else ResumeStep()
        for number in self._disabled:
            self._controller.enable_breakpoint(number, True)
        self._disabled.clear()
        resume = self._ask(stop, inspector)
        journey.guard.on = self._gone_on = True
        return resume

    def _begin_talk(self, stop: Stop, inspector: Inspector) -> None:
        """Take over what the user has set up; it applies from the moment that was asked for."""
        request = self._journey.request
        setup, given = tuple(request["setup"]), request["talk"]
        self._talks.take_over(stop, inspector, self._controller, setup, given)
        self.talking = True
        needed = request["nth"] or request["seek"] == SoughtKind.HIT
        for each in () if needed else inspector.breakpoints():
            if each.enabled:
                self._controller.enable_breakpoint(each.number, False)
                self._disabled.append(each.number)

    def _ask(self, stop: Stop, inspector: Inspector) -> Resume:
        journey = self._journey
        while True:
            here, count = journey.here(), journey.request["present"] - 1
            note = _note_on_moment(stop, here, journey.request, as_left=not self._gone_on)
            shown = replace(stop, note=note, past=PastMoment(here.step, count))
            self._muted.speak()
            try:
                resume = self._inner.on_stop(shown, inspector, self._controller)
            finally:
                self._muted.mute()
            if isinstance(resume, Moved):
                to_present = self._wanted["step"] == NOW
                now = {"note": "this is the present moment"}
                journey.leave(now if to_present else {"go": self._wanted})
            elif isinstance(resume, Quit):
                closed = "the past is closed: this is the present moment, where `quit` ends the run"
                journey.leave({"note": closed})
            elif getattr(resume, "alone", False):
                self._warn("the order of the steps is that of the past, so no task can run alone")
            elif isinstance(resume, Restart | Detach):
                self._warn("that works at the present moment: `goto now`")
            else:
                return resume

    def _warn(self, sentence: str) -> None:
        self._inner.on_event(Note(sentence, "warning"))


def _note_on_moment(stop: Stop, here: Whereabouts, request: Message, *, as_left: bool) -> str:
    """The note of a stop.

    as_left: whether the run is still at the moment that was asked for.
    """
    count = request["present"] - 1
    at = "in" if here.under_way else "before"
    sentence = f"this is the past, {at} step {here.step:,} of {count:,}: a re-execution"
    found = request["told"] if as_left else ""
    own = "".join(f"{each}; " for each in (stop.note, found) if each)
    return f"{own}{sentence}; `goto now` comes back"

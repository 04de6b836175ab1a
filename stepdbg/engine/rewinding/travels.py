"""Going back, as the live process does it: it asks its copy, and waits at its stop.

Owns: `Travels`: the copy of the run that began last, and what follows from a journey.
Does not own: the copy (keeper), what a child of it does (past), finding a step (whereabouts).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from stepdbg._trio_internals import runs, tasks
from stepdbg.engine.process.standard_streams import streams_kept
from stepdbg.engine.scheduling.steerable import ScheduledRun
from stepdbg.model import interrupts
from stepdbg.model.errors import NotNow
from stepdbg.model.recording import Sought, SoughtKind
from stepdbg.model.records import replace
from stepdbg.model.schedule_text import file_of
from stepdbg.model.schedules import Base, Header, Schedule
from stepdbg.model.standard import signal, sys
from stepdbg.sealed import loaded

from . import keeper, whereabouts
from .keeper import Begun, Kept
from .messages import Message, receive, send
from .whereabouts import NOW, Whereabouts

if TYPE_CHECKING:
    from types import FrameType

    from trio.lowlevel import Task

    from stepdbg.engine.histories.uncontrolled import Touches
    from stepdbg.engine.recording.step_log import StepLog
    from stepdbg.engine.stopping.held import Held
    from stepdbg.model.facts import RunId
    from stepdbg.model.stops import Event, Stop
    from stepdbg.model.uncontrolled import Touch

    from .afterwards import DeadStop
    from .past import BeginsAnew


class TravelledRun(ScheduledRun, Protocol):
    """A run that has a copy."""

    @property
    def id(self) -> RunId: ...
    @property
    def held(self) -> Held | None: ...
    @property
    def live_frames(self) -> Callable[[Task], list[FrameType]]: ...
    @property
    def touches(self) -> Touches | None: ...
    @property
    def tell(self) -> Callable[[Event], None]: ...
    def steps(self) -> StepLog: ...


class Travels:
    """Shows earlier moments of the run that began last.

    Args:
        asked: gives the run that is held.
        dead: gives the stop after the end, if the user is at that.
        talks: gives the front end, if it can begin anew in a copy.
        records: whether a run that begins now is recorded.
    """

    def __init__(
        self,
        asked: Callable[[], TravelledRun | None],
        dead: Callable[[], DeadStop | None],
        talks: Callable[[], BeginsAnew | None],
        records: Callable[[], bool],
    ) -> None:
        self._dead = dead
        self._ended: TravelledRun | None = None
        self._said: set[Touch] = set()
        self._asked, self._talks, self._records = asked, talks, records
        self._kept: Kept | None = None
        self._run: RunId | None = None
        self._process = 0
        self._why_not = "no run has begun yet"
        self._wanted: Message = {}

    def keep(self, number: RunId, prepare: Callable[[Message], object]) -> Begun | None:
        """Make a copy of this process, in place of an earlier one: a run is about to begin.

        Args:
            number: the number of the run.
            prepare: see `keeper.keep`.

        Returns:
            In a child of the copy: what it must do.  In this process: None.
        """
        self.let_go()
        self._ended = None
        self._said.clear()
        self._run, talks = number, self._talks()
        if talks is None:
            self._why_not = "this front end can only talk to one process"
            return None
        if not self._records():
            self._why_not = "the run was not recorded from its start"
            return None
        rests = talks.rest()
        try:
            self._why_not = self._reason() if rests else "stepdbg was busy when the run began"
            return None if self._why_not else self._keep(prepare)
        finally:
            talks.go_on()

    def _keep(self, prepare: Callable[[Message], object]) -> Begun | None:
        try:
            made = keeper.keep(prepare)
        except OSError as error:
            self._why_not = f"the process could not be copied when the run began ({error})"
            return None
        if isinstance(made, Begun):
            return made
        self._kept = made
        return None

    def _reason(self) -> str:
        # Not in a variable: a frame that has itself in one is a cycle.
        if runs.is_called_by(sys._getframe(), runs.GUEST_CODE):  # noqa: SLF001 - documented
            return "the run is the guest of another loop"
        return keeper.why_not()

    def let_go(self) -> None:
        """End the copy, which is no longer needed."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def run_ended(self, run: TravelledRun, *, failed: bool) -> None:
        """End the copy of a run that is over; after a failure, keep it until the next run."""
        unlogged = run.steps().ended
        if failed and run.id == self._run and not unlogged:
            self._ended = run
        else:
            self.let_go()
            self._why_not = self._why_not or unlogged or "it has ended without a failure"

    def follow(self, run: object) -> None:  # noqa: ARG002 - as `Past` has it
        """Do nothing: a live run follows no earlier one."""
        return

    # -- what the user asks -----------------------------------------------------------

    def go_to(self, sought: Sought) -> None:
        """Show another moment from the next stop on.

        Raises:
            BadUsage: there is no such moment.
            NotNow: there is no way back.
        """
        dead = self._dead()
        run = self._asked() if dead is None else self._ended
        if run is None or run.id != self._run or sought.run != self._run:
            raise NotNow(
                "only the run that began last has a way back, while it is held or after its failure"
            )
        if self._kept is None:
            raise NotNow(f"this run has no way back: {self._why_not}")
        from . import afterwards, beforehand, scanning  # few users go back

        here = here_in(run) if dead is None else afterwards.here_after(run, dead)
        step = whereabouts.step_of(sought, here, run.registry.paths)
        if step != NOW:
            goal = step if sought.kind is SoughtKind.STEP else None
            beforehand.look(run, here.log, goal, self._said)
        stands = scanning.AtStop(run) if dead is None else afterwards.AfterEnd(dead)
        self._wanted = {
            **scanning.wanted(sought, step, stands),
            "log": file_of(_schedule_of(run, here)).decode(),
            "present": here.present,
        }

    def move(self, stop: Stop) -> Stop:
        """Let the user look at the past for as long as the user wants.

        Returns:
            The stop to be shown next, that of the present moment.
        """
        wanted, self._wanted = self._wanted, {}
        note = "this is the present moment"
        while wanted and wanted["step"] != NOW:
            came = self._journey(wanted)
            note = came.get("note") or came.get("nothing", note)
            wanted = _after(wanted, came)
        hits = tuple(replace(hit, commands=()) for hit in stop.hits)
        return replace(stop, note=note, commands=(), hits=hits)

    def _journey(self, wanted: Message) -> Message:
        """Let one child of the copy run from its beginning to its end; return what it sent."""
        talks = self._talks()
        assert talks is not None, "without it there is no copy"
        talks.rest()
        try:
            with streams_kept(lambda _: None):
                came = self._ask({**wanted, "talk": talks.hand_over(), "loaded": loaded()})
            interrupts.noticed()  # Ctrl-C was meant for the child
            if "talk" in came:
                talks.take_back(came["talk"])
        finally:
            talks.go_on()
        return came

    def _ask(self, request: Message) -> Message:
        came: Message = {}
        if self._kept is None:
            return {"note": "the way back is gone"}
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPIPE})
        try:
            send(self._kept.requests, request)
        except OSError:
            return self._is_gone()
        finally:
            if signal.SIGPIPE in signal.sigpending():
                signal.sigtimedwait({signal.SIGPIPE}, 0)
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        while True:
            news = receive(self._kept.news)
            if news is None:
                return came or self._is_gone()
            if "ended" not in news:
                came = news
            elif came:
                return came
            else:
                how = news["ended"]
                way = f"was ended by signal {-how}" if how < 0 else f"has ended with status {how}"
                return {"note": f"the past {way}; this is the present moment"}

    def _is_gone(self) -> Message:
        self.let_go()
        self._why_not = "something outside ended the copy of the process that this needs"
        return {"note": f"this run has no way back any more: {self._why_not}"}


def _after(wanted: Message, came: Message) -> Message:
    """What to ask the copy for next; empty to come back to the present.

    Args:
        wanted: what it was asked for.
        came: what it has answered.
    """
    if "go" in came:
        return {**wanted, **came["go"]}
    # A user in the past who looks for what is not there stays at the moment that was shown.
    if "nothing" in came and wanted["stay"]:
        return {**wanted, **wanted["stay"], "seek": None, "told": came["nothing"], "stay": None}
    return {}


def _schedule_of(run: TravelledRun, here: Whereabouts) -> Schedule:
    """What has happened in a live run, with its times and its tape."""
    tape, paths = run.steered.tape, run.registry.paths
    contents = None if tape is None else tape.contents()
    reads = None if paths is None else run.steps().reads(paths)
    return Schedule(Header("", "", ""), Base.STOCK, log=here.log, tape=contents, reads=reads)


def here_in(run: TravelledRun) -> Whereabouts:
    """Where a live run is held.  Raises `NotNow` if not all of its steps were logged."""
    paths, steps, at = run.registry.paths, run.steps(), whereabouts.progress_of(run)
    if paths is None or steps.ended:
        raise NotNow(f"this run has no way back: {steps.ended}")
    task = runs.current_task()
    begun = () if task is None or not at.under_way else (tasks.number(task),)
    log = steps.read(paths, *begun)
    step = log.steps + (not at.under_way)
    return Whereabouts(log, step, at.under_way, log.steps + 1)

"""A run that is executed once more: how far it has come, and what to do there.

Owns: `Journey`, the `Moments` of the strategy that executes it, and the end of the process.
Does not own: what the user sees (past), the order of steps (following), what must not be done
again (deeds).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING, NoReturn, Protocol

from trio.lowlevel import Task

from stepdbg.engine.scheduling.log_place import ReplayedRun
from stepdbg.engine.scheduling.steerable import SteeredRun
from stepdbg.engine.stopping.stepping import Plan, StepAny
from stepdbg.model.recording import REPLAY_ANYWAY, SoughtKind
from stepdbg.model.schedule_text import from_file
from stepdbg.model.standard import os

from . import whereabouts
from .deeds import Guard
from .following import Rewind
from .messages import Message, send
from .scanning import AtStop, seeker_of, wanted
from .task_lines import TaskLines
from .whereabouts import Whereabouts

if TYPE_CHECKING:
    from stepdbg.engine.stopping.held import Held
    from stepdbg.model.recording import Sought
    from stepdbg.model.stops import Stop
    from stepdbg.model.tape import Tape

    from .keeper import Begun
    from .scanning import Seeker


class RewoundRun(SteeredRun, ReplayedRun, Protocol):
    """A run that is executed once more."""

    @property
    def held(self) -> Held | None: ...
    @property
    def live_frames(self) -> Callable[[Task], list[FrameType]]: ...
    def follow(self, plan: Plan) -> None: ...


class Journey:
    """The way to the moment that was asked for; the `Moments` of its strategy.

    Args:
        begun: what was asked for, and where to send the result.
        take_along: gives what else is sent to the live process.

    Attributes:
        request: what was asked for.
        guard: notices what must not be done once more.
        arrived: whether the moment has been reached; from then on, stops are shown.
    """

    def __init__(self, begun: Begun, take_along: Callable[[], Message]) -> None:
        self.request, self._news, self._take_along = begun.request, begun.news, take_along
        self.guard = Guard(self._refuse)
        self._schedule = from_file(self.request["log"])
        self._step: int = self.request["step"]
        self._lines = _lines_of(self.request)
        self._at_step = False
        self._run: RewoundRun | None = None
        self._rewind: Rewind | None = None
        self._seeker: Seeker | None = None
        self._hits = 0

    def follow(self, run: RewoundRun) -> Rewind | None:
        """Give the strategy that executes the run that begins; None for a later run."""
        if self._run is not None:
            return None
        self._run = run
        self._rewind = Rewind(run, self._schedule, self)
        self._rewind.begin()
        self._seeker = seeker_of(self.request, run.runner, self._lines, self.leave)
        if not self.request["anyway"]:
            self.guard.begin()
        return self._rewind

    @property
    def arrived(self) -> bool:
        """Whether the moment has been reached."""
        return self._at_step or (self._lines is not None and self._lines.arrived)

    # -- called by the strategy -------------------------------------------------------

    def before_step(self, number: int) -> None:
        """Stop before this step if it is the one that was asked for; see `Moments`."""
        self.guard.on = True
        run, seeker = self._run, self._seeker
        if number != self._step and seeker is None and self._lines is None:
            return  # as nearly always
        assert run is not None
        if self._lines is not None and not self.arrived:
            self._note_lines(number, self._lines)
        if seeker is not None:
            seeker.before_step(number)
        if number == self._step and seeker is not None:
            self.leave(seeker.found())
        if number == self._step and self._lines is None:
            self._at_step = True
            run.follow(StepAny())

    def _note_lines(self, number: int, lines: TaskLines) -> None:
        assert self._run is not None
        assert self._rewind is not None
        lines.before_step(number, self._rewind.stepping)
        if number == 1:
            self._run.follow(lines)

    def at_present(self) -> NoReturn:
        """Go back to the live process; see `Moments`."""
        if self._seeker is not None and self._rewind is not None:
            self._seeker.before_step(self._rewind.steps + 1)
            self.leave(self._seeker.found())
        self.leave({"note": "the past ends here: this is the present moment"})

    def diverged(self, expected: str) -> NoReturn:
        """Go back to the live process, and say why; see `Moments`."""
        self.leave({"note": f"executed once more, the run does something else: {expected}"})

    def misses(self, what: str) -> None:
        """End the way back at what the tape does not hold; see `tape.Rewound`."""
        if not self.request["anyway"]:
            self._refuse(what)

    def let_tape_rewind(self, tape: Tape) -> None:
        """Let the tape of the process give the run what the live run was given."""
        tape.rewind(self._schedule.tape, self)

    def _refuse(self, deed: str) -> NoReturn:
        step = 0 if self._rewind is None else self._rewind.steps
        way = f"`goto STEP {REPLAY_ANYWAY}` lets the program do that"
        self.leave({"note": f"there is no way beyond step {step:,}: {deed}; {way}"})

    def leave(self, message: Message) -> NoReturn:
        """End this process; the live one goes on with the message."""
        with suppress(OSError):  # the live process has gone
            send(self._news, {**message, **self._take_along()})
        os._exit(0)  # noqa: SLF001 - documented

    # -- where it is ------------------------------------------------------------------

    def here(self) -> Whereabouts:
        """Where the run is."""
        assert self._run is not None
        assert self._rewind is not None
        at = whereabouts.progress_of(self._run)
        step = self._rewind.steps + (not at.chosen)
        return Whereabouts(self._schedule.log, step, at.under_way, self.request["present"])

    def stands(self, stop: Stop) -> None:
        """Note that the run would stop here, which may be the moment that is looked for."""
        number = 0 if self._rewind is None else self._rewind.steps
        if self._seeker is not None:
            self._seeker.at_stop(stop, number)
        if stop.hits and self.request["nth"]:
            self._hits += 1
            self._at_step = self._at_step or self._hits == self.request["nth"]

    def wanted(self, sought: Sought, *, as_left: bool) -> Message:
        """What to ask the next copy for.

        Args:
            sought: what the user wants to see.
            as_left: whether the run is still at the moment that was asked for.

        Raises:
            BadUsage, NotNow: there is no such moment.
        """
        run, line = self._run, self.request["line"]
        assert run is not None
        here = self.here()
        step = whereabouts.step_of(sought, here, run.registry.paths)
        known = line[1] if as_left and line and line[0] == sought.task else 0
        asked = self.request if as_left else {"step": here.step, "nth": 0, "line": None}
        stay = {name: asked[name] for name in ("step", "nth", "line")}
        return {**wanted(sought, step, AtStop(run), known), "stay": stay}


def _lines_of(request: Message) -> TaskLines | None:
    """The plan that notes the lines of a task, if the request is about lines; else None."""
    if request["line"]:
        number, nth = request["line"]
        return TaskLines(number, nth)
    if request["seek"] == SoughtKind.LINE:
        return TaskLines(request["watch"]["task"])
    return None

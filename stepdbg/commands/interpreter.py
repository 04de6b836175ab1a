"""The interface for front ends: they pass lines in and get answers back.

Owns: the course of a stop: what is in view at its beginning, what lasts from stop to stop; it
also lets no error get out.
Does not own: carrying out lines (lines), the loop that asks for them (frontends).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from stepdbg.model.errors import StepdbgError
from stepdbg.model.facts import NO_TASK, RunId, TaskNumber
from stepdbg.model.options import PAST
from stepdbg.model.records import dataclass, replace
from stepdbg.model.replies import Answer, Company, Displayed, StopShown, Telling
from stepdbg.model.stops import StopKind
from stepdbg.model.task import Origin

from . import faults, sources
from .lines import Lines
from .request import Desk, Lasting
from .viewpoint import Viewpoint, first_task

if TYPE_CHECKING:
    from stepdbg.model.protocols import Controller, Inspector
    from stepdbg.model.stops import Stop
    from stepdbg.model.task import FrameSnapshot, RunSnapshot, TaskLabel

    from .completion import Completion

PROMPT = "(stepdbg) "
PAST_PROMPT = "(stepdbg: past) "
COMMANDS_PROMPT = "(com) "
BLOCK_PROMPT = "...       "
QUESTION_PROMPT = "(y or n) "
PYTHON_PROMPT = ">>> "


@dataclass(frozen=True, slots=True)
class Status:
    """What a toolbar shows: the run, task and frame in view, and the stop."""

    run: RunSnapshot
    task: TaskLabel | None
    frame: FrameSnapshot | None
    stop: Stop | None


class ShownAtStops(Protocol):
    """Which parts a front end shows with a stop; stepdbg does not make the others."""

    @property
    def listing(self) -> bool:
        """The source around its line."""

    @property
    def displays(self) -> bool:
        """The expressions to show at every stop."""

    @property
    def telling(self) -> bool:
        """The sentences about the stop, and how many lines they may take."""


@dataclass(frozen=True, slots=True)
class _All:
    """Shows every part."""

    listing: bool = True
    displays: bool = True
    telling: bool = True


class StopTelling:
    """Decides which sentences the stops of one front end show."""

    def __init__(self) -> None:
        self._before: tuple[RunId | None, Company] | None = None

    def of(self, stop: Stop, inspector: Inspector, controller: Controller) -> Telling:
        """How much to show of a stop; from now on that counts as shown."""
        before, company = self._before, company_of(stop)
        self._before = stop.run, company
        known = before[1] if before is not None and before[0] == stop.run else None
        nothing_ran = stop.run is None or stop.kind is StopKind.START
        meanwhile = None if nothing_ran else inspector.since_stop()
        lately = None if stop.kind is StopKind.START else inspector.lately()
        return Telling(controller.stop_lines, known, meanwhile, lately)


def company_of(stop: Stop) -> Company:
    """The other tasks at a stop, as numbers."""
    left = stop.next_deadline
    deadline = None if left is None else stop.time + left
    return Company(stop.queue_length, stop.task_count, deadline)


class Interpreter:
    """Turns lines into answers; each front end has one and uses it in one thread at a time.

    Only `feed_running` may be called from another thread.

    abbreviations: accept unique prefixes beyond the listed ones.
    repeats: an empty line repeats the last one.  Both are only for typed lines, so that a new
        command cannot break a script.
    shown: which parts of a stop to show; stepdbg asks it at each stop.
    """

    def __init__(
        self,
        controller: Controller,
        *,
        abbreviations: bool = False,
        repeats: bool = False,
        shown: ShownAtStops | None = None,
    ) -> None:
        self._controller = controller
        self._shown = _All() if shown is None else shown
        self._abbreviations = abbreviations
        self._repeats = repeats
        self._lasting = Lasting(asks=abbreviations)
        self._lines: Lines | None = None
        self._telling = StopTelling()
        self._repeatable = ""
        self._carried = "", ""

    def begin_stop(self, stop: Stop, inspector: Inspector) -> StopShown:
        """Look at the task of a stop, and show the stop with its source and displays."""
        task = _task_of(stop, inspector) if stop.task is None else stop.task.number
        self._lasting.quitting = False  # a run that stops again was not the one that was quit
        desk = Desk(self._controller, inspector, Viewpoint(inspector, task), self._lasting, stop)
        self._lines = Lines(desk, abbreviations=self._abbreviations)
        try:
            if stop.place is not None and stop.place.origin is not Origin.OWN:
                desk.view.stand_at(stop.place)
            listing, displays = None, _NO_DISPLAYS
            if stop.place is not None and self._shown.listing:
                listing = sources.listing_at_stop(desk.view, stop.place)
            if self._shown.displays:
                displays = desk.lasting.displays.at_stop(desk)
            telling = (
                self._telling.of(stop, inspector, self._controller) if self._shown.telling else _ALL
            )
            return StopShown(stop, listing, displays, telling)
        except StepdbgError:
            return StopShown(stop, None)  # the stop itself is the important part
        except BaseException as error:  # an error must not prevent the stop
            return StopShown(replace(stop, note=faults.failure_of(error).text), None)

    def feed(self, line: str, *, typed: bool = True) -> Answer:
        """Carry out one line at a stop.  Whatever goes wrong becomes a `Failure` reply.

        The line may hold a statement of several lines.  typed: whether the user has just typed
        it; lines of a start file and of `-c` count as lines of a script.
        """
        lines = self._lines
        if lines is None:
            return Answer((faults.needs_stop("this"),))
        empty = not line.strip() and not lines.block and not lines.desk.collecting
        if self._repeats and typed and empty:
            line = self._repeatable
        lines.abbreviations = self._lasting.asks = self._abbreviations and typed
        try:
            answer = lines.feed(line)
        except BaseException as error:
            answer = faults.answer_to(error)
        lines.abbreviations = self._lasting.asks = self._abbreviations
        repeatable, (before, rest) = lines.repeatable, self._carried
        if rest and line == rest:  # the rest of a joined line is repeated with its beginning
            repeatable = f"{before} ;; {repeatable}" if before and repeatable else ""
        self._repeatable = repeatable
        self._carried = repeatable, answer.rest
        return answer

    def repeat_nothing(self) -> None:
        """Make an empty line do nothing until the next line was carried out."""
        self._repeatable = ""

    @property
    def prompt(self) -> str:
        """The prompt, which is different inside `commands` and inside a block of Python."""
        if self._lines is not None and self._lines.block:
            return BLOCK_PROMPT
        if self._lines is not None and self._lines.desk.question is not None:
            return QUESTION_PROMPT
        if self._lines is not None and self._lines.desk.interacting:
            return PYTHON_PROMPT
        if self._lines is not None and self._lines.desk.collecting is not None:
            return COMMANDS_PROMPT
        return PAST_PROMPT if self._controller.medium == PAST else PROMPT

    def end_of_input(self) -> bool:
        """Note that no more lines will come; return whether that only ends `interact`."""
        lines = self._lines
        if lines is None or not lines.desk.interacting:
            return False
        lines.desk.interacting = False
        lines.block = []
        return True

    def is_incomplete(self, text: str) -> bool:
        """Whether a text is Python that needs more lines."""
        return self._lines is not None and self._lines.is_incomplete(text)

    def complete(self, line: str, cursor: int) -> tuple[Completion, ...]:
        """The completions at the cursor (an index into `line`), best first."""
        from .completion import complete

        return () if self._lines is None else complete(self._lines.desk, line[:cursor])

    def status(self) -> Status:
        """What the user is looking at.  Raises `StepdbgError` before the first stop."""
        if self._lines is None:
            raise StepdbgError("there has been no stop yet")
        desk = self._lines.desk
        try:
            task = desk.view.snapshot().label if desk.view.task is not None else None
            frame = desk.view.find_frame() if task is not None else None
            return Status(desk.inspector.run(), task, frame, desk.stop)
        except StepdbgError:  # a run in another thread ended meanwhile
            return Status(desk.home.run(), None, None, desk.stop)

    def feed_running(self, line: str, inspector: Inspector) -> Answer:
        """Carry out one line while no run is held; only some commands make sense then.

        inspector: reads the newest run.
        """
        view = Viewpoint(inspector, None)
        desk = Desk(self._controller, inspector, view, self._lasting, running=True)
        try:
            return Lines(desk, abbreviations=self._abbreviations).feed(line)
        except BaseException as error:
            return faults.answer_to(error)


_NO_DISPLAYS: tuple[Displayed, ...] = ()
_ALL = Telling()
"""Used when no sentence was shown before and the number of lines is the usual one."""


def _task_of(stop: Stop, inspector: Inspector) -> TaskNumber | None:
    """The task to look at first, at a stop without a task."""
    if stop.place is not None:
        return NO_TASK
    stuck = () if stop.deadlock is None else stop.deadlock.links
    return first_task(inspector, tuple(link.task.number for link in stuck))

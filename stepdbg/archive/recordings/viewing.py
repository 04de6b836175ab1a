"""Looking at a recording as at a held run, one moment after the other.

Owns: `RecordingInspector`, which reads a moment, and `RecordingController`, which goes to another.
Does not own: the state at a moment (moments, showing), what no file can do (archive.controller).
"""

from __future__ import annotations

from collections.abc import Collection

from stepdbg.archive.controller import ArchiveController
from stepdbg.archive.reading import ArchiveInspector
from stepdbg.archive.shapes import Picture
from stepdbg.model.errors import BadUsage, NoSuchTask, NotNow
from stepdbg.model.facts import NO_TASK, RunId, TaskNumber
from stepdbg.model.failures import ExceptionNode
from stepdbg.model.history import Log, Stats
from stepdbg.model.recording import RECORDING, Sought
from stepdbg.model.records import replace
from stepdbg.model.task import FrameRef, FrameSnapshot
from stepdbg.model.values import Budget, Value
from stepdbg.model.waits import Deadlock, Explanation

from . import logs, sums, waiting
from .moments import Moments, TaskStates
from .reading import Recording, clean_errors, read
from .showing import picture_at
from .stops import Stops

_CUT_OFF = "it was not closed (perhaps its program was killed): all events until then are there"


class RecordingInspector(ArchiveInspector):
    """An `Inspector` over one moment of a recording.

    Args:
        recording: the file.
        states: the state of the tasks at that moment.
        picture: what there is to see then.
        place: how many events have happened then.
        run: the run that is read.
        bare: why there are no stacks and values; empty if there are.
    """

    _taken = "as it was recorded"

    def __init__(
        self,
        recording: Recording,
        states: TaskStates,
        picture: Picture,
        place: int,
        run: RunId,
        bare: str,
    ) -> None:
        super().__init__(picture, run)
        self._recording, self._states, self._place = recording, states, place
        self._bare = bare

    def view(self, run: RunId) -> ArchiveInspector:
        """The same moment of another run.  Raises `StepdbgError` when there is none."""
        super().view(run)
        recording, states, place = self._recording, self._states, self._place
        return RecordingInspector(recording, states, self.picture, place, run, self._bare)

    def log(
        self,
        tasks: Collection[TaskNumber] | None = None,
        most: int | None = None,
        *,
        system: bool = False,
    ) -> Log:
        """The last things that the tasks had done until this moment."""
        hidden = set() if system or tasks is not None else self._recording.tasks.system
        places = logs.shown_before(self._recording, self._place, self.run_id, tasks, hidden)
        shown = places if most is None else places[len(places) - min(most, len(places)) :]
        entries = (logs.entry(self._recording, place) for place in shown)
        found = tuple(entry for entry in entries if entry is not None)
        return Log(found, on=True, size=len(places), earlier=len(places) - len(shown))

    def stats(self) -> Stats:
        """What the tasks had done in all by then."""
        return sums.stats_at(self._recording, self.run_id, self._place, self.run().time)

    def why(self, task: TaskNumber) -> Explanation:
        """What a task waited for, and how that ended."""
        if task == NO_TASK:
            raise NoSuchTask("this moment belongs to no task; `why TASK` asks about one")
        self._find(task)
        living = {number: found.task for number, found in self._tasks.items()}
        at = waiting.Moment(self._recording, self._states, self._place, self.run().time)
        return waiting.explain(at, living, task)

    def deadlocks(self) -> tuple[tuple[Deadlock, ...], str]:
        """Raises `NotNow`: a recording does not say which task has which object."""
        raise NotNow("a recording does not show which tasks have what others wait for")

    def need_values(self) -> None:
        """Raise `NotNow` unless the run stopped at this moment."""
        if self._bare:
            raise NotNow(self._bare)

    def frames(self, task: TaskNumber) -> tuple[FrameSnapshot, ...]:
        """The stack of a task at the stop.  Raises `NotNow` if there was none."""
        self.need_values()
        return super().frames(task)

    def exceptions(self) -> tuple[ExceptionNode, ...]:
        """What had been raised at the stop.  Raises `NotNow` if there was none."""
        self.need_values()
        if not self.picture.exceptions:
            raise NotNow("nothing had failed at this stop")
        return super().exceptions()


class RecordingController(ArchiveController):
    """A `Controller` over a recording: it goes from moment to moment.

    Args:
        path: the file.

    Attributes:
        inspector: reads the present moment.  At first that is the end.

    Raises:
        StepdbgError: the file cannot be read, is damaged, or is of a newer format.
    """

    medium = RECORDING
    way_on = "`at +1` shows more"
    inspector: RecordingInspector

    def __init__(self, path: str) -> None:
        self._recording = read(path)
        with clean_errors(path):
            self._moments = Moments(self._recording)
            self._stops = Stops(self._recording, self._moments)
        run = self._recording.run_numbers[-1]
        self._step = len(self._moments.begins[run]) + 1
        super().__init__(self._at(run, self._step))

    def _at(self, run: RunId, step: int) -> RecordingInspector:
        recording, moments = self._recording, self._moments
        place = moments.place_of(run, step)
        states = moments.at(place)
        end, under_way = moments.end_of(run, step), self._stops.task_at(run, step)
        picture = picture_at(recording, states, run, place, end, under_way)
        if not recording.closed:
            picture = replace(picture, notes=(_CUT_OFF,))
        picture, bare = self._stops.added(picture, run, step)
        return RecordingInspector(recording, states, picture, place, run, bare)

    def go_to(self, sought: Sought) -> None:
        """Go to another moment; see `model.protocols.Controller`."""
        run = sought.run
        if sought.relative and run != self.inspector.run_id:
            raise BadUsage(
                f"`at` counts from a moment of run {self.inspector.run_id}: say which step"
            )
        begins = self._moments.begins.get(run)
        if begins is None:
            raise NotNow(f"the recording has nothing of run {run}")
        step = len(begins) + 1
        if sought.step is not None:
            step = sought.step + (self._step if sought.relative else 0)
            # A relative step that would go beyond either end goes to that end.
            step = min(max(step, 1), len(begins) + 1) if sought.relative else step
        elif sought.seconds is not None:
            now = self.inspector.stop().time if sought.relative else 0.0
            step = self._moments.step_at(run, now + sought.seconds)
        self.inspector = self._at(run, step)
        self._step = step

    def extent(self) -> str:
        """How much was recorded, in a sentence."""
        runs = self._recording.run_numbers
        steps = sum(map(len, self._moments.begins.values()))
        count = f"{len(self._recording.events):,} events, {steps:,} steps"
        many = f" of {len(runs)} runs" if len(runs) > 1 else ""
        told = f"{count}{many}; `at STEP` and `at 0.5s` go to a moment, `at -1` one step back"
        stops = self._stops.listed(runs[-1])
        return f"{told}; there are values at {stops}" if stops else told

    def evaluate(self, frame: FrameRef, source: str, budget: Budget) -> Value:
        """The value of a variable at a stop.  Raises `NotNow` if there was no stop."""
        self.inspector.need_values()
        return super().evaluate(frame, source, budget)

    def look_at_exception(self, number: str) -> TaskNumber:
        """Look at an exception of a stop.  Raises `NotNow` if there was none."""
        self.inspector.exceptions()
        return super().look_at_exception(number)

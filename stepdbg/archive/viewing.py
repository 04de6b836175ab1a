"""Looking at a picture as at a live run.

Owns: `PictureInspector`.  Does not own: taking pictures (picture), or files (reading).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from stepdbg.model.breakpoints import BreakpointSnapshot
from stepdbg.model.errors import NoSuchTask, NotNow, StepdbgError
from stepdbg.model.facts import NO_TASK, RunId, TaskNumber
from stepdbg.model.failures import ExceptionNode
from stepdbg.model.history import EndedTask, Log
from stepdbg.model.task import (
    FrameRef,
    FrameSnapshot,
    QueueEntry,
    QueueSnapshot,
    RunSnapshot,
    TaskNode,
    TaskSnapshot,
    TimerSnapshot,
)
from stepdbg.model.values import Budget, Variable
from stepdbg.model.waits import Deadlock, Explanation, WorkerThread

from . import sources
from .exceptions import InView, as_task
from .frames import KeptFrames
from .records import excerpt
from .shapes import FramePicture, Picture, QueuedPicture, RunPicture, TaskPicture
from .trees import build_tree


class PictureInspector:
    """An `Inspector` over a picture.

    run: the run to read; None for the one that the picture is about.
    in_view: the exception that is looked at, None for the one that was.
    """

    def __init__(
        self, picture: Picture, run: RunId | None = None, in_view: InView | None = None
    ) -> None:
        self.picture = picture
        self._in_view = InView.of(picture) if in_view is None else in_view
        self._number = picture.in_view if run is None else run

    @property
    def run_id(self) -> RunId:
        """The run that is read."""
        return self._number

    @property
    def live(self) -> bool:
        """Never: a picture is no run."""
        return False

    @cached_property
    def _run(self) -> RunPicture:
        for each in self.picture.pictures:
            if each.run.run == self._number:
                return each
        raise StepdbgError(f"the picture shows nothing of run {self._number}")

    @property
    def _told(self) -> RunPicture:
        """The run in view, if there is more to tell than that it was there."""
        if self._run.problem:
            raise StepdbgError(self._run.problem)
        return self._run

    @cached_property
    def _tasks(self) -> dict[TaskNumber, TaskPicture]:
        return {each.task.label.number: each for each in self._told.tasks}

    @cached_property
    def _lines(self) -> dict[str, tuple[str, ...]]:
        return {}

    def run(self) -> RunSnapshot:
        """The run itself."""
        return self._run.run

    def runs(self) -> tuple[RunSnapshot, ...]:
        """All runs of the process."""
        return self.picture.runs

    def view(self, run: RunId) -> PictureInspector:
        """An inspector for another run.  Raises `StepdbgError` when there is none."""
        if run != self.picture.in_view and all(run != each.run for each in self.picture.runs):
            raise StepdbgError(f"there is no run {run}; `runs` lists the runs")
        return PictureInspector(self.picture, run, self._in_view)

    def tasks(self, *, system: bool = False) -> tuple[TaskSnapshot, ...]:
        """The living tasks by number."""
        return tuple(each.task for each in self._tasks.values() if system or not each.task.system)

    def ended(self, *, system: bool = False) -> tuple[EndedTask, ...]:
        """The tasks that had ended last."""
        self._recorded()
        return tuple(each for each in self._told.ended if system or not each.system)

    def log(
        self, task: TaskNumber | None = None, most: int | None = None, *, system: bool = False
    ) -> Log:
        """The last things that the tasks had done."""
        hidden = {number for number, each in self._tasks.items() if each.task.system}
        hidden |= {each.label.number for each in self._told.ended if each.system}
        return excerpt(self._recorded(), task, most, () if system else hidden)

    def _recorded(self) -> Log:
        if self._told.log is None:
            raise NotNow("nothing was recorded in this run; `--record` does, from the start")
        return self._told.log

    def _find(self, number: TaskNumber) -> TaskPicture:
        if number == NO_TASK:
            return self._nobody()
        found = self._tasks.get(number)
        if found is None:
            raise NoSuchTask(
                f"there was no task {number} in run {self._number}; `tasks` lists them"
            )
        return found

    def _nobody(self) -> TaskPicture:
        """The held thread, or an exception that no task is known for, as if it were a task."""
        raised = self._in_view.shown_as(NO_TASK)
        if raised is None and self._run.outside is not None:
            return self._run.outside
        if raised is None:
            raise NoSuchTask("this stop belongs to a task; `task` tells which one")
        return as_task(raised, self.run_id)

    def task(self, number: TaskNumber) -> TaskSnapshot:
        """One task.  Raises `NoSuchTask`."""
        return self._find(number).task

    def tree(self, *, system: bool = False) -> TaskNode:
        """Tasks under nurseries under tasks."""
        run = self._told
        if system and run.tree:
            return build_tree(run.tree, self._tasks, run.tree[0].task, system=True)
        main = run.run.main
        if main is None or main.number not in self._tasks:
            raise StepdbgError("the main task does not live any more; `tree -a` shows the rest")
        return build_tree(run.tree, self._tasks, main.number, system=system)

    def queue(self, *, system: bool = False) -> QueueSnapshot:
        """The run queue."""
        queue = self._told.queue
        if queue is None:
            raise NotNow("the picture does not show the run queue")
        return QueueSnapshot(
            queue.current,
            self._entries(queue.this_pass, system),
            self._entries(queue.next_pass, system),
        )

    def _entries(self, queued: tuple[QueuedPicture, ...], system: bool) -> tuple[QueueEntry, ...]:
        entries = (QueueEntry(self.task(each.task), each.wake) for each in queued)
        return tuple(entry for entry in entries if system or not entry.task.system)

    def timers(self) -> tuple[TimerSnapshot, ...]:
        """The pending deadlines, soonest first."""
        return self._told.timers

    def why(self, task: TaskNumber) -> Explanation:
        """What a task waited for."""
        if task == NO_TASK:
            raise NoSuchTask("this stop belongs to no task; `why TASK` asks about one")
        found = self._find(task)
        if found.why is None:
            raise NotNow(f"the picture does not tell what {found.task.label} waited for")
        return found.why

    def whys(self, tasks: Iterable[TaskNumber]) -> Iterator[Explanation]:
        """`why` for several tasks, one by one."""
        return map(self.why, tasks)

    def deadlocks(self) -> tuple[tuple[Deadlock, ...], str]:
        """Deadlocks, and what else could have let the run go on."""
        return self._told.deadlocks, self._told.hope

    def threads(self) -> tuple[WorkerThread, ...]:
        """The worker threads that were busy."""
        return self._told.threads

    def _reader(self, task: TaskNumber) -> KeptFrames:
        """The frames that are those of a task: of the exception in view, or its own."""
        raised = self._in_view.shown_as(task)
        if raised is not None:
            return KeptFrames(raised.frames, f"exception {raised.node.number}")
        return KeptFrames(self._find(task).frames, f"task {task}")

    def frames(self, task: TaskNumber) -> tuple[FrameSnapshot, ...]:
        """The task's stack, innermost first."""
        return self._reader(task).frames(task)

    def source(self, filename: str) -> tuple[str, ...]:
        """The lines of a file as they were; empty when nothing of it was kept."""
        if filename not in self._lines:
            kept = (each for each in self.picture.sources if each.filename == filename)
            found = next(kept, None)
            self._lines[filename] = () if found is None else sources.lines_of(found)
        return self._lines[filename]

    def source_span(self, frame: FrameRef) -> tuple[int, int]:
        """First and last line of the function or module of a frame."""
        return self._reader(frame.task).source_span(frame)

    def locals(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        """The frame's local variables.  Raises `NotNow` when they were not kept."""
        return self._reader(frame.task).locals(frame, budget)

    def arguments(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        """The frame's parameters.  Raises `NotNow` when they were not kept."""
        return self._reader(frame.task).arguments(frame, budget)

    def _picture_of(self, frame: FrameRef) -> FramePicture:
        return self._reader(frame.task).picture(frame.index)

    def names(self, frame: FrameRef) -> tuple[str, ...]:
        """The names of the variables that were kept."""
        return tuple(sorted(each.name for each in self._picture_of(frame).variables or ()))

    def attributes(self, frame: FrameRef, path: str) -> tuple[str, ...]:  # noqa: ARG002 - the protocol's
        """None: there are no objects, only what they looked like."""
        return ()

    def breakpoints(self) -> tuple[BreakpointSnapshot, ...]:
        """All breakpoints by number."""
        return self.picture.breakpoints

    def exceptions(self) -> tuple[ExceptionNode, ...]:
        """What had been raised."""
        found = tuple(self._in_view.nodes())
        if not found:
            raise NotNow("nothing had failed when this dump was written")
        return found

    def exception_frames(self, number: str) -> KeptFrames:
        """The frames of one of them."""
        return KeptFrames(self._in_view.find(number).frames, f"exception {number}")

    def look_at_exception(self, number: str) -> TaskNumber:
        """See `model.protocols.Controller`."""
        return self._in_view.look_at(number)

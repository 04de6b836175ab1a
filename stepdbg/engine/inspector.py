"""Reading a live run on behalf of a front end.

Owns: `LiveInspector`.  Does not own: making the pictures (capture), or changing anything
(controller).
"""

from __future__ import annotations

import linecache
import threading
from collections.abc import Iterable, Iterator
from types import FrameType
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from trio.lowlevel import Task

from stepdbg._trio_internals import tasks
from stepdbg.model.errors import NoSuchFrame, NoSuchTask, StepdbgError
from stepdbg.model.facts import NO_TASK, NOT_RECORDED, RunId, TaskNumber
from stepdbg.model.task import (
    FrameRef,
    FrameSnapshot,
    RunSnapshot,
    TaskLabel,
    TaskSnapshot,
    TaskState,
)

from . import capture, frames, history, namespaces, source_files
from .code_span import span_of
from .exception_frames import ExceptionFrames
from .exception_view import there
from .waits import deadlock
from .waits.chain import explain, explain_each
from .waits.threads import worker_threads

if TYPE_CHECKING:
    from stepdbg.model.breakpoints import BreakpointSnapshot
    from stepdbg.model.failures import ExceptionNode
    from stepdbg.model.history import EndedTask, Log
    from stepdbg.model.task import (
        QueueSnapshot,
        TaskNode,
        TimerSnapshot,
    )
    from stepdbg.model.values import Budget, Variable
    from stepdbg.model.waits import Deadlock, Explanation, WorkerThread

    from .exception_view import ExceptionView
    from .failed_frames import FailedFrames
    from .run import DebuggedRun
    from .session import Session


class LiveInspector:
    """An `Inspector` over one run, or over whichever run is the newest.

    Args:
        run: the run to read; None for the one that has the prompt, else the newest.
    """

    def __init__(self, session: Session, run: DebuggedRun | None) -> None:
        self._session = session
        self._fixed = run
        self._by_number: WeakValueDictionary[int, Task] | None = None

    @property
    def _run(self) -> DebuggedRun:
        return self._fixed or self._session.held or self._session.runs.newest()

    @property
    def run_id(self) -> RunId:
        """The number of the run that is read, 0 at a stop outside of any."""
        if self._session.held_outside is not None and self._fixed is None:
            return RunId(0)
        return self._run.id

    @property
    def live(self) -> bool:
        """Whether the run, or the thread outside of any, is held right now."""
        if self._session.held_outside is not None:
            return True
        return self._run.state == "stopped"

    def run(self) -> RunSnapshot:
        """The run itself; at a stop outside of any, run 0 stands for none."""
        held = self._session.held_outside
        if held is not None and self._fixed is None:
            return RunSnapshot(RunId(0), held.thread, "outside", False, 0.0, 0, 0, None, None)
        return capture.run_snapshot(self._run)

    def runs(self) -> tuple[RunSnapshot, ...]:
        """All runs that are remembered, in the order in which they began."""
        return tuple(capture.run_snapshot(run) for run in self._session.runs.all())

    def view(self, run: RunId) -> LiveInspector:
        """A reader for another run.  Raises `StepdbgError` when there is none."""
        return LiveInspector(self._session, self._session.runs.get(run))

    def _live_run(self) -> DebuggedRun:
        run = self._run
        if run.state == "ended":
            raise StepdbgError(f"run {run.id} has ended; `runs` lists the runs")
        return run

    def tasks(self, *, system: bool = False) -> tuple[TaskSnapshot, ...]:
        """The living tasks by number."""
        run = self._live_run()
        return tuple(
            capture.task_snapshot(run, task) for task in capture.living(run, system=system)
        )

    def find_task(self, number: TaskNumber) -> Task:
        """A live task of the run.  Raises `NoSuchTask`."""
        run = self._live_run()
        living = run.runner.tasks
        held = run.held_task  # the one that nearly every question at a stop is about
        if held is not None and tasks.number(held) == number and held in living:
            return held
        if self._by_number is None or self._by_number.get(number) not in living:
            self._by_number = WeakValueDictionary({tasks.number(each): each for each in [*living]})
        task = self._by_number.get(number)
        if task is not None:
            return task
        if run.registry.knows(number):
            raise NoSuchTask(f"{run.registry.label(number)} has exited; `tasks` lists who lives")
        raise NoSuchTask(f"there is no task {number} in run {run.id}; `tasks` lists them")

    def ended(self, *, system: bool = False) -> tuple[EndedTask, ...]:
        """The tasks that have ended last."""
        return history.ended_tasks(self._live_run(), system=system)

    def log(
        self, task: TaskNumber | None = None, most: int | None = None, *, system: bool = False
    ) -> Log:
        """The last things that the tasks have done."""
        return history.log_of(self._live_run(), task, most, system=system)

    def task(self, number: TaskNumber) -> TaskSnapshot:
        """One task.  Raises `NoSuchTask`."""
        if number == NO_TASK:
            return self._held_thread()
        return capture.task_snapshot(self._live_run(), self.find_task(number))

    def _held_thread(self) -> TaskSnapshot:
        """The thread that is held outside of any task, as if it were one."""
        stack = self._outside_frames()
        name = f"thread {threading.current_thread().name}"
        place = frames.place_of(stack[0]) if stack else None
        label = TaskLabel(RunId(0), NO_TASK, name, 1, False)
        return TaskSnapshot(label, TaskState.CURRENT, False, 0, place, None, NOT_RECORDED, None, 0)

    def tree(self, *, system: bool = False) -> TaskNode:
        """Tasks under nurseries under tasks."""
        run = self._live_run()
        root = run.runner.init_task if system else run.runner.main_task
        if root is None or root not in run.runner.tasks:
            raise StepdbgError("the main task does not live any more; `tree -a` shows the rest")
        return capture.tree(run, root, system=system)

    def queue(self, *, system: bool = False) -> QueueSnapshot:
        """The run queue."""
        return capture.queue(self._live_run(), system=system)

    def timers(self) -> tuple[TimerSnapshot, ...]:
        """The pending deadlines, soonest first."""
        return capture.timers(self._live_run())

    def why(self, task: TaskNumber) -> Explanation:
        """What a task waits for, who could end that, and on."""
        if task == NO_TASK:
            raise NoSuchTask("this stop belongs to no task; `why TASK` asks about one")
        return explain(self._live_run(), self.find_task(task))

    def whys(self, tasks: Iterable[TaskNumber]) -> Iterator[Explanation]:
        """`why` for several tasks, one by one."""
        return explain_each(self._live_run(), map(self.find_task, tasks))

    def deadlocks(self) -> tuple[tuple[Deadlock, ...], str]:
        """Deadlocks, and what else could let the run go on."""
        return deadlock.look(self._live_run())

    def threads(self) -> tuple[WorkerThread, ...]:
        """The worker threads of the run that are busy."""
        return worker_threads(self._live_run())

    def live_frames(self, number: TaskNumber) -> list[FrameType]:
        """The live frames of a task, innermost first.  Raises `NoSuchTask`."""
        if number == NO_TASK:
            return self._outside_frames()
        return self._live_run().live_frames(self.find_task(number))

    def _outside_frames(self) -> list[FrameType]:
        held = self._session.held_outside
        if held is None:
            raise NoSuchTask("this stop belongs to a task; `task` tells which one")
        return held.live_frames()

    def live_frame(self, frame: FrameRef) -> FrameType:
        """A live frame.  Raises `NoSuchTask`, `NoSuchFrame`."""
        failed = self._failed_frames(frame.task)
        if failed is not None:
            return failed.frame_at(frame.index)
        found = self.live_frames(frame.task)
        if not 0 <= frame.index < len(found):
            raise NoSuchFrame(
                f"task {frame.task} has {len(found)} frames, counted from 0; `where` lists them"
            )
        return found[frame.index]

    def _failed_frames(self, task: TaskNumber) -> FailedFrames | None:
        failed = None if task == NO_TASK else self._run.failed
        return failed if failed is not None and failed.task is self.find_task(task) else None

    def frames(self, task: TaskNumber) -> tuple[FrameSnapshot, ...]:
        """The task's stack, innermost first."""
        failed = self._failed_frames(task)
        if failed is not None:
            return failed.pictures()
        return tuple(
            frames.picture(index, frame) for index, frame in enumerate(self.live_frames(task))
        )

    def source(self, filename: str) -> tuple[str, ...]:
        """The lines of a source file; empty when there is no source."""
        return source_files.lines_of(filename)

    def source_span(self, frame: FrameRef) -> tuple[int, int]:
        """First and last line of the function or module of a frame."""
        code = self.live_frame(frame).f_code
        return span_of(code, len(linecache.getlines(code.co_filename)))

    def locals(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        """The frame's local variables."""
        return namespaces.variables(self.live_frame(frame), budget)

    def arguments(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        """The frame's parameters with their present values."""
        return namespaces.arguments(self.live_frame(frame), budget)

    def names(self, frame: FrameRef) -> tuple[str, ...]:
        """Names visible in the frame."""
        return namespaces.names(self.live_frame(frame))

    def attributes(self, frame: FrameRef, path: str) -> tuple[str, ...]:
        """Attribute names of a dotted path in the frame; no code of the program runs."""
        return namespaces.attributes(self.live_frame(frame), path)

    def breakpoints(self) -> tuple[BreakpointSnapshot, ...]:
        """All breakpoints by number."""
        return self._session.controller.breakpoints()

    def _exceptions(self) -> ExceptionView:
        outside = None if self._fixed is not None else self._session.held_outside
        return there((outside or self._run).exceptions)

    def exceptions(self) -> tuple[ExceptionNode, ...]:
        """What was raised, with all that hangs on it."""
        return self._exceptions().nodes()

    def exception_frames(self, number: str) -> ExceptionFrames:
        """The frames of one of them."""
        return ExceptionFrames(self._exceptions().frames(number))

"""Reading a live run on behalf of a front end.

Owns: `LiveInspector`.
Does not own: frames (live_frames), making the pictures (capture), or changing anything
(running.controller).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Iterator
from typing import TYPE_CHECKING

from stepdbg._trio_internals.tasks import runner_of
from stepdbg.engine.histories import sums
from stepdbg.engine.process import python_threads
from stepdbg.engine.recording import history
from stepdbg.engine.stacks import frames
from stepdbg.engine.waiting import chain, deadlock
from stepdbg.engine.waiting import threads as _threads
from stepdbg.model.errors import NoSuchTask, NotNow, StepdbgError
from stepdbg.model.facts import NO_TASK, NOT_RECORDED, RunId, TaskNumber
from stepdbg.model.task import (
    RunSnapshot,
    TaskLabel,
    TaskSnapshot,
    TaskState,
)

from . import capture, folding
from .live_frames import LiveFrames

if TYPE_CHECKING:
    from trio.lowlevel import Task

    from stepdbg.model.breakpoints import BreakpointSnapshot
    from stepdbg.model.history import EndedTask, Log, LookBack, Meanwhile, Stats
    from stepdbg.model.lints import LintsFound
    from stepdbg.model.task import (
        QueueSnapshot,
        TaskGroup,
        TaskNode,
        TimerSnapshot,
    )
    from stepdbg.model.waits import Deadlock, Explanation, WorkerThread

    from .seen import SeenRun


class LiveInspector(LiveFrames):
    """An `Inspector` over one run, or over the newest run at each moment.

    Args:
        run: the run to read; None for the one that has the prompt, else the newest.
    """

    @property
    def run_id(self) -> RunId:
        """The number of the run that is read; 0 at a stop outside of any run."""
        if self._home.desk.outside is not None and self._fixed is None:
            return RunId(0)
        return self._run.life.id

    @property
    def live(self) -> bool:
        """Whether the run, or the thread outside of any run, is held right now."""
        fixed = self._fixed
        if fixed is not None and fixed.held is not None:
            return True
        return self._home.desk.outside is not None or self._run.held is not None

    def run(self) -> RunSnapshot:
        """The run itself; at a stop outside of any run, the one under way, or run 0: none."""
        held = self._home.desk.outside
        if held is not None and self._fixed is None and not self._home.runs.active():
            return RunSnapshot(RunId(0), held.thread, "outside", False, 0.0, 0, 0, None, None)
        return capture.run_snapshot(self._run)

    def runs(self) -> tuple[RunSnapshot, ...]:
        """All remembered runs, in the order in which they began."""
        return tuple(capture.run_snapshot(run) for run in self._home.runs.all())

    def view(self, run: RunId) -> LiveInspector:
        """A reader for another run.  Raises `StepdbgError` when there is none."""
        return LiveInspector(self._home, self._home.runs.get(run))

    def tasks(self, *, system: bool = False) -> tuple[TaskSnapshot, ...]:
        """The living tasks by number."""
        run = self._live_run()
        return tuple(
            capture.task_snapshot(run, task) for task in capture.living(run, system=system)
        )

    def groups(
        self,
        *,
        system: bool = False,
        numbers: Container[int] | None = None,
        wanted: Callable[[TaskLabel, TaskState], bool] | None = None,
    ) -> tuple[TaskGroup, ...]:
        """The living tasks, grouped if they are equal."""
        return folding.fold(self._live_run(), system=system, numbers=numbers, wanted=wanted)

    def ended(self, *, system: bool = False) -> tuple[EndedTask, ...]:
        """The tasks that have ended last."""
        return history.ended_tasks(self._recorded_run(), system=system)

    def log(
        self,
        tasks: Collection[TaskNumber] | None = None,
        most: int | None = None,
        *,
        system: bool = False,
    ) -> Log:
        """The last events of the tasks."""
        return history.log_of(self._recorded_run(), tasks, most, system=system)

    def _recorded_run(self) -> SeenRun:
        """The run, if it lives, or if it was the last one to end and it was recorded."""
        return self._run if self._run.recorder is not None else self._live_run()

    def since_stop(self) -> Meanwhile | None:
        """What the run has done since its previous stop."""
        run = self._live_run()
        recorder = run.recorder
        return history.since_stop(run) if recorder is not None and recorder.on else None

    def lately(self) -> LookBack | None:
        """What has kept the run busy since its previous stop."""
        return history.look_back(self._run, self._run.held) if self._home.runs.all() else None

    def stats(self) -> Stats:
        """What tasks and the loop have done since the run began."""
        return sums.stats_of(self._recorded_run())

    def task(self, number: TaskNumber) -> TaskSnapshot:
        """One task.  Raises `NoSuchTask`."""
        if number == NO_TASK:
            return self._held_thread()
        return capture.task_snapshot(self._live_run(), self.find_task(number))

    def _held_thread(self) -> TaskSnapshot:
        """The thread that is held outside of any task, shown as if it were a task."""
        stack = self._outside_frames()
        name = f"thread {python_threads.name_here()}"
        place = frames.place_of(stack[0]) if stack else None
        label = TaskLabel(RunId(0), NO_TASK, name, 1, False)
        return TaskSnapshot(label, TaskState.CURRENT, False, 0, place, None, NOT_RECORDED, None, 0)

    def tree(self, *, system: bool = False) -> TaskNode:
        """Tasks under nurseries under tasks."""
        run = self._live_run()
        root = run.runner.init_task if system else run.runner.main_task
        if root is None or root not in run.runner.tasks:
            raise StepdbgError("the main task has exited; `tree -a` shows the rest")
        return capture.tree(run, root, system=system)

    def queue(self, *, system: bool = False) -> QueueSnapshot:
        """The run queue."""
        return capture.queue(self._live_run(), system=system)

    def timers(self) -> tuple[TimerSnapshot, ...]:
        """The pending deadlines, soonest first."""
        return capture.timers(self._live_run())

    def why(self, task: TaskNumber) -> Explanation:
        """What a task waits for, which task could end that, and so on along the chain."""
        if task == NO_TASK:
            raise NoSuchTask("this stop belongs to no task; `why TASK` asks about one")
        return chain.explain(self._live_run(), self._home.origins, self.find_task(task))

    def whys(self, tasks: Iterable[TaskNumber], *, once: bool = False) -> Iterator[Explanation]:
        """`why` for several tasks, one by one."""
        asked = map(self.find_task, tasks)
        return chain.explain_each(self._live_run(), self._home.origins, asked, once=once)

    def deadlocks(self) -> tuple[tuple[Deadlock, ...], str]:
        """Deadlocks, and what else could let the run go on."""
        return deadlock.look(self._live_run(), self._home.origins)

    def threads(self, *, every: bool = False) -> tuple[WorkerThread, ...]:
        """The busy worker threads of the run; with `every`, all threads of the process.

        Raises `NotNow` if their frames cannot be read.
        """
        if not python_threads.can_read_others():
            raise NotNow(
                "the stacks of threads cannot be read while this process has other interpreters: "
                "Python would also read their threads, which go on meanwhile"
            )
        if not every:
            return _threads.worker_threads(self._live_run())
        active = self._home.runs.active()
        return _threads.all_threads(self._label_of, {run.life.ident: run.life.id for run in active})

    def _label_of(self, task: Task) -> TaskLabel | None:
        """The name of a task of any debugged run."""
        runner = runner_of(task)
        run = next((run for run in self._home.runs.active() if run.runner is runner), None)
        return None if run is None else run.registry.label_of(task)

    def breakpoints(self) -> tuple[BreakpointSnapshot, ...]:
        """All breakpoints by number."""
        return self._home.controller.breakpoints()

    def lints(self) -> LintsFound:
        """What looks wrong so far."""
        return self._home.lints.findings()

"""Looking at a picture as at a live run.

Owns: `PictureInspector`.
Does not own: frames (picture_frames), taking pictures (picture), or files (reading).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Iterator

from stepdbg.model.breakpoints import BreakpointSnapshot
from stepdbg.model.errors import NoSuchTask, NotNow, StepdbgError
from stepdbg.model.facts import NO_TASK, RunId, TaskNumber
from stepdbg.model.history import EndedTask, Log, LookBack, Meanwhile, Stats
from stepdbg.model.lints import LintsFound
from stepdbg.model.records import replace
from stepdbg.model.task import (
    QueueEntry,
    QueueSnapshot,
    RunSnapshot,
    TaskGroup,
    TaskLabel,
    TaskNode,
    TaskSnapshot,
    TaskState,
    TimerSnapshot,
)
from stepdbg.model.waits import Deadlock, Explanation, Pending, WorkerThread

from .folding import fold_snapshots, without_told
from .picture_frames import PictureFrames
from .records import excerpt
from .shapes import QueuedPicture
from .trees import build_tree


class PictureInspector(PictureFrames):
    """An `Inspector` over a picture.

    run: the run to read; None for the one that the picture is about.
    in_view: the exception to show; None for the one that was in view at the time.
    """

    _taken = "when this picture was taken"

    @property
    def live(self) -> bool:
        """Always False: a picture is not a run."""
        return False

    def run(self) -> RunSnapshot:
        """The run itself, with the moment of the picture."""
        run = self._run.run
        return run if run.moment else replace(run, moment=self._taken)

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

    def groups(
        self,
        *,
        system: bool = False,
        numbers: Container[int] | None = None,
        wanted: Callable[[TaskLabel, TaskState], bool] | None = None,
    ) -> tuple[TaskGroup, ...]:
        """The living tasks, with equal tasks in one group."""
        return fold_snapshots(self.tasks(system=system), numbers, wanted)

    def ended(self, *, system: bool = False) -> tuple[EndedTask, ...]:
        """The tasks that had ended last."""
        self._recorded()
        return tuple(each for each in self._run.ended if system or not each.system)

    def log(
        self,
        tasks: Collection[TaskNumber] | None = None,
        most: int | None = None,
        *,
        system: bool = False,
    ) -> Log:
        """The last things that the tasks had done."""
        hidden = {each.task.label.number for each in self._run.tasks if each.task.system}
        hidden |= {each.label.number for each in self._run.ended if each.system}
        return excerpt(self._recorded(), tasks, most, () if system else hidden)

    def lately(self) -> LookBack | None:
        """What had kept the run busy when the picture was taken."""
        return self._run.lately

    def stats(self) -> Stats:
        """What tasks and the loop had done in all until then."""
        if self._run.stats is None:
            raise NotNow("this dump has no such numbers, because nothing was recorded")
        return self._run.stats

    def since_stop(self) -> Meanwhile | None:
        """Nothing: a picture is of one moment, and no stop came before it."""
        return None

    def _recorded(self) -> Log:
        if self._run.log is None:
            raise NotNow("nothing was recorded in this run; `--record` does, from the start")
        return self._run.log

    def tree(self, *, system: bool = False) -> TaskNode:
        """Tasks under nurseries under tasks."""
        run = self._told
        if system and run.tree:
            return build_tree(run.tree, self._tasks, run.tree[0].task, system=True)
        main = run.run.main
        if main is None or main.number not in self._tasks:
            raise StepdbgError("the main task has exited; `tree -a` shows the rest")
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
            raise NotNow(f"the picture does not show what {found.task.label} waited for")
        return found.why

    def whys(self, tasks: Iterable[TaskNumber], *, once: bool = False) -> Iterator[Explanation]:
        """`why` for several tasks, one by one."""
        asked = tuple(tasks)
        elsewhere = frozenset(asked) if once else frozenset()
        return (without_told(why, elsewhere) for why in map(self.why, asked))

    def pending(self, task: TaskNumber | None = None) -> tuple[Pending, ...]:
        """Exceptions that Trio had not reported yet, raised in one task or (None) in any."""
        if task == NO_TASK:
            return ()
        asked = self._tasks.values() if task is None else [self._find(task)]
        link_groups = (each.why.links[0].pending for each in asked if each.why and each.why.links)
        return tuple(found for links in link_groups for found in links)

    def deadlocks(self) -> tuple[tuple[Deadlock, ...], str]:
        """Deadlocks, and what else could have let the run go on."""
        return self._told.deadlocks, self._told.hope

    def threads(self, *, every: bool = False) -> tuple[WorkerThread, ...]:
        """The worker threads that were busy.  Raises `NotNow` if idle ones are wanted as well."""
        if every:
            raise NotNow("a picture has the busy worker threads of its runs, and no others")
        return self._told.threads

    def breakpoints(self) -> tuple[BreakpointSnapshot, ...]:
        """All breakpoints by number."""
        return self.picture.breakpoints

    def lints(self) -> LintsFound:
        """What looked wrong."""
        if self.picture.lints is None:
            raise NotNow("the picture does not show what looked wrong, because lints were off")
        return self.picture.lints

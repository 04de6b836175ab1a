"""Reading what is left of a program: the frames of an exception, the picture of its tasks.

Owns: `PostMortemInspector`.  Does not own: the picture (taken at the first failure), the
exception in view (failing.exception_view).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Iterator
from types import FrameType
from typing import TYPE_CHECKING, Protocol

from stepdbg.engine.failing.exception_frames import ExceptionFrames
from stepdbg.engine.stacks import source_files
from stepdbg.engine.typed import namespaces
from stepdbg.model.errors import NotNow
from stepdbg.model.facts import NO_TASK, NOT_RECORDED, RunId, TaskNumber
from stepdbg.model.history import Stats
from stepdbg.model.records import replace
from stepdbg.model.task import (
    FrameRef,
    FrameSnapshot,
    RunSnapshot,
    RunState,
    SourceAge,
    TaskLabel,
    TaskSnapshot,
    TaskState,
    as_left,
)

if TYPE_CHECKING:
    from stepdbg.engine.failing.exception_view import ExceptionView
    from stepdbg.engine.failing.failed_frames import FailedFrames
    from stepdbg.model.breakpoints import BreakpointSnapshot
    from stepdbg.model.failures import ExceptionNode
    from stepdbg.model.history import EndedTask, Log, LookBack, Meanwhile
    from stepdbg.model.lints import LintsFound
    from stepdbg.model.protocols import FrameReader, Inspector
    from stepdbg.model.task import QueueSnapshot, TaskGroup, TaskNode, TimerSnapshot
    from stepdbg.model.values import Budget, Variable
    from stepdbg.model.waits import Deadlock, Explanation, Pending, WorkerThread

    from .seen import Home

_MOMENT = "when the exception was raised"
"""Of which moment the picture is."""

_EARLIER = "before the exception in view was raised"
"""The same, if the exception in view came later than the pictured failure."""


class DeadStop(Protocol):
    """The stop after the end."""

    @property
    def thread(self) -> str: ...
    @property
    def owner(self) -> TaskNumber: ...
    @property
    def view(self) -> ExceptionView: ...
    @property
    def exceptions(self) -> ExceptionView | None: ...
    @property
    def picture(self) -> Inspector | None: ...
    def is_later(self) -> bool: ...
    def failed_frames(self) -> FailedFrames: ...
    def live_frame(self, index: int) -> FrameType: ...


def _is_in_view(held: DeadStop, task: TaskNumber) -> bool:
    return task in (NO_TASK, held.owner)


def _of_then(pending: tuple[Pending, ...], then: float) -> tuple[Pending, ...]:
    """Exceptions that were on their way, at a moment that is over."""
    return tuple(replace(each, then=then) for each in pending)


def _told_then(why: Explanation, then: float) -> Explanation:
    """What a task waited for, with the exceptions that were on their way then."""
    if not any(link.pending for link in why.links):
        return why
    links = (replace(link, pending=_of_then(link.pending, then)) for link in why.links)
    return replace(why, links=tuple(links))


def _thread_of(held: DeadStop, run: RunId) -> TaskSnapshot:
    """What stands for a task where the frames of the exception belong to none in the picture."""
    seen = held.exceptions
    name = "the program" if seen is None else f"exception {seen.selected}"
    label = TaskLabel(run, NO_TASK, name, 1, False)
    doing = held.failed_frames().doing()
    return TaskSnapshot(label, TaskState.EXITED, False, 0, doing, None, NOT_RECORDED, None, 0)


class PostMortemInspector:
    """An `Inspector` over a program that has ended, mostly with an exception."""

    def __init__(self, home: Home, held: DeadStop) -> None:
        self._home = home
        self._held = held

    @property
    def picture(self) -> Inspector | None:
        """The tasks as they were when the exception was raised, if that is known."""
        return self._held.picture

    def _picture(self) -> Inspector:
        found = self.picture
        if found is None:
            raise NotNow("no picture was taken of the tasks when this happened")
        return found

    @property
    def run_id(self) -> RunId:
        """The run of the picture; 0 if there is none."""
        found = self.picture
        return RunId(0) if found is None else found.run_id

    @property
    def live(self) -> bool:
        """True: code can run in the frames of the exception.  (Resuming is refused elsewhere.)"""
        return True

    def run(self) -> RunSnapshot:
        """The run as it was when the exception was raised, or what is left of it."""
        found = self.picture
        if found is None:
            return RunSnapshot(RunId(0), self._held.thread, "outside", False, 0.0, 0, 0, None, None)
        run = found.run()
        if run.state == RunState.ENDED:
            return run
        return replace(run, moment=_EARLIER if self._held.is_later() else _MOMENT)

    def runs(self) -> tuple[RunSnapshot, ...]:
        """All runs, as they were at the first failure."""
        found = self.picture
        return () if found is None else found.runs()

    def view(self, run: RunId) -> Inspector:
        """The picture of another run."""
        return self if run == self.run_id else self._picture().view(run)

    def tasks(self, *, system: bool = False) -> tuple[TaskSnapshot, ...]:
        """The tasks that lived at the first failure."""
        return self._picture().tasks(system=system)

    def groups(
        self,
        *,
        system: bool = False,
        numbers: Container[int] | None = None,
        wanted: Callable[[TaskLabel, TaskState], bool] | None = None,
    ) -> tuple[TaskGroup, ...]:
        """The tasks that lived then, grouped if they are equal."""
        return self._picture().groups(system=system, numbers=numbers, wanted=wanted)

    def ended(self, *, system: bool = False) -> tuple[EndedTask, ...]:
        """The tasks that had ended then."""
        return self._picture().ended(system=system)

    def log(
        self,
        tasks: Collection[TaskNumber] | None = None,
        most: int | None = None,
        *,
        system: bool = False,
    ) -> Log:
        """What the tasks had done until then."""
        return self._picture().log(tasks, most, system=system)

    def since_stop(self) -> Meanwhile | None:
        """None: a failed run has no earlier stop to compare with."""
        return None

    def lately(self) -> LookBack | None:
        """What has kept the last run busy."""
        found = self.picture
        return None if found is None else found.lately()

    def stats(self) -> Stats:
        """What tasks and the loop had done until then."""
        return self._picture().stats()

    def task(self, number: TaskNumber) -> TaskSnapshot:
        """One task as it was then; the task of the exception in view, as that left it."""
        if number == NO_TASK:
            return _thread_of(self._held, self.run_id)
        then = self._picture().task(number)
        if not _is_in_view(self._held, number):
            return then
        return as_left(then, self._held.failed_frames().doing())

    def tree(self, *, system: bool = False) -> TaskNode:
        """Tasks under nurseries under tasks, as they were then."""
        return self._picture().tree(system=system)

    def queue(self, *, system: bool = False) -> QueueSnapshot:
        """The run queue as it was then."""
        return self._picture().queue(system=system)

    def timers(self) -> tuple[TimerSnapshot, ...]:
        """The deadlines that were pending then."""
        return self._picture().timers()

    def why(self, task: TaskNumber) -> Explanation:
        """What a task waited for then."""
        return _told_then(self._picture().why(task), self._picture().run().time)

    def whys(self, tasks: Iterable[TaskNumber], *, once: bool = False) -> Iterator[Explanation]:
        """`why` for several tasks."""
        then = self._picture().run().time
        return (_told_then(why, then) for why in self._picture().whys(tasks, once=once))

    def deadlocks(self) -> tuple[tuple[Deadlock, ...], str]:
        """The deadlocks that there were then."""
        return self._picture().deadlocks()

    def threads(self, *, every: bool = False) -> tuple[WorkerThread, ...]:
        """The worker threads that were busy then."""
        return self._picture().threads(every=every)

    def frames(self, task: TaskNumber) -> tuple[FrameSnapshot, ...]:
        """The frames of the exception in view; for other tasks, the frames in the picture."""
        return self._reader(task).frames(task)

    def _reader(self, task: TaskNumber) -> FrameReader:
        if _is_in_view(self._held, task):
            return ExceptionFrames(self._held.failed_frames())
        return self._picture()

    def _live_frame(self, frame: FrameRef) -> FrameType | None:
        return self._held.live_frame(frame.index) if _is_in_view(self._held, frame.task) else None

    def source(self, filename: str) -> tuple[str, ...]:
        """The lines of a source file; empty when there is no source."""
        return source_files.lines_of(filename)

    def source_age(self, filename: str) -> SourceAge:
        """Whether the file still holds the text that was loaded."""
        return source_files.age_of(filename)

    def source_span(self, frame: FrameRef) -> tuple[int, int]:
        """First and last line of the function or module of a frame."""
        return self._reader(frame.task).source_span(frame)

    def locals(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        """The frame's local variables."""
        return self._reader(frame.task).locals(frame, budget)

    def arguments(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        """The frame's parameters."""
        return self._reader(frame.task).arguments(frame, budget)

    def members(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        """The attributes of the objects in local variables."""
        return self._reader(frame.task).members(frame, budget)

    def is_first_look(self, frame: FrameRef) -> bool:  # noqa: ARG002 - the protocol's
        """False: nothing goes on any more, so no look at a frame is the first."""
        return False  # nothing goes on any more

    def names(self, frame: FrameRef) -> tuple[str, ...]:
        """Names visible in the frame."""
        live = self._live_frame(frame)
        return self._picture().names(frame) if live is None else namespaces.names(live)

    def attributes(self, frame: FrameRef, path: str) -> tuple[str, ...]:
        """Attribute names of a dotted path in the frame."""
        live = self._live_frame(frame)
        return () if live is None else namespaces.attributes(live, path)

    def breakpoints(self) -> tuple[BreakpointSnapshot, ...]:
        """All breakpoints by number."""
        return self._home.controller.breakpoints()

    def lints(self) -> LintsFound:
        """What looked wrong."""
        return self._home.lints.findings()

    def exceptions(self) -> tuple[ExceptionNode, ...]:
        """The exception that has left the program, with its members, causes and contexts."""
        return self._held.view.nodes()

    def pending(self, task: TaskNumber | None = None) -> tuple[Pending, ...]:
        """The other exceptions that were on their way then."""
        if self.picture is None or (task is not None and _is_in_view(self._held, task)):
            return ()
        return _of_then(self.picture.pending(task), self.picture.run().time)

    def exception_frames(self, number: str) -> ExceptionFrames:
        """The frames of one of the exceptions."""
        return ExceptionFrames(self._held.view.frames(number))

"""Reading the frames of a live run: those of its tasks, and those of raised exceptions.

Owns: `LiveFrames`.  Does not own: the rest of what can be read (inspector), which frames a
task has (stacks.frames), or pictures of variables (typed.namespaces).
"""

from __future__ import annotations

from types import FrameType
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, tasks
from stepdbg.engine.failing import exception_frames as _exception_frames
from stepdbg.engine.failing import exception_view
from stepdbg.engine.failing import pending as _pending
from stepdbg.engine.stacks import frames, source_files, source_texts
from stepdbg.engine.stacks.code_span import span_of
from stepdbg.engine.typed import namespaces
from stepdbg.model.errors import NoSuchFrame, NoSuchTask, StepdbgError
from stepdbg.model.facts import NO_TASK, TaskNumber
from stepdbg.model.standard import weakref
from stepdbg.model.task import (
    FrameRef,
    FrameSnapshot,
    RunState,
    SourceAge,
)

if TYPE_CHECKING:
    from stepdbg.engine.failing.exception_frames import ExceptionFrames
    from stepdbg.engine.failing.exception_view import ExceptionView
    from stepdbg.engine.failing.failed_frames import FailedFrames
    from stepdbg.model.failures import ExceptionNode
    from stepdbg.model.values import Budget, Variable
    from stepdbg.model.waits import Pending

    from .seen import Home, SeenRun


class LiveFrames:
    """The part of an `Inspector` over a live run that reads frames.

    Args:
        home: what is read besides one run.
        run: the run to read; None for the one that has the prompt, else the newest.
    """

    def __init__(self, home: Home, run: SeenRun | None) -> None:
        self._home = home
        self._fixed = run
        self._by_number: weakref.WeakValueDictionary[int, Task] | None = None

    @property
    def _run(self) -> SeenRun:
        held, runs = self._home.desk.asked, self._home.runs
        number = None if held is None else held.run
        return self._fixed or (runs.newest() if number is None else runs.get(number))

    def _live_run(self) -> SeenRun:
        run = self._run
        if run.state is RunState.ENDED:
            known = "`log` says what its tasks did" if run.recorder else "`runs` lists the runs"
            raise StepdbgError(f"run {run.life.id} has ended; {known}")
        return run

    def find_task(self, number: TaskNumber) -> Task:
        """A live task of the run.  Raises `NoSuchTask`."""
        run = self._live_run()
        living = run.runner.tasks
        # This is the task that nearly every question at a stop is about.
        held = run.held
        asked = None if held is None else held.task
        if asked is not None and tasks.number(asked) == number and asked in living:
            return asked
        if self._by_number is None or self._by_number.get(number) not in living:
            self._by_number = weakref.WeakValueDictionary(
                {tasks.number(each): each for each in [*living]}
            )
        task = self._by_number.get(number)
        if task is not None:
            return task
        if run.registry.knows(number):
            raise NoSuchTask(
                f"{run.registry.label(number)} has exited; `tasks` lists the living tasks"
            )
        raise NoSuchTask(f"there is no task {number} in run {run.life.id}; `tasks` lists them")

    def live_frames(self, number: TaskNumber) -> list[FrameType]:
        """The live frames of a task, innermost first.  Raises `NoSuchTask`."""
        if number == NO_TASK:
            return self._outside_frames()
        return self._live_run().live_frames(self.find_task(number))

    def _outside_frames(self) -> list[FrameType]:
        held = self._home.desk.outside
        if held is None:
            raise NoSuchTask("this stop belongs to a task; `task` shows which one")
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
        held = None if task == NO_TASK else self._run.held
        if held is None or held.failed is None:
            return None
        return held.failed_frames_of(self.find_task(task))

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

    def source_age(self, filename: str) -> SourceAge:
        """Whether the file still holds the text that was loaded."""
        return source_files.age_of(filename)

    def source_span(self, frame: FrameRef) -> tuple[int, int]:
        """First and last line of the function or module of a frame."""
        code = self.live_frame(frame).f_code
        return span_of(code, len(source_texts.read_source(code.co_filename)))

    def locals(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        """The frame's local variables."""
        return namespaces.variables(self.live_frame(frame), budget)

    def arguments(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        """The frame's parameters with their present values."""
        return namespaces.arguments(self.live_frame(frame), budget)

    def members(self, frame: FrameRef, budget: Budget) -> tuple[Variable, ...]:
        """The attributes of the objects in local variables."""
        return namespaces.members(self.live_frame(frame), budget)

    def is_first_look(self, frame: FrameRef) -> bool:
        """Whether this is the first call for this frame."""
        return frames.is_first_look(self.live_frame(frame))

    def names(self, frame: FrameRef) -> tuple[str, ...]:
        """Names visible in the frame."""
        return namespaces.names(self.live_frame(frame))

    def attributes(self, frame: FrameRef, path: str) -> tuple[str, ...]:
        """Attribute names of a dotted path in the frame; no code of the program runs."""
        return namespaces.attributes(self.live_frame(frame), path)

    def _exceptions(self) -> ExceptionView:
        outside = None if self._fixed is not None else self._home.desk.outside
        held = outside or self._run.held
        return exception_view.there(None if held is None else held.exceptions)

    def exceptions(self) -> tuple[ExceptionNode, ...]:
        """The raised exception, with its members, causes and contexts."""
        return self._exceptions().nodes()

    def pending(self, task: TaskNumber | None = None) -> tuple[Pending, ...]:
        """Exceptions that were raised in one task or in all, and that no stop has shown yet."""
        if task == NO_TASK:
            return ()
        run = self._live_run()
        asked = runs.living_tasks(run.runner) if task is None else [self.find_task(task)]
        return tuple(
            found
            for each in asked
            for found in _pending.pending_in(
                each, run.registry.label_of(each), run.live_frames(each)
            )
        )

    def exception_frames(self, number: str) -> ExceptionFrames:
        """The frames of one of the exceptions."""
        return _exception_frames.ExceptionFrames(self._exceptions().frames(number))

"""Taking a picture of everything that an `Inspector` can give.

Owns: `take_picture`, and what happens when a part cannot be read.
Does not own: what a picture holds (shapes), tasks and their values (stacks), or looking at one
(viewing; `PictureInspector` can also be imported from here).

No code of the program is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from typing import TypeVar

from stepdbg.model.breakpoints import LineTarget
from stepdbg.model.errors import NotNow, StepdbgError
from stepdbg.model.facts import NO_TASK, NotRecorded, RunId, TaskNumber
from stepdbg.model.lints import LintsFound
from stepdbg.model.ours import VERSION
from stepdbg.model.protocols import Inspector
from stepdbg.model.standard import os, platform, sys, time
from stepdbg.model.stops import Stop
from stepdbg.model.task import NurserySnapshot, QueueEntry, ScopeSnapshot, TaskNode, TaskSnapshot

from . import sources
from .exceptions import take_exceptions
from .records import take_records
from .secrets import stop_without_values
from .shapes import (
    About,
    NodePicture,
    NurseryPicture,
    Picture,
    QueuedPicture,
    QueuePicture,
    RunPicture,
    TaskPicture,
)
from .stacks import StackCamera
from .viewing import PictureInspector

__all__ = ["PictureInspector", "take_picture"]

T = TypeVar("T")


def take_picture(inspector: Inspector, *, values: bool = True, stop: Stop | None = None) -> Picture:
    """Everything there is to see now.

    Args:
        inspector: reads the run that the picture is about; the picture also shows the
            process's other runs.
        values: whether to keep the variables' values; else only their names and types.
        stop: the stop at which the run is held.

    A part that cannot be read is left out, with a note that says why; nothing is raised.
    """
    return _Camera(inspector, values, stop).take()


class _Camera:
    """Takes one picture of a process."""

    def __init__(self, inspector: Inspector, values: bool, stop: Stop | None) -> None:
        self._inspector = inspector
        self._values = values
        self._stop = stop if values or stop is None else stop_without_values(stop)
        self._notes: list[str] = []
        mine = None if stop is None or stop.task is None else stop.task.number
        self._stacks = StackCamera(values=values, mine=mine)
        self._failed = StackCamera(values=values, mine=None)  # with an allowance of its own

    def take(self) -> Picture:
        """The picture."""
        inspector = self._inspector
        in_view = inspector.run_id
        runs = self._tried("the runs", inspector.runs) or ()
        first = self._run(inspector)
        exceptions = self._tried(
            "the exceptions",
            lambda: take_exceptions(inspector, self._failed, values=self._values),
        )
        others = [self._other(each.run) for each in runs if each.run != in_view]
        breakpoints = self._tried("the breakpoints", inspector.breakpoints) or ()
        for each in breakpoints:
            if isinstance(each.spec.target, LineTarget):
                self._stacks.own_files.add(each.spec.target.filename)
        if self._stop is not None:
            self._stacks.note(self._stop.place)
        self._stacks.take_over(self._failed)
        files, spans = self._stacks.own_files, self._stacks.spans
        return Picture(
            about=about_now(),
            in_view=in_view,
            stop=self._stop,
            runs=runs,
            pictures=(first, *filter(None, others)),
            breakpoints=breakpoints,
            sources=self._tried(
                "the source", lambda: sources.gather(files, spans, inspector.source)
            )
            or (),
            values=self._values,
            notes=tuple(self._notes),
            exceptions=exceptions or (),
            lints=self._tried("the lints", lambda: _lints(inspector)),
        )

    def _tried(self, what: str, get: Callable[[], T]) -> T | None:
        """What a call returns; None and a note if it raises: half a picture is better than none."""
        try:
            return get()
        except StepdbgError as error:
            self._notes.append(f"{what} could not be read: {error}")
        except Exception as error:
            self._notes.append(f"{what} could not be read: {type(error).__name__}: {error}")
        return None

    def _other(self, run: RunId) -> RunPicture | None:
        return self._tried(f"run {run}", lambda: self._run(self._inspector.view(run)))

    def _run(self, inspector: Inspector) -> RunPicture:
        run = inspector.run()
        outside = None
        if run.run == 0:
            outside = self._tried("the held thread", lambda: self._outside(inspector))
        try:
            tasks = inspector.tasks(system=True)
        except StepdbgError as error:
            log, ended = take_records(inspector, values=self._values)
            problem = str(error)
            return RunPicture(run, outside=outside, problem=problem, log=log, ended=ended)
        pictures = self._stacks.tasks(inspector, tasks)
        self._note_spawns(tasks)
        known = {task.label.number for task in tasks}
        stuck = self._tried(f"the deadlocks of run {run.run}", inspector.deadlocks)
        of_run = f"of run {run.run}"
        log, ended = take_records(inspector, values=self._values)
        return RunPicture(
            run=run,
            tasks=pictures,
            outside=outside,
            tree=self._tried(f"the tree {of_run}", lambda: _tree(inspector, known)) or (),
            queue=self._tried(f"the queue {of_run}", lambda: _queue(inspector, known)),
            timers=self._tried(f"the timers {of_run}", inspector.timers) or (),
            deadlocks=() if stuck is None else stuck[0],
            threads=self._tried(f"the threads {of_run}", inspector.threads) or (),
            hope="" if stuck is None else stuck[1],
            log=log,
            ended=ended,
            lately=self._tried(f"what run {run.run} has done lately", inspector.lately),
            stats=None if log is None else self._tried(f"the numbers {of_run}", inspector.stats),
        )

    def _outside(self, inspector: Inspector) -> TaskPicture:
        thread = inspector.task(NO_TASK)
        self._stacks.note(thread.doing)
        return TaskPicture(thread, self._stacks.frames(inspector, NO_TASK))

    def _note_spawns(self, tasks: Iterable[TaskSnapshot]) -> None:
        for task in tasks:
            if task.spawn is not None and not isinstance(task.spawn, NotRecorded):
                self._stacks.note(task.spawn.place)


# Tasks are read first.  What begins while stepdbg reads a run in another thread is left out.


def _tree(inspector: Inspector, known: AbstractSet[TaskNumber]) -> tuple[NodePicture, ...]:
    """The tree from the root task on, flat: the root first, parents before children."""
    found: list[NodePicture] = []
    pending = [inspector.tree(system=True)]
    while pending:
        node = pending.pop()
        if node.task.label.number in known:
            found.append(_node(node, known))
            nurseries = [each for each in node.inside if isinstance(each, NurserySnapshot)]
            pending += [child for nursery in nurseries for child in nursery.children]
    return tuple(found)


def _node(node: TaskNode, known: AbstractSet[TaskNumber]) -> NodePicture:
    return NodePicture(node.task.label.number, tuple(_inside(each, known) for each in node.inside))


def _inside(
    part: ScopeSnapshot | NurserySnapshot, known: AbstractSet[TaskNumber]
) -> ScopeSnapshot | NurseryPicture:
    if isinstance(part, ScopeSnapshot):
        return part
    numbers = (child.task.label.number for child in part.children)
    children = tuple(number for number in numbers if number in known)
    return NurseryPicture(part.scope, part.place, part.closed, children, part.starting)


def _queue(inspector: Inspector, known: AbstractSet[TaskNumber]) -> QueuePicture:
    queue = inspector.queue(system=True)
    return QueuePicture(
        queue.current, _queued(queue.this_pass, known), _queued(queue.next_pass, known)
    )


def _queued(
    entries: Iterable[QueueEntry], known: AbstractSet[TaskNumber]
) -> tuple[QueuedPicture, ...]:
    return tuple(
        QueuedPicture(entry.task.label.number, entry.wake)
        for entry in entries
        if entry.task.label.number in known
    )


def _lints(inspector: Inspector) -> LintsFound | None:
    try:
        return inspector.lints()
    except NotNow:  # the user has not switched them on
        return None


def about_now() -> About:
    """When and where a picture is taken, or a recording begins."""
    # The program has imported Trio already, or there is nothing to take a picture of.
    trio = getattr(sys.modules.get("trio"), "__version__", "")
    return About(
        time=time.time(),
        stepdbg=VERSION,
        python=platform.python_version(),
        trio=trio if isinstance(trio, str) else "",
        platform=sys.platform,
        process=os.getpid(),
        folder=_folder(),
        command_line=tuple(sys.orig_argv),
    )


def _folder() -> str:
    try:
        return os.getcwd()
    except OSError:  # it has been removed
        return ""

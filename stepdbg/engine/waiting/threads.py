"""Threads: the list of them, the tasks for which they work, and the program's frames in them.

Owns: `worker_threads`, `all_threads`, and finding a task's thread.
Does not own: waiting (recognisers).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import FrameType
from typing import TYPE_CHECKING, Final

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, waits
from stepdbg.engine.process.python_threads import current_frames
from stepdbg.engine.stacks.frames import place_of
from stepdbg.model.ours import FOLDER, is_ours
from stepdbg.model.standard import os, sys, threading
from stepdbg.model.task import Place, TaskLabel
from stepdbg.model.waits import ThreadRole, WorkerThread

if TYPE_CHECKING:
    from stepdbg.model.facts import RunId

    from .views import TaskView


_LAUNCHER: Final = os.path.join(FOLDER, "launcher", "")
"""Files of stepdbg's that call the program: frames that they call belong to the program."""


def _stacks() -> Iterator[tuple[str, int, list[FrameType]]]:
    """Every thread that runs code of the program: its name, its ident, its frames.

    The frames do not include stepdbg's, or those of what has called the launcher.
    """
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    for ident, top in list(current_frames().items()):
        stack = _of_program(top)
        if stack:
            yield names.get(ident, "a thread"), ident, stack


def _of_program(top: FrameType | None) -> list[FrameType]:
    found = []
    while top is not None and not top.f_code.co_filename.startswith(_LAUNCHER):
        if not is_ours(top.f_code.co_filename):
            found.append(top)
        top = top.f_back
    return found


def _working() -> Iterator[tuple[str, object, list[FrameType]]]:
    """Every busy worker thread of Trio's: its name, its register, the program's frames in it."""
    for name, _, stack in _stacks():
        work = _work_in(stack)
        if work is not None:
            yield name, *work


def _work_in(stack: list[FrameType]) -> tuple[object, list[FrameType]] | None:
    """A worker thread's link to its task, and the frames of its work; None for other threads."""
    for index, frame in enumerate(stack):
        if waits.is_worker_code(frame.f_code):
            return waits.thread_register(frame), stack[:index]
    return None


def task_here() -> Task | None:
    """The task for which the calling thread works; None for other or abandoned threads."""
    frame: FrameType | None = sys._getframe()  # noqa: SLF001 - documented, CPython only
    while frame is not None and not waits.is_worker_code(frame.f_code):
        frame = frame.f_back
    return None if frame is None else _task_in(waits.thread_register(frame))


def _task_in(register: object) -> Task | None:
    task = register[0] if isinstance(register, list) and register else None
    return task if isinstance(task, Task) else None


def _places(stack: list[FrameType]) -> tuple[Place, ...]:
    return tuple(place_of(frame) for frame in stack)


def thread_of(register: object, name: str, label: TaskLabel) -> WorkerThread:
    """The thread that a task waits for.

    Args:
        register: what the frame of ``to_thread.run_sync`` holds about the thread.
        name: the thread's name, used if it has ended.
        label: the task.
    """
    for thread_name, other, stack in _working():
        if other is register:
            return WorkerThread(thread_name, label, _places(stack))
    return WorkerThread(name, label, ())


def worker_threads(run: TaskView) -> tuple[WorkerThread, ...]:
    """The busy worker threads of a run, ordered by name, including abandoned ones."""
    mine = set(map(id, runs.living_tasks(run.runner)))
    found = []
    for name, register, stack in _working():
        task = _task_in(register)
        if task is None or id(task) in mine:
            label = None if task is None else run.registry.label_of(task)
            found.append(WorkerThread(name, label, _places(stack)))
    return tuple(sorted(found, key=lambda thread: thread.name))


def all_threads(
    label_of: Callable[[Task], TaskLabel | None], runs_by_ident: Mapping[int, RunId]
) -> tuple[WorkerThread, ...]:
    """Every thread of the process, ordered by name.

    Args:
        label_of: returns the label of a task; None if its run is not known.
        runs_by_ident: the runs under way, by the idents of their threads.
    """
    found = []
    for name, ident, stack in _stacks():
        work = _work_in(stack)
        if work is None:
            run = runs_by_ident.get(ident)
            found.append(WorkerThread(name, None, _places(stack), ThreadRole.OTHER, run))
        else:
            task = _task_in(work[0])
            label = None if task is None else label_of(task)
            found.append(WorkerThread(name, label, _places(work[1])))
    return tuple(sorted(found, key=lambda thread: thread.name))

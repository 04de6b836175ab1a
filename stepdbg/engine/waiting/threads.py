"""Worker threads: which there are, for which task, and their Python stacks.

Owns: `worker_threads` and finding a task's thread.  Does not own: waiting (recognisers).
"""

from __future__ import annotations

from collections.abc import Iterator
from types import FrameType
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, waits
from stepdbg.engine.process.python_threads import current_frames
from stepdbg.engine.stacks.frames import place_of
from stepdbg.model.standard import threading
from stepdbg.model.task import Place, TaskLabel
from stepdbg.model.waits import WorkerThread

if TYPE_CHECKING:
    from .views import TaskView


def _working() -> Iterator[tuple[str, object, list[FrameType]]]:
    """Every busy worker thread of Trio's: its name, its register, its program's frames."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    for ident, top in list(current_frames().items()):
        stack: list[FrameType] = []
        frame: FrameType | None = top
        while frame is not None and not waits.is_worker_code(frame.f_code):
            stack.append(frame)
            frame = frame.f_back
        if frame is not None:
            yield names.get(ident, "a thread"), waits.thread_register(frame), stack


def _places(stack: list[FrameType]) -> tuple[Place, ...]:
    return tuple(place_of(frame) for frame in stack)


def thread_of(register: object, name: str, label: TaskLabel) -> WorkerThread:
    """The thread that a task waits for.

    Args:
        register: what the frame of ``to_thread.run_sync`` keeps about it.
        name: what to call it when it has ended.
        label: the task.
    """
    for thread_name, other, stack in _working():
        if other is register:
            return WorkerThread(thread_name, label, _places(stack))
    return WorkerThread(name, label, ())


def worker_threads(run: TaskView) -> tuple[WorkerThread, ...]:
    """The busy worker threads of a run, by name; abandoned ones too."""
    mine = set(map(id, runs.living_tasks(run.runner)))
    found = []
    for name, register, stack in _working():
        task = register[0] if isinstance(register, list) and register else None
        if isinstance(task, Task) and id(task) in mine:
            found.append(WorkerThread(name, run.registry.label_of(task), _places(stack)))
        elif task is None:
            found.append(WorkerThread(name, None, _places(stack)))
    return tuple(sorted(found, key=lambda thread: thread.name))

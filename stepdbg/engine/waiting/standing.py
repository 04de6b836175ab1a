"""The state of one task at this moment.

Owns: a task's state, why it runs, the line at which it is.
Does not own: pictures of whole tasks and runs (seeing.capture), what a task waits for (graph),
which sleep or timeout has ended (cancelling.expiring).
"""

from __future__ import annotations

from types import CoroutineType, FrameType
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import tasks
from stepdbg.engine.cancelling import expiring
from stepdbg.engine.process import calls
from stepdbg.engine.recording import history, waking
from stepdbg.engine.stacks import frames
from stepdbg.model.facts import NOT_RECORDED, NotRecorded
from stepdbg.model.stops import StopKind
from stepdbg.model.task import Place, Spawn, TaskState, Wake, WakeKind

if TYPE_CHECKING:
    from .views import BlockedRun, TaskView


def scheduled(run: TaskView, task: Task) -> TaskState:
    """The state of a task for Trio's scheduler, which knows nothing of held tasks."""
    coro = task.coro
    # `cr_frame` comes last, because reading it makes an object that stays, for each of many tasks.
    if not (coro.cr_running or coro.cr_suspended) and coro.cr_frame is None:
        return TaskState.EXITED
    runnable = tasks.is_runnable(task)
    if coro.cr_running or (runnable and run.held is not None and task is run.held.task):
        return TaskState.CURRENT
    if not tasks.is_started(task):
        return TaskState.NOT_STARTED
    return TaskState.RUNNABLE if runnable else TaskState.BLOCKED


def state_of(run: TaskView, task: Task) -> TaskState:
    """The state of a task, which is `HELD` if the user keeps it from stepping."""
    state = scheduled(run, task)
    if state in (TaskState.EXITED, TaskState.CURRENT) or not run.steered.is_held(task):
        return state
    return TaskState.HELD


def wake_of(run: TaskView, task: Task) -> Wake | NotRecorded:
    """Why a runnable task runs: from the value that Trio will send it, and from the recorder."""
    if tasks.steps_taken(task) == 0:
        return _started(run, task)
    recorder = run.recorder
    recorded = NOT_RECORDED if recorder is None else recorder.lately.wake_of(task, run.registry)
    known = isinstance(recorded, Wake) and recorded.by is not None
    wake = waking.wake_from_outcome(task, by_whom=not known)
    if wake is None:
        return recorded
    # Before Trio 0.31, a Cancelled does not say that it came from a deadline.
    by_deadline = isinstance(recorded, Wake) and recorded.kind in waking.BY_TIME
    if by_deadline or wake.kind is WakeKind.DEADLINE:
        return expiring.what_ended(run, task)
    if isinstance(recorded, Wake):
        return Wake(wake.kind, recorded.by, recorded.place, wake.detail)
    return wake


def wake_of_last(run: TaskView, task: Task) -> Wake | NotRecorded:
    """Why the task took the step that has just ended."""
    if tasks.steps_done(task) == 1:
        return _started(run, task)
    recorder = run.recorder
    return NOT_RECORDED if recorder is None else recorder.lately.wake_of_last(task, run.registry)


def _started(run: TaskView, task: Task) -> Wake:
    spawn = run.registry.spawn_of(task)
    # The root task is Trio's, and no line of the program started the main task.
    if isinstance(spawn, Spawn) and task is not run.runner.main_task:
        return Wake(WakeKind.STARTED, spawn.by, spawn.place)
    return Wake(WakeKind.STARTED)


def is_in_step(run: TaskView, task: Task) -> bool:
    """Whether a task is in the middle of a step, and not before one."""
    held = run.held
    if held is not None and held.frame is not None and held.task is task:
        return True
    return type(task.coro) is CoroutineType and task.coro.cr_running


def calling(run: TaskView, stack: list[FrameType]) -> str:
    """The function in C that a task in the middle of a step is calling (`process.calls`).

    At a line stop there is none: the line may begin with a call that has not happened yet.

    Args:
        stack: its frames, innermost first.
    """
    halted = run.held is None or run.held.kind is StopKind.HALT
    return calls.call_under_way(stack[0]) if stack and halted else ""


def lasted(run: BlockedRun) -> float | None:
    """For how many program seconds the step under way has lasted; None if that is not known."""
    recorder = run.recorder
    if recorder is None or not recorder.on or recorder.reads_clock:
        return None
    began = history.Pictures(run, recorder).time_of(recorder.hook.last)
    return None if began is None else run.life.time() - began


def doing(run: TaskView, task: Task | None, stack: list[FrameType]) -> Place | None:
    """The own line at which a task is or has failed."""
    held = run.held
    failed = None if held is None or held.failed is None else held.failed_frames_of(task)
    return own_place(stack) if failed is None else failed.doing()


def own_place(stack: list[FrameType]) -> Place | None:
    """The innermost own line of a stack."""
    frame = frames.innermost_own(stack)
    return None if frame is None else frames.place_of_code(frame.f_code, frame.f_lineno)

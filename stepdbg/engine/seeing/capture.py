"""Live run -> frozen pictures.

Owns: every snapshot of tasks, queue, timers, tree and run.
Does not own: the stop itself (stops), how one task stands (waiting.standing), ways of
grouping (folding).

Nothing here calls code of the program or raises for a program's odd shape.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import FrameType
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, scopes, stepping, tasks, waits
from stepdbg.engine.cancelling import entered
from stepdbg.engine.scheduling.run_queue import runnable_tasks
from stepdbg.engine.stacks import frames, scope_places
from stepdbg.engine.waiting import recognisers
from stepdbg.engine.waiting.standing import doing, state_of, wake_of
from stepdbg.model.facts import NOT_RECORDED
from stepdbg.model.task import (
    TIMER_TASKS,
    NurserySnapshot,
    QueueEntry,
    QueueSnapshot,
    RunSnapshot,
    RunState,
    ScopeSnapshot,
    ShortWait,
    TaskLabel,
    TaskNode,
    TaskSnapshot,
    TaskState,
    TimerSnapshot,
)

if TYPE_CHECKING:
    from .seen import SeenRun, SeenTasks


def _stack_key(stack: list[FrameType]) -> int:
    return hash(tuple((id(frame.f_code), frame.f_lasti) for frame in stack))


def _parent(run: SeenTasks, task: Task) -> TaskLabel | None:
    nursery = task.parent_nursery
    return None if nursery is None else run.registry.label_of(nursery.parent_task)


def _wait(run: SeenTasks, task: Task, state: TaskState, stack: list[FrameType]) -> ShortWait | None:
    """What a task waits for; None when it is not blocked."""
    if state is not TaskState.BLOCKED or not stack:
        return None
    return ShortWait(
        recognisers.find_wait(task, stack).kind,
        runs.time_left(run.runner, waits.soonest_deadline(task)),
    )


def task_snapshot(run: SeenTasks, task: Task) -> TaskSnapshot:
    """One living task, as a picture."""
    stack = frames.task_frames(task, None if run.held is None else run.held.frame_of(task))
    state = state_of(run, task)
    runnable = tasks.is_runnable(task) or state is TaskState.CURRENT
    return TaskSnapshot(
        label=run.registry.label_of(task),
        state=state,
        system=runs.is_system(run.runner, task),
        steps=tasks.steps_taken(task) + (state is TaskState.EXITED),  # Trio counts suspensions
        doing=doing(run, task, stack),
        parent=_parent(run, task),
        spawn=run.registry.spawn_of(task),
        wake=wake_of(run, task) if runnable else None,
        stack_key=_stack_key(stack),
        wait=_wait(run, task, state, stack),
    )


def living(run: SeenTasks, *, system: bool) -> list[Task]:
    """The living tasks by number; Trio's own only with `system`."""
    everybody = runs.living_tasks(run.runner)
    if system:
        return everybody
    return [task for task in everybody if not runs.is_system(run.runner, task)]


def _entries(run: SeenTasks, queued: Iterable[Task], system: bool) -> tuple[QueueEntry, ...]:
    pictures = (
        task_snapshot(run, task)
        for task in queued
        if system or not runs.is_system(run.runner, task)
    )
    return tuple(QueueEntry(each, each.wake or NOT_RECORDED) for each in pictures)


def _taken(run: SeenTasks, loop_frame: FrameType | None) -> Task | None:
    """The task that Trio has taken off the queue, whose step a stop in a thread holds up."""
    task = stepping.last_task(loop_frame) if run.held is None else None
    if task is None or task.coro.cr_running or not tasks.is_runnable(task):
        return None
    return task


def queue(run: SeenTasks, *, system: bool) -> QueueSnapshot:
    """The run queue."""
    loop_frame = run.loop_frame()
    this_pass, next_pass = runnable_tasks(run.runner, loop_frame, run.steered.ordered)
    taken = _taken(run, loop_frame)
    if taken is not None and taken not in (*this_pass, *next_pass, *run.steered.withheld):
        this_pass.insert(0, taken)
    held = run.held
    current = None if held is None else held.task
    between = held is not None and held.frame is None
    if current is not None and between and not system and runs.is_system(run.runner, current):
        current = None  # a halt of a run that waits comes in one of Trio's own tasks
    return QueueSnapshot(
        None if current is None else run.registry.label_of(current),
        _entries(run, this_pass, system),
        _entries(run, next_pass, system),
        _entries(run, run.steered.withheld, system),
    )


def timers(run: SeenTasks) -> tuple[TimerSnapshot, ...]:
    """The pending deadlines, soonest first."""
    known = entered.Scopes(run)
    found = []
    for deadline, scope in sorted(runs.live_deadlines(run.runner), key=lambda pair: pair[0]):
        under = sorted(scopes.tasks_under(scope), key=tasks.number)
        found.append(
            TimerSnapshot(
                left=deadline - run.runner.clock.current_time(),
                scope=known.picture(scope, under[0] if under else None),
                tasks=tuple(run.registry.label_of(task) for task in under[:TIMER_TASKS]),
                task_count=len(under),
            )
        )
    return tuple(found)


def tree(run: SeenTasks, root: Task, *, system: bool) -> TaskNode:
    """Tasks under nurseries under tasks, from `root`."""
    starting: dict[int, list[TaskLabel]] = {}
    for task in living(run, system=system):
        target = task.eventual_parent_nursery
        if target is not None:
            starting.setdefault(id(target), []).append(run.registry.label_of(task))
    return _node(run, root, starting, entered.Scopes(run), system)


def _node(
    run: SeenTasks,
    task: Task,
    starting: dict[int, list[TaskLabel]],
    known: entered.Scopes,
    system: bool,
) -> TaskNode:
    around = scopes.scopes_around(task)
    of_trio = scope_places.scopes_of_trio(task) if around else set()
    nurseries = {id(nursery.cancel_scope): nursery for nursery in tasks.nurseries_of(task)}
    inside: list[ScopeSnapshot | NurserySnapshot] = []
    for scope in around:
        nursery = nurseries.get(id(scope))
        if nursery is None and id(scope) in of_trio:
            continue  # the scope of a sleep is a part of the wait
        picture = known.picture(scope, task)
        if nursery is None:
            inside.append(picture)
            continue
        children = sorted(tasks.children_of(nursery), key=tasks.number)
        inside.append(
            NurserySnapshot(
                scope=picture,
                place=picture.place,
                closed=scopes.is_closed(nursery),
                children=tuple(
                    _node(run, child, starting, known, system)
                    for child in children
                    if system or not runs.is_system(run.runner, child)
                ),
                starting=tuple(starting.get(id(nursery), ())),
            )
        )
    return TaskNode(task_snapshot(run, task), tuple(inside))


def crowd(run: SeenTasks) -> tuple[int, int]:
    """How many tasks of the program there are, and how many of them are queued.

    It counts Trio's own tasks and subtracts them, because a stop must not cost more with many
    tasks.
    """
    this_pass, next_pass = runs.batch(run.loop_frame()), runs.queued(run.runner)
    system = runs.system_tasks(run.runner)
    queued_system = 0
    for task in system:  # no comprehension: on 3.11 that makes a call at each stop
        if tasks.how_to_be_sent(task) is not None and (task in this_pass or task in next_pass):
            queued_system += 1
    return (
        len(run.runner.tasks) - len(system),
        len(this_pass) + len(next_pass) - queued_system,
    )


def run_snapshot(run: SeenRun) -> RunSnapshot:
    """The run itself; if it has ended, what is still known about it."""
    life, main = run.life, run.life.main_label
    if run.state is RunState.ENDED:
        return RunSnapshot(
            life.id, life.thread, str(run.state), life.guest, life.end_time, 0, 0, None, main
        )
    task_count, queue_length = crowd(run)
    return RunSnapshot(
        run=life.id,
        thread=life.thread,
        state=str(run.state),
        guest=life.guest,
        time=life.time(),
        task_count=task_count,
        queue_length=queue_length,
        next_deadline=runs.time_left(run.runner, runs.next_deadline(run.runner)),
        main=main,
        notes=life.notes,
    )

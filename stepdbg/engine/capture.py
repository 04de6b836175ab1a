"""Live run -> frozen pictures.

Owns: every snapshot of tasks, queue, timers, tree and run, and the `Stop` itself.
Does not own: the live objects, or commands' ways of grouping and filtering.

Nothing here calls code of the program or raises for a program's odd shape.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from types import FrameType
from typing import TYPE_CHECKING

import outcome
from trio.lowlevel import Task

from stepdbg._trio_internals import runs, scopes, tasks
from stepdbg.model.facts import NOT_RECORDED, NotRecorded
from stepdbg.model.stops import Stop, StopKind
from stepdbg.model.task import (
    TIMER_TASKS,
    NurserySnapshot,
    Place,
    QueueEntry,
    QueueSnapshot,
    RunSnapshot,
    ScopeSnapshot,
    Spawn,
    TaskLabel,
    TaskNode,
    TaskSnapshot,
    TaskState,
    TimerSnapshot,
    Wake,
    WakeKind,
)
from stepdbg.model.values import Budget, Value

from . import frames, scope_places, values, waking
from .failed_frames import failed_frames_of

if TYPE_CHECKING:
    from .run import DebuggedRun
    from .stopping import Occasion


def state_of(run: DebuggedRun, task: Task) -> TaskState:
    """What Trio's scheduler would say of a task."""
    coro = task.coro
    # Not `cr_frame` at once: asking for it makes an object that stays, for each of many tasks.
    if not (coro.cr_running or coro.cr_suspended) and coro.cr_frame is None:
        return TaskState.EXITED
    if coro.cr_running or (task is run.held_task and tasks.is_runnable(task)):
        return TaskState.CURRENT
    if run.steered.is_held(task):
        return TaskState.HELD
    if not tasks.is_started(task):
        return TaskState.NOT_STARTED
    return TaskState.RUNNABLE if tasks.is_runnable(task) else TaskState.BLOCKED


def wake_of(run: DebuggedRun, task: Task) -> Wake | NotRecorded:
    """Why a runnable task runs: from what it will be sent, and from what was recorded."""
    if tasks.steps_taken(task) == 0:
        spawn = run.registry.spawn_of(task)
        # The root task is Trio's; nobody's line started the main task.
        if isinstance(spawn, Spawn) and task is not run.runner.main_task:
            return Wake(WakeKind.STARTED, spawn.by, spawn.place)
        return Wake(WakeKind.STARTED)
    recorder = run.recorder
    recorded = NOT_RECORDED if recorder is None else recorder.lately.wake_of(task, run.registry)
    known = isinstance(recorded, Wake) and recorded.by is not None
    told = waking.wake_from_outcome(task, by_whom=not known)
    if told is None:
        return recorded
    if isinstance(recorded, Wake):
        # Before Trio 0.31 a Cancelled does not tell that it came from a deadline.
        by_deadline = recorded.kind is WakeKind.DEADLINE
        kind = WakeKind.DEADLINE if by_deadline else told.kind
        return Wake(kind, recorded.by, recorded.place, told.detail)
    return told


def _doing(run: DebuggedRun, task: Task | None, stack: list[FrameType]) -> Place | None:
    failed = failed_frames_of(run, task)
    if failed is not None:
        return failed.doing()
    frame = frames.innermost_own(stack)
    return None if frame is None else frames.place_of(frame)


def _stack_key(stack: list[FrameType]) -> int:
    return hash(tuple((id(frame.f_code), frame.f_lasti) for frame in stack))


def _parent(run: DebuggedRun, task: Task) -> TaskLabel | None:
    nursery = task.parent_nursery
    return None if nursery is None else run.registry.label_of(nursery.parent_task)


def task_snapshot(run: DebuggedRun, task: Task) -> TaskSnapshot:
    """One task."""
    stack = frames.task_frames(task, run.held_frame if task is run.held_task else None)
    state = state_of(run, task)
    runnable = tasks.is_runnable(task) or state is TaskState.CURRENT
    return TaskSnapshot(
        label=run.registry.label_of(task),
        state=state,
        system=runs.is_system(run.runner, task),
        steps=tasks.steps_taken(task),
        doing=_doing(run, task, stack),
        parent=_parent(run, task),
        spawn=run.registry.spawn_of(task),
        wake=wake_of(run, task) if runnable else None,
        stack_key=_stack_key(stack),
    )


def living(run: DebuggedRun, *, system: bool) -> list[Task]:
    """The living tasks by number; Trio's own only with `system`."""
    everybody = runs.living_tasks(run.runner)
    if system:
        return everybody
    return [task for task in everybody if not runs.is_system(run.runner, task)]


def _entries(run: DebuggedRun, queued: Iterable[Task], system: bool) -> tuple[QueueEntry, ...]:
    pictures = (
        task_snapshot(run, task)
        for task in queued
        if system or not runs.is_system(run.runner, task)
    )
    return tuple(QueueEntry(each, each.wake or NOT_RECORDED) for each in pictures)


def runnable_tasks(run: DebuggedRun) -> tuple[list[Task], list[Task]]:
    """This pass in order, and the next pass; the current task is in neither."""
    batch = list(reversed(runs.batch(run.loop_frame())))
    return batch, runs.queued(run.runner)


def queue(run: DebuggedRun, *, system: bool) -> QueueSnapshot:
    """The run queue."""
    this_pass, next_pass = runnable_tasks(run)
    current = run.held_task
    return QueueSnapshot(
        None if current is None else run.registry.label_of(current),
        _entries(run, this_pass, system),
        _entries(run, next_pass, system),
        _entries(run, run.steered.withheld, system),
    )


def _time_left(run: DebuggedRun, deadline: float) -> float | None:
    return None if math.isinf(deadline) else deadline - run.runner.clock.current_time()


def scope_snapshot(run: DebuggedRun, scope: runs.CancelScope, place: Place | None) -> ScopeSnapshot:
    """One cancel scope."""
    return ScopeSnapshot(
        number=run.session.scope_number(scope),
        deadline=_time_left(run, scopes.deadline(scope)),
        shield=scopes.is_shielded(scope),
        cancel_called=scopes.is_cancel_called(scope),
        effectively_cancelled=scopes.is_effectively_cancelled(scope),
        place=place,
        reason=scopes.cancel_reason(scope),
    )


def _owner_of(scope: runs.CancelScope, under: list[Task]) -> Task | None:
    """The task that entered a scope, if it still is among the tasks inside it or above."""
    for task in under:
        candidate: Task | None = task
        while candidate is not None:
            if any(scope is each for each in scopes.scopes_around(candidate)):
                return candidate
            nursery = candidate.parent_nursery
            candidate = None if nursery is None else nursery.parent_task
    return None


def timers(run: DebuggedRun) -> tuple[TimerSnapshot, ...]:
    """The pending deadlines, soonest first."""
    places: dict[int, dict[int, Place]] = {}
    found = []
    for deadline, scope in sorted(runs.live_deadlines(run.runner), key=lambda pair: pair[0]):
        under = sorted(scopes.tasks_under(scope), key=tasks.number)
        owner = _owner_of(scope, under[:1])
        if owner is not None and id(owner) not in places:
            places[id(owner)] = scope_places.scope_places(owner)
        place = None if owner is None else places[id(owner)].get(id(scope))
        found.append(
            TimerSnapshot(
                left=deadline - run.runner.clock.current_time(),
                scope=scope_snapshot(run, scope, place),
                tasks=tuple(run.registry.label_of(task) for task in under[:TIMER_TASKS]),
                task_count=len(under),
            )
        )
    return tuple(found)


def tree(run: DebuggedRun, root: Task, *, system: bool) -> TaskNode:
    """Tasks under nurseries under tasks, from `root`."""
    starting: dict[int, list[TaskLabel]] = {}
    for task in living(run, system=system):
        target = task.eventual_parent_nursery
        if target is not None:
            starting.setdefault(id(target), []).append(run.registry.label_of(task))
    return _node(run, root, starting, system)


def _node(
    run: DebuggedRun, task: Task, starting: dict[int, list[TaskLabel]], system: bool
) -> TaskNode:
    around = scopes.scopes_around(task)
    places = scope_places.scope_places(task) if around else {}
    nurseries = {id(nursery.cancel_scope): nursery for nursery in task.child_nurseries}
    inside: list[ScopeSnapshot | NurserySnapshot] = []
    for scope in around:
        place = places.get(id(scope))
        picture = scope_snapshot(run, scope, place)
        nursery = nurseries.get(id(scope))
        if nursery is None:
            inside.append(picture)
            continue
        children = sorted(nursery.child_tasks, key=tasks.number)
        inside.append(
            NurserySnapshot(
                scope=picture,
                place=place,
                closed=scopes.is_closed(nursery),
                children=tuple(
                    _node(run, child, starting, system)
                    for child in children
                    if system or not runs.is_system(run.runner, child)
                ),
                starting=tuple(starting.get(id(nursery), ())),
            )
        )
    return TaskNode(task_snapshot(run, task), tuple(inside))


def _crowd(run: DebuggedRun) -> tuple[int, int]:
    """How many tasks of the program there are, and how many of them are queued.

    Who does not count is looked for, not who does: a stop must not cost more with many tasks.
    """
    this_pass, next_pass = runs.batch(run.loop_frame()), runs.queued(run.runner)
    system = runs.system_tasks(run.runner)
    waiting = [task for task in system if tasks.is_runnable(task)]
    queued_system = sum(task in this_pass or task in next_pass for task in waiting)
    return (
        len(run.runner.tasks) - len(system),
        len(this_pass) + len(next_pass) - queued_system,
    )


def run_snapshot(run: DebuggedRun) -> RunSnapshot:
    """The run itself; for one that has ended, what is left to say."""
    if run.state == "ended":
        return RunSnapshot(
            run.id, run.thread, run.state, run.guest, run.end_time, 0, 0, None, run.main_label
        )
    task_count, queue_length = _crowd(run)
    return RunSnapshot(
        run=run.id,
        thread=run.thread,
        state=run.state,
        guest=run.guest,
        time=run.time(),
        task_count=task_count,
        queue_length=queue_length,
        next_deadline=_time_left(run, runs.next_deadline(run.runner)),
        main=run.main_label,
        notes=run.notes,
    )


def result_picture(result: outcome.Outcome[object] | None) -> tuple[Value | None, str]:
    """What came out of a function or task: its value, or its exception in one line."""
    if isinstance(result, outcome.Error):
        return None, values.describe_exception(result.error)
    if isinstance(result, outcome.Value):
        return values.describe(result.value, Budget(seconds=0)), ""
    return None, ""


_TELLS_SEED = (StopKind.START, StopKind.FAILURE, StopKind.DEADLOCK)


def seed_note(seed: int | None) -> str:
    """What somebody would need to see the same coin flips again; empty without a seed."""
    return "" if seed is None else f"seed {seed} (--seed {seed} repeats Trio's coin flips)"


def _note(run: DebuggedRun, occasion: Occasion) -> str:
    said = occasion.note or run.plan.note()
    seed = seed_note(run.session.seed) if occasion.kind in _TELLS_SEED else ""
    return "; ".join(filter(None, (said, seed)))


def stop_picture(run: DebuggedRun, occasion: Occasion) -> Stop:
    """The stop at which a run has arrived; its `held_task` must be set."""
    task = occasion.subject
    task_count, queue_length = _crowd(run)
    stack = [] if task is None else run.live_frames(task)
    value, raised = result_picture(occasion.result)
    return Stop(
        kind=occasion.kind,
        run=run.id,
        task=None if task is None else run.registry.label_of(task),
        step=0 if task is None else tasks.steps_taken(task) + 1,
        time=run.time(),
        wake=None if task is None or occasion.kind is StopKind.FAILURE else wake_of(run, task),
        place=frames.place_of(stack[0]) if occasion.chosen and stack else _doing(run, task, stack),
        queue_length=queue_length,
        task_count=task_count,
        next_deadline=_time_left(run, runs.next_deadline(run.runner)),
        hits=occasion.hits,
        passed=run.plan.passed(),
        in_step=run.held_frame is not None and task in (None, run.held_task),
        shown_run=len(run.session.runs) > 1,
        note=_note(run, occasion),
        value=value,
        raised=raised,
        deadlock=occasion.deadlock,
        unfinished="" if run.unfinished is None else run.unfinished.name,
    )

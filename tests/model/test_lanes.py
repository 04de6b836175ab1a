"""Lanes, made of hand-written logs."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pytest

from stepdbg.model.facts import NOT_RECORDED, RunId, TaskNumber
from stepdbg.model.history import EndedTask, LogEntry, LogKind
from stepdbg.model.lane_making import lanes_of
from stepdbg.model.lanes import ArrowKind, Lane, LaneMarkKind, Lanes, LaneState, since
from stepdbg.model.task import (
    Origin,
    Place,
    ShortWait,
    Spawn,
    TaskLabel,
    TaskSnapshot,
    TaskState,
    WaitKind,
    Wake,
    WakeKind,
)

RUNNING, RUNNABLE = LaneState.RUNNING, LaneState.RUNNABLE
BLOCKED, ASLEEP, CANCELLED = LaneState.BLOCKED, LaneState.ASLEEP, LaneState.CANCELLED
HERE = Place("app.py", 7, "worker", Origin.OWN)


def label(number: int) -> TaskLabel:
    return TaskLabel(RunId(1), TaskNumber(number), f"task{number}", 1, False)


MAIN, A, B = map(label, (1, 3, 4))


def spawned(time: float, task: TaskLabel, by: TaskLabel | None) -> LogEntry:
    return LogEntry(time, LogKind.SPAWNED, task, spawn=Spawn(by, HERE))


def woken(time: float, task: TaskLabel, step: int, wake: Wake) -> LogEntry:
    return LogEntry(time, LogKind.WOKEN, task, step, wake=wake)


def ended(
    time: float, task: TaskLabel, step: int, took: float, kind: LogKind, detail: str = ""
) -> LogEntry:
    return LogEntry(time, kind, task, step, took, HERE, detail=detail)


def states(lane: Lane) -> list[tuple[LaneState, float, float]]:
    return [(each.state, round(each.begin, 6), round(each.end, 6)) for each in lane.spans]


def lane(lanes: Lanes, task: TaskLabel) -> Lane:
    return next(each for each in lanes.lanes if each.task == task)


LIFE = (
    LogEntry(0.0, LogKind.RECORDING, None, detail="began"),
    spawned(0.0, MAIN, None),
    spawned(0.1, A, MAIN),
    ended(0.2, MAIN, 1, 0.15, LogKind.BLOCKED, "NurseryManager.__aexit__"),
    ended(0.3, A, 1, 0.1, LogKind.BLOCKED, "sleep"),
    woken(1.0, A, 2, Wake(WakeKind.SLEEP)),
    ended(1.1, A, 2, 0.05, LogKind.STEPPED),
    woken(1.3, MAIN, 2, Wake(WakeKind.TASK, A, detail="it exited")),
    ended(1.3, A, 3, 0.1, LogKind.EXITED, "raised ValueError: secret"),
    ended(1.4, MAIN, 2, 0.1, LogKind.EXITED, "returned"),
)


def test_what_a_task_does_from_its_spawn_to_its_end() -> None:
    lanes = lanes_of(LIFE, now=1.5)
    assert states(lane(lanes, A)) == [
        (RUNNABLE, 0.1, 0.2),
        (RUNNING, 0.2, 0.3),
        (ASLEEP, 0.3, 1.0),
        (RUNNABLE, 1.0, 1.05),
        (RUNNING, 1.05, 1.1),
        (RUNNABLE, 1.1, 1.2),
        (RUNNING, 1.2, 1.3),
    ]
    assert states(lane(lanes, MAIN)) == [
        (RUNNABLE, 0.0, 0.05),
        (RUNNING, 0.05, 0.2),
        (BLOCKED, 0.2, 1.3),
        (RUNNABLE, 1.3, 1.3),
        (RUNNING, 1.3, 1.4),
    ]


def test_spans_of_a_lane_follow_one_another() -> None:
    lanes = lanes_of(LIFE, now=1.5).lanes
    assert [len(each.spans) for each in lanes] == [5, 7]
    for each in lanes:
        for before, after in pairwise(each.spans):
            assert before.last == after.first <= after.last
            assert before.end == after.begin <= after.end


def test_two_steps_are_never_at_one_position() -> None:
    lanes = lanes_of(LIFE, now=1.5)
    steps = sorted(
        (span.first, span.last)
        for each in lanes.lanes
        for span in each.spans
        if span.state is RUNNING
    )
    assert len(steps) == 5
    assert all(before[1] <= after[0] for before, after in pairwise(steps))


def test_a_child_stands_under_its_parent_with_an_arrow() -> None:
    lanes = lanes_of(LIFE, now=1.5)
    assert [(each.task, each.depth, each.parent) for each in lanes.lanes] == [
        (MAIN, 0, None),
        (A, 1, MAIN.number),
    ]
    assert [(each.kind, each.source, each.target, each.step) for each in lanes.arrows] == [
        (ArrowKind.SPAWN, MAIN.number, A.number, 1),
        (ArrowKind.WAKE, A.number, MAIN.number, 2),
    ]


def test_the_parent_is_whose_nursery_it_is_and_not_who_spawned_it() -> None:
    log = (*LIFE[:4], spawned(0.25, B, A))
    known = (EndedTask(B, MAIN, NOT_RECORDED, 1, 1.0, "returned"),)
    lanes = lanes_of(log, now=1.5, ended=known)
    assert lane(lanes, B).parent == MAIN.number
    assert lane(lanes_of(log, now=1.5), B).parent == A.number


def test_what_is_known_of_a_wait() -> None:
    asleep = lane(lanes_of(LIFE, now=1.5), A).spans[2]
    assert (asleep.step, asleep.wait, asleep.place) == (1, "sleep", HERE)
    blocked = lane(lanes_of(LIFE, now=1.5), MAIN).spans[2]
    assert blocked.wait == "the end of a nursery"


def test_how_it_ended_is_told_without_the_message() -> None:
    found = lane(lanes_of(LIFE, now=1.5), A)
    assert found.outcome == "raised ValueError"
    assert [(mark.kind, mark.detail) for mark in found.marks] == [
        (LaneMarkKind.SPAWNED, ""),
        (LaneMarkKind.EXITED, "raised ValueError"),
    ]


@pytest.mark.parametrize(
    ("kind", "mark"),
    [
        (WakeKind.CANCELLED, LaneMarkKind.CANCELLED),
        (WakeKind.DEADLINE, LaneMarkKind.DEADLINE),
    ],
)
def test_after_a_cancellation_a_task_is_on_its_way_out(kind: WakeKind, mark: LaneMarkKind) -> None:
    log = (
        *LIFE[:5],
        woken(0.5, A, 2, Wake(kind)),
        ended(0.7, A, 2, 0.1, LogKind.BLOCKED, "Event.wait"),  # shielded
        woken(0.8, A, 3, Wake(WakeKind.IO)),
        ended(1.0, A, 3, 0.1, LogKind.EXITED, "cancelled"),
    )
    found = lane(lanes_of(log, now=1.5), A)
    assert [each for each in states(found) if each[1] >= 0.3] == [
        (ASLEEP, 0.3, 0.5),
        (CANCELLED, 0.5, 0.6),
        (RUNNING, 0.6, 0.7),
        (CANCELLED, 0.7, 0.8),
        (CANCELLED, 0.8, 0.9),
        (RUNNING, 0.9, 1.0),
    ]
    assert mark in {each.kind for each in found.marks}


def test_a_task_that_catches_it_goes_on_as_before() -> None:
    log = (
        *LIFE[:5],
        woken(0.5, A, 2, Wake(WakeKind.DEADLINE)),
        ended(0.7, A, 2, 0.1, LogKind.BLOCKED, "Event.wait"),
        woken(0.8, A, 3, Wake(WakeKind.IO)),
        ended(1.0, A, 3, 0.1, LogKind.EXITED, "returned"),
    )
    assert states(lane(lanes_of(log, now=1.5), A))[5] == (BLOCKED, 0.7, 0.8)


def test_a_wait_under_a_cancelled_scope_is_none() -> None:
    """Trio wakes a task that tries to wait at once, within the step that tries it."""
    log = (
        *LIFE[:4],
        woken(0.25, A, 2, Wake(WakeKind.CANCELLED, MAIN)),
        ended(0.3, A, 1, 0.1, LogKind.BLOCKED, "Event.wait"),
        ended(0.6, A, 2, 0.1, LogKind.EXITED, "cancelled"),
    )
    assert states(lane(lanes_of(log, now=1.5), A)) == [
        (RUNNABLE, 0.1, 0.2),
        (RUNNING, 0.2, 0.3),
        (CANCELLED, 0.3, 0.5),
        (RUNNING, 0.5, 0.6),
    ]


def test_a_time_in_which_nobody_runs_takes_a_place_of_its_own() -> None:
    asleep = lane(lanes_of(LIFE, now=1.5), A).spans[2]
    assert asleep.last - asleep.first == 2


def test_under_a_clock_that_jumps_positions_tell_what_came_first() -> None:
    log = [ended(0.0, task, step, 0.3, LogKind.STEPPED) for step in (1, 2) for task in (A, B)]
    lanes = lanes_of(log, now=0.0)
    assert [span.first for span in lane(lanes, A).spans if span.state is RUNNING] == [0, 4]
    assert [span.first for span in lane(lanes, B).spans if span.state is RUNNING] == [2, 6]


def test_what_was_before_the_log_follows_from_its_first_entry() -> None:
    log = (
        ended(10.0, MAIN, 7, 0.1, LogKind.STEPPED),
        woken(10.5, A, 9, Wake(WakeKind.SLEEP)),
        woken(10.6, B, 2, Wake(WakeKind.IO)),
    )
    lanes = lanes_of(log, now=11.0, complete=False)
    assert not lanes.complete
    assert states(lane(lanes, A))[0] == (ASLEEP, 9.9, 10.5)
    assert states(lane(lanes, B))[0] == (BLOCKED, 9.9, 10.6)


def snapshot(
    task: TaskLabel, state: TaskState, wait: WaitKind | None = None, parent: TaskLabel | None = None
) -> TaskSnapshot:
    waits = None if wait is None else ShortWait(wait)
    return TaskSnapshot(task, state, False, 4, HERE, parent, NOT_RECORDED, None, 0, waits)


@pytest.mark.parametrize(
    ("task", "state"),
    [
        (snapshot(B, TaskState.BLOCKED, WaitKind.SLEEP), ASLEEP),
        (snapshot(B, TaskState.BLOCKED, WaitKind.EVENT), BLOCKED),
        (snapshot(B, TaskState.RUNNABLE), RUNNABLE),
    ],
)
def test_a_task_that_did_nothing_is_pictured_as_it_is(task: TaskSnapshot, state: LaneState) -> None:
    lanes = lanes_of(LIFE, now=1.5, living=(task,))
    assert states(lane(lanes, B)) == [(state, 0.0, 1.5)]


def test_a_step_under_way_runs_up_to_now() -> None:
    now = snapshot(A, TaskState.CURRENT, parent=MAIN)
    lanes = lanes_of(LIFE[:6], now=1.2, living=(now,))
    assert states(lane(lanes, A))[-1] == (RUNNING, 1.0, 1.2)
    assert lane(lanes, A).spans[-1].step == 5


def test_nobody_knows_what_happened_while_nothing_was_recorded() -> None:
    log = (
        *LIFE[:5],
        LogEntry(0.4, LogKind.RECORDING, None, detail="ceased"),
        LogEntry(0.9, LogKind.RECORDING, None, detail="began"),
        woken(1.0, A, 5, Wake(WakeKind.IO)),
        ended(1.1, A, 5, 0.1, LogKind.STEPPED),
    )
    found = states(lane(lanes_of(log, now=1.5), A))
    assert (ASLEEP, 0.3, 0.4) in found
    assert not any(begin < 0.9 and end > 0.4 for _, begin, end in found)


def test_a_part_by_time() -> None:
    part = since(lanes_of(LIFE, now=1.5), time=1.05)
    assert not part.complete
    assert states(lane(part, MAIN)) == [
        (BLOCKED, 1.05, 1.3),
        (RUNNABLE, 1.3, 1.3),
        (RUNNING, 1.3, 1.4),
    ]
    assert [each.kind for each in part.arrows] == [ArrowKind.WAKE]
    assert not any(each.kind is LaneMarkKind.SPAWNED for each in lane(part, A).marks)


def test_a_part_by_position() -> None:
    whole = lanes_of(LIFE, now=1.5)
    last = lane(whole, A).spans[-1]
    part = since(whole, position=last.first)
    assert part.begin == last.begin
    assert states(lane(part, A)) == [(RUNNING, 1.2, 1.3)]


def test_a_part_of_some_tasks() -> None:
    part = since(lanes_of(LIFE, now=1.5), chosen={A.number})
    assert [(each.task, each.depth) for each in part.lanes] == [(A, 0)]


def test_a_deep_tree_of_many() -> None:
    def chain() -> Iterable[LogEntry]:
        yield spawned(0.0, label(1), None)
        for number in range(2, 3_000):
            yield spawned(0.0, label(number), label(number - 1))

    lanes = lanes_of(chain(), now=1.0)
    assert [each.depth for each in lanes.lanes] == [*range(2_999)]


def test_a_step_begins_before_what_the_task_does_in_it() -> None:
    entries = [
        spawned(0.0, MAIN, None),
        spawned(0.5, A, MAIN),
        ended(1.0, MAIN, 1, 0.1, LogKind.STEPPED),  # what stepdbg did meanwhile is left out
        spawned(1.2, B, MAIN),  # in a step that was not recorded
        ended(1.5, A, 1, 0.1, LogKind.STEPPED),
    ]
    begins = {
        each.task.number: [span.begin for span in each.spans if span.state is RUNNING]
        for each in lanes_of(entries, now=1.5).lanes
    }
    assert begins == {1: [0.5], 3: [pytest.approx(1.4)], 4: []}

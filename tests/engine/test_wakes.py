"""Why a task runs: every kind of wake, who did it, and at which line.

The program has one task for each; what wakes it is in its name.
"""

from __future__ import annotations

import pytest

from stepdbg.model.facts import NOT_RECORDED
from stepdbg.model.stops import Stop
from stepdbg.model.task import Wake, WakeKind
from tests.harness import debugging

from .following import stops, task_of

EXPECTED = {
    "by_task": (WakeKind.TASK, "main", "set"),
    "by_itself": (WakeKind.ITSELF, None, None),
    "by_deadline": (WakeKind.SLEEP, None, "by_deadline"),
    "by_cancel": (WakeKind.CANCELLED, "main", "cancel"),
    "by_io": (WakeKind.IO, None, None),
    "by_idle": (WakeKind.IDLE, None, None),
    "by_child": (WakeKind.TASK, "the child", None),
}
"""The wake of the second step of each task: its kind, the task and the line that did it."""


@pytest.fixture(scope="module")
def wakes() -> dict[tuple[str, int], tuple[Stop, str | None]]:
    """Every step of every task, with the mark of the line that woke it."""
    with debugging("wakes") as dbg:
        dbg.do("break task by_*")
        return {
            (task_of(stop), stop.step): (
                stop,
                dbg.program.mark(stop.wake.place.line)
                if isinstance(stop.wake, Wake) and stop.wake.place
                else None,
            )
            for stop in stops(dbg)
        }


Seen = dict[tuple[str, int], tuple[Stop, str | None]]


@pytest.mark.parametrize("task", EXPECTED)
def test_the_second_step(wakes: Seen, task: str) -> None:
    stop, mark = wakes[task, 2]
    assert isinstance(stop.wake, Wake)
    by = None if stop.wake.by is None else stop.wake.by.short
    assert (stop.wake.kind, by, mark) == EXPECTED[task]


@pytest.mark.parametrize("task", EXPECTED)
def test_the_first_step_is_a_start(wakes: Seen, task: str) -> None:
    stop, mark = wakes[task, 1]
    assert isinstance(stop.wake, Wake)
    assert stop.wake.kind is WakeKind.STARTED
    assert stop.wake.by is not None
    assert stop.wake.by.short == "main"
    assert mark == ("spawn" if task == "by_child" else None)


def test_a_call_from_a_thread(wakes: Seen) -> None:
    stop, _ = wakes["by_thread", 2]
    assert isinstance(stop.wake, Wake)
    assert stop.wake.kind is WakeKind.THREAD


def test_a_child_that_exits_says_so(wakes: Seen) -> None:
    stop, _ = wakes["by_child", 2]
    assert isinstance(stop.wake, Wake)
    assert stop.wake.detail == "it exited"


def test_without_a_recorder_what_woke_a_task_is_not_guessed() -> None:
    with debugging("wakes", record=False) as dbg:
        dbg.do("break task by_task")
        first, second = stops(dbg)
    assert isinstance(first.wake, Wake)
    assert first.wake.kind is WakeKind.STARTED
    assert second.wake is NOT_RECORDED


def test_without_a_recorder_a_cancellation_is_still_told() -> None:
    with debugging("wakes", record=False) as dbg:
        dbg.do("break task by_cancel")
        _, second = stops(dbg)
    assert isinstance(second.wake, Wake)
    assert second.wake.kind is WakeKind.CANCELLED

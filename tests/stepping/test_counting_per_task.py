"""`break …, per task`: hits are counted for each task by itself."""

from __future__ import annotations

import pytest
from trio.testing import MockClock

from stepdbg.model.replies import BreakpointList
from tests.harness import Debugging, debugging

TEN = "tests/programs/stepping/ten_tasks"


def hits_of(dbg: Debugging) -> dict[str, int]:
    """How often breakpoint 1 was hit in each living task."""
    (first, *_) = dbg.reply("break", BreakpointList).breakpoints
    return {each.task.short: each.hits for each in first.of_tasks}


def turns(dbg: Debugging, most: int = 50) -> list[tuple[int, int]]:
    """The workers and turns of all stops from here on, up to `most`."""
    found = []
    for _ in range(most):
        dbg.resume("continue")
        try:
            dbg.expect_stop(kind="breakpoint")
        except AssertionError:
            dbg.expect_end()
            break
        number, turn = dbg.text("p number"), dbg.text("p turn")
        found.append((int(number), int(turn)))
    return found


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("number < 3, per task, ==2", [1]),
        ("hits >57, number < 3, per task", [57, 58, 59]),
        ("if number < 3, ignore 58, per task", [58, 59]),
        ("number < 3 and turn % 2, per task, ==3", [5]),
    ],
)
def test_what_is_counted_in_each_task(said: str, expected: list[int]) -> None:
    with debugging(TEN, clock=MockClock(autojump_threshold=0), order="random") as dbg:
        dbg.do(f"break {dbg.program.path.name}:{dbg.line('awake')}, {said}")
        found = turns(dbg)
        assert sorted(found) == [(number, turn) for number in range(3) for turn in expected]


def test_the_list_tells_the_hits_of_each() -> None:
    with debugging(TEN, clock=MockClock(autojump_threshold=0)) as dbg:
        dbg.do(f"break {dbg.program.path.name}:{dbg.line('awake')}, per task, hits ==3")
        assert hits_of(dbg) == {}
        dbg.go("continue", kind="breakpoint", line_mark="awake")
        found = hits_of(dbg)
        assert found.pop(dbg.stop.task.short if dbg.stop.task else "") == 3
        assert len(found) == 9
        assert set(found.values()) <= {2, 3}
        assert "on hits ==3 per task" in dbg.text("break", width=200)
        assert "and 4 more tasks" in dbg.text("break", width=200)
        dbg.do("ignore 1 1")
        assert "the first hit passes in each task" in dbg.text("break")


def test_events_of_tasks_are_counted_for_the_task_that_they_happen_to() -> None:
    """A spawn happens while the parent runs, and a wake while whoever wakes does."""
    with debugging(TEN, clock=MockClock(autojump_threshold=0)) as dbg:
        dbg.do("break task worker on spawn, per task, >1")
        dbg.do("break task worker on wake, per task, ==2")
        seen = [dbg.go("continue", kind="breakpoint").task for _ in range(10)]
        names = {f"worker#{number}" for number in range(1, 11)}
        assert {task.short for task in seen if task} == names
        assert hits_of(dbg) == dict.fromkeys(names, 1)
        dbg.resume("continue")
        dbg.expect_end()

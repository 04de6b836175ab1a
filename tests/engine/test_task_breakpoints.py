"""Breakpoints on tasks: whom they are about, and which of their steps stop the run.

`many_names` has a supervisor and five workers of the same name; each worker takes four steps.
"""

from __future__ import annotations

import pytest
import trio.testing

from stepdbg.model.replies import BreakpointList, BreakpointSet
from tests.harness import Debugging, debugging

from .following import steps, stops

WORKERS = [f"worker#{number}" for number in range(1, 6)]


def round_robin(tasks: list[str], *numbers: int) -> list[tuple[str, int]]:
    """Steps of tasks that take turns."""
    return [(task, number) for number in numbers for task in tasks]


STOPS = {
    "one by its ordinal": (["break task worker#2"], round_robin(["worker#2"], 1, 2, 3, 4)),
    "all of a name": (["break task worker"], round_robin(WORKERS, 1, 2, 3, 4)),
    "the whole name": (["break task __main__.worker#5"], round_robin(["worker#5"], 1, 2, 3, 4)),
    "a glob": (["break task s*r"], round_robin(["supervisor"], 1, 2)),
    "a glob with an ordinal": (["break task w?rk*#3"], round_robin(["worker#3"], 1, 2, 3, 4)),
    "a set of characters": (["break task [st]upervisor"], round_robin(["supervisor"], 1, 2)),
    "one by its logical id": (["break task main/2"], round_robin(["worker#2"], 1, 2, 3, 4)),
    "the main task by its logical id": (["break task main/"], [("main", 2)]),
    "a logical id in this run": (["break task 1:main/0"], round_robin(["supervisor"], 1, 2)),
    "a logical id in another run": (["break task 2:main/0"], []),
    "nobody": (["break task work"], []),
    "only whole names": (["break task orke"], []),
    "a condition": (["break task worker, number == 4"], round_robin(["worker#4"], 1, 2, 3, 4)),
    "a condition with `if`": (
        ["break task worker, if number > 4"],
        round_robin(["worker#5"], 1, 2, 3, 4),
    ),
    "a condition changed": (
        ["break task worker, number == 4", "condition 1 number == 5"],
        round_robin(["worker#5"], 1, 2, 3, 4),
    ),
    "a condition dropped": (
        ["break task worker#1, False", "condition 1"],
        round_robin(["worker#1"], 1, 2, 3, 4),
    ),
    "ignored hits": (["break task worker#1", "ignore 1 2"], round_robin(["worker#1"], 3, 4)),
    "ignored hits are those whose condition holds": (
        ["break task worker, number == 2", "ignore 1 3"],
        round_robin(["worker#2"], 4),
    ),
    "temporary": (["tbreak task worker"], [("worker#1", 1)]),
    "temporary with a condition": (["tbreak task worker, number == 3"], [("worker#3", 1)]),
    "disabled": (["break task worker", "disable 1"], []),
    "enabled again": (
        ["break task worker#1", "disable", "enable 1"],
        round_robin(["worker#1"], 1, 2, 3, 4),
    ),
    "cleared": (["break task worker", "clear 1"], []),
    "at an event": (["break task worker#3 on start"], [("worker#3", 1)]),
}


@pytest.mark.parametrize("case", STOPS)
def test_where_it_stops(case: str) -> None:
    commands, expected = STOPS[case]
    clock = trio.testing.MockClock(autojump_threshold=0)
    with debugging("many_names", clock=clock) as dbg:
        for command in commands:
            dbg.do(command)
        assert steps(dbg) == expected
        dbg.expect_end()


def test_one_by_its_number() -> None:
    with debugging("many_names") as dbg:
        number = dbg.expect_stop().task
        assert number is not None
        dbg.do(f"break task {number.number}")
        dbg.resume("continue")
        dbg.expect_stop(kind="breakpoint", task="main", step=2)


def test_a_task_that_does_not_exist_yet_is_matched_when_it_is_spawned() -> None:
    with debugging("many_names") as dbg:
        made = dbg.reply("break task supervisor", BreakpointSet).breakpoint
        assert made.matching == 0
        assert "no living task matches yet" in made.note
        dbg.go("continue", kind="breakpoint", task="supervisor", step=1)
        (listed,) = dbg.reply("break", BreakpointList).breakpoints
        assert (listed.matching, listed.hits, listed.note) == (1, 1, "")


def test_a_breakpoint_set_in_mid_run_counts_for_the_rest_of_this_pass() -> None:
    with debugging("many_names") as dbg:
        dbg.go("step 3", task="worker#2", step=1)
        dbg.do("break task worker#3")
        dbg.go("continue", kind="breakpoint", task="worker#3", step=1)


def test_several_that_hit_the_same_step_are_all_named() -> None:
    with debugging("many_names") as dbg:
        dbg.do("break task worker")
        dbg.do("break task worker#1")
        stop = dbg.go("continue", kind="breakpoint")
        assert [hit.number for hit in stop.hits] == [1, 2]


def test_a_condition_that_fails_stops_and_says_why() -> None:
    with debugging("many_names") as dbg:
        dbg.do("break task worker, no_such_name")
        (hit,) = dbg.go("continue", kind="breakpoint", task="worker#1").hits
    assert "NameError: name 'no_such_name' is not defined" in hit.problem


def test_a_condition_that_cannot_compile_is_reported_at_once() -> None:
    with debugging("many_names") as dbg:
        assert "does not compile" in dbg.failure("break task worker, number ==")
        assert dbg.reply("break", BreakpointList).breakpoints == ()


@pytest.mark.parametrize("command", ["clear 7", "disable 7", "enable 7", "ignore 7", "condition 7"])
def test_there_is_no_such_breakpoint(command: str) -> None:
    with debugging("many_names") as dbg:
        assert "there is no breakpoint 7" in dbg.failure(command)


def test_a_task_that_has_exited_cannot_be_waited_for() -> None:
    with debugging("ping_pong") as dbg:
        dbg.go("step", task="pinger")
        pinger = dbg.expect_stop().task
        assert pinger is not None
        for _ in stops(dbg, "step"):
            if all(each.label != pinger for each in dbg.call(dbg.inspector.tasks)):
                break
        assert "has exited" in dbg.failure(f"break task {pinger.number}")


def test_a_step_is_interrupted_by_each_hit() -> None:
    with debugging("many_names") as dbg:
        dbg.go("step", task="supervisor")
        dbg.do("break task worker#1")
        dbg.do("break task worker#2")
        dbg.go("step supervisor", kind="breakpoint", task="worker#1")
        dbg.go("resume", kind="breakpoint", task="worker#2")
        assert hits_of(dbg) == [1, 1]


def hits_of(dbg: Debugging) -> list[int]:
    """The hits of all breakpoints."""
    return [each.hits for each in dbg.reply("break", BreakpointList).breakpoints]


def test_a_logical_id_in_a_run_that_has_none() -> None:
    with debugging("many_names", record=False) as dbg:
        made = dbg.reply("break task main/2", BreakpointSet).breakpoint
        assert "--record lets stepdbg know tasks by such ids" in made.note
        assert "--record" not in dbg.reply("break task worker", BreakpointSet).breakpoint.note
    with debugging("many_names") as dbg:
        assert "--record" not in dbg.reply("break task main/2", BreakpointSet).breakpoint.note

"""A breakpoint on a function stops once for each call, whatever its first line is."""

from __future__ import annotations

import pytest

from tests.harness import debugging

CALLS = {
    "forever": 1,
    "countdown": 1,
    "each": 1,
    "listed": 1,
    "wrapped": 1,
    "yields": 1,
    "one_line": 1,
    "again": 3,
    "Made.__init__": 1,
    "stays": 1,
    "nests": 4,
    "gives": 1,
    "flows": 1,
    "assigns": 1,
    "polls": 4,
}


@pytest.mark.parametrize("function", CALLS)
def test_a_breakpoint_on_a_function_stops_once_for_each_call(function: str) -> None:
    with debugging("first_lines") as dbg:
        dbg.do(f"break :{function}")
        assert CALLS[function] > 0
        for _ in range(CALLS[function]):
            stop = dbg.go("continue", kind="breakpoint")
            assert stop.place is not None
            assert stop.place.function.endswith(function)
        dbg.resume("continue")
        dbg.expect_end()


def test_its_first_line_has_breakpoints_of_its_own() -> None:
    with debugging("first_lines") as dbg:
        dbg.do("break :countdown")
        dbg.go("continue", kind="breakpoint", line_mark="while")
        dbg.do(f"break {dbg.program.path.name}:{dbg.line('while')}")
        for _ in range(3):
            assert [hit.number for hit in dbg.go("continue", kind="breakpoint").hits] == [2]
        dbg.resume("continue")
        dbg.expect_end()


def test_a_call_that_is_under_way_is_none() -> None:
    """Set in the middle of a loop that begins the function, it waits for the next call."""
    with debugging("first_lines") as dbg:
        dbg.do(f"tbreak {dbg.program.path.name}:{dbg.line('poll')}")
        dbg.go("continue", kind="breakpoint", line_mark="poll")
        dbg.do("break :polls")
        for _ in range(3):
            assert dbg.go("continue", kind="breakpoint", line_mark="begins").hits
        dbg.resume("continue")
        dbg.expect_end()


def test_calls_in_some_tasks() -> None:
    """Tasks that nobody waits for pass, turn by turn, and hide no call of another one."""
    with debugging("first_lines") as dbg:
        dbg.do("break :polls task mine")
        for _ in range(2):
            assert str(dbg.go("continue", kind="breakpoint").task).startswith("mine")
        dbg.resume("continue")
        dbg.expect_end()

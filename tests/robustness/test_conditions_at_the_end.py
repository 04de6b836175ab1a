"""Conditions of breakpoints on moments at which a task's own frames are over."""

from __future__ import annotations

import pytest

from tests.harness import debugging

FAILS = "tests/programs/guards/fails"

HELD = [
    ("task child on fail", "y == 2", "helper"),
    ("task child on exit", "y == 2 and depth.get() == 1", "helper"),
    ("task block on fail", "y == 2", "helper"),
    ("task block on fail", "depth.get() == 1", "helper"),
    ("exception ValueError uncaught", "y == 2", "helper"),
]


@pytest.mark.parametrize(("target", "condition", "mark"), HELD)
def test_it_holds(
    target: str, condition: str, mark: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with debugging(FAILS) as dbg:
        dbg.do(f"tbreak {target}, {condition}")
        stop = dbg.go("continue", kind="breakpoint", line_mark=mark)
        assert [hit.problem for hit in stop.hits] == [""]
        dbg.resume("continue")
        dbg.expect_end()
    assert capfd.readouterr().out == "child failed\nblock failed\n"


NOT_HELD = [
    ("task child on fail", "y > 100"),
    ("task child on exit", "y > 100"),
    ("task child on fail", "depth.get() > 100"),
    ("task block on fail", "depth.get() > 100"),
    ("task block on fail", "globals().get('never')"),
    ("exception ValueError uncaught", "depth.get() > 100"),
]


@pytest.mark.parametrize(("target", "condition"), NOT_HELD)
def test_it_does_not_hold(target: str, condition: str, capfd: pytest.CaptureFixture[str]) -> None:
    with debugging(FAILS) as dbg:
        dbg.do(f"break {target}, {condition}")
        dbg.resume("continue")
        dbg.expect_end()
    assert capfd.readouterr().out == "child failed\nblock failed\n"


def test_there_is_no_frame_for_good() -> None:
    with debugging(FAILS) as dbg:
        dbg.do("break task returns on exit, x == 1")
        stop = dbg.go("continue", kind="breakpoint")
        (hit,) = stop.hits
        left = "the frames of the task are gone, $_task and $_retval can be asked about"
        assert hit.problem == f"NameError: name 'x' is not defined; {left}"
        dbg.resume("continue")
        dbg.expect_end()


SLOW_END = "tests/programs/guards/slow_end"


@pytest.mark.parametrize("condition", ["0", "$_task is None", "$_task.name == 'another'"])
def test_a_long_last_step_where_it_does_not_hold(
    condition: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with debugging(SLOW_END) as dbg:
        dbg.do(f"break slow 15ms, {condition}")
        dbg.resume("continue")
        dbg.expect_end()
    assert capfd.readouterr().out == "over\n"


@pytest.mark.parametrize(
    ("condition", "problem"),
    [
        ("$_task.name.endswith('spins')", ""),
        (
            "$_task.name.endswith('spins') and name == 'one'",
            (
                "NameError: name 'name' is not defined; the task has no frame here, "
                "$_task can be asked about"
            ),
        ),
    ],
)
def test_a_long_last_step_stops(condition: str, problem: str) -> None:
    with debugging(SLOW_END) as dbg:
        dbg.do(f"tbreak slow 15ms, {condition}")
        stop = dbg.go("continue", kind="breakpoint", task="spins")
        assert [hit.problem for hit in stop.hits] == [problem]
        dbg.resume("continue")
        dbg.expect_end()

"""What breakpoints let get into the program: what is the program's, and nothing of ours."""

from __future__ import annotations

import signal
from typing import cast
from unittest import mock

import pytest

from stepdbg.engine.breaking import hits, line_breaks
from stepdbg.engine.running.controller import LiveController
from stepdbg.engine.seeing import stops
from stepdbg.engine.stopping import outside, stepping
from stepdbg.model.replies import BreakpointList
from stepdbg.model.stops import Event, Note
from tests.harness import Debugging, RemoteFrontEnd, debugging

TOGETHER = "tests/programs/guards/together"
ALARM = "tests/programs/guards/alarm"
TASKS = "tests/programs/guards/alarmed_tasks"
LINES = "tests/programs/guards/lines"
BARE = "36\n36\n"


def at(dbg: Debugging, mark: str) -> str:
    return f"{dbg.program.path.name}:{dbg.line(mark)}"


@pytest.mark.parametrize("target", ["{work}", ":work", "exception KeyError"])
def test_one_thread_has_a_temporary_breakpoint(
    target: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with debugging(TOGETHER) as dbg:
        dbg.do(f"tbreak {target.format(work=at(dbg, 'work'))}, all_are_here()")
        stop = dbg.go("continue", kind="breakpoint")
        assert stop.thread is not None
        assert dbg.reply("break", BreakpointList).breakpoints == ()
        dbg.resume("continue")
        dbg.expect_end()
    out = capfd.readouterr().out
    assert out.count("is done") == 4
    assert "got" not in out


RAISED = [
    "__import__('stepdbg').dump('/no/such/folder/x')",
    "__import__('stepdbg.model.errors', fromlist=['Quit']).NotNow.mro()[99]",
    *(
        f"(_ for _ in ()).throw({kind})"
        for kind in (
            "SystemExit(3)",
            "GeneratorExit",
            "KeyboardInterrupt",
            "MemoryError",
            "RecursionError",
            "BaseExceptionGroup('several', [KeyboardInterrupt()])",
            "__import__('trio').Cancelled._create",
            "__import__('stepdbg.model.errors', fromlist=['x']).NoSuchBreakpoint('mine')",
        )
    ),
    "type('Odd', (), {'__bool__': lambda self: 1 / 0})()",
    "__import__('sys').exit()",
]


@pytest.mark.parametrize("condition", RAISED)
def test_whatever_a_condition_raises(condition: str, capfd: pytest.CaptureFixture[str]) -> None:
    with debugging(LINES) as dbg:
        dbg.do(f"break {at(dbg, 'work')}, {condition}")
        for _ in range(6):
            stop = dbg.go("continue", kind="breakpoint", line_mark="work")
            assert stop.hits[0].problem
        dbg.resume("continue")
        dbg.expect_end()
    assert capfd.readouterr().out == BARE


@pytest.mark.parametrize("handler", ["function", "object", "method", "partial"])
@pytest.mark.parametrize("asked", ["rings()", "log 'rang {rings()}'"])
def test_a_signal_handler_raises_in_a_condition_or_a_log_point(
    asked: str, handler: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with debugging(ALARM, args=[handler]) as dbg:
        dbg.do(f"break {at(dbg, 'work')}, {asked}")
        dbg.resume("continue")
        dbg.expect_end()
    out, err = capfd.readouterr()
    name = {"object": "__call__", "method": "ring"}.get(handler, "on_alarm")
    assert out == f"too long: worker work {name}\n" * 2
    assert "bug" not in err


def test_a_signal_handler_raises_while_a_stop_is_shown(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with debugging(ALARM, args=["function"]) as dbg:
        dbg.do(f"break {at(dbg, 'work')}")
        dbg.expect_stop()
        with mock.patch.object(stops, "stop_picture", ringing):
            dbg.resume("continue")
            dbg.expect_end()
    out, err = capfd.readouterr()
    assert out == "too long: worker work on_alarm\n" * 2
    assert "bug" not in err


def ringing(*_: object, **__: object) -> None:
    signal.raise_signal(signal.SIGTERM)


def broken(*_: object, **__: object) -> None:
    raise ZeroDivisionError("ours")


FAULTS: dict[str, tuple[str, object, str]] = {
    "a condition": ("break {work}, number", hits, "ask"),
    "a log text": ("break {work}, log 'work'", hits, "log_line"),
    "which breakpoints a line has": ("break {work}", line_breaks.LineBreaks, "reached"),
    "whom a line is about": ("break {work} task worker", hits.Hits, "_is_about"),
    "a function": ("break :work, number > 5", hits, "ask"),
    "an exception": ("break exception KeyError", hits.Hits, "at_raise"),
    "a line's stop": ("break {work}", stops, "stop_picture"),
    "a front end at a line's stop": ("break {work}", RemoteFrontEnd, "on_stop"),
    "a task's step": ("break task worker, 1", hits, "ask"),
    "a task's exit": ("break task worker on exit, log 'bye'", hits, "log_line"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_ours_switches_the_breakpoint_off(
    fault: str, capfd: pytest.CaptureFixture[str]
) -> None:
    typed, owner, name = FAULTS[fault]
    with debugging(LINES) as dbg:
        dbg.do(typed.format(work=at(dbg, "work")))
        table = cast(LiveController, dbg.controller)
        patch = mock.patch.object(owner, name, broken)
        dbg.call(patch.start)
        try:
            dbg.resume("continue")
            dbg.expect_end()
        finally:
            patch.stop()
        (only,) = table.breakpoints()
        assert not only.enabled
    out, err = capfd.readouterr()
    assert out == BARE
    assert err.count("a bug in stepdbg, not in your program") == 1
    assert "ZeroDivisionError: ours" in err
    assert "breakpoint 1" in err


@pytest.mark.parametrize("plan", ["into", "next", "return", "until"])
def test_a_fault_of_ours_in_a_plan(plan: str, capfd: pytest.CaptureFixture[str]) -> None:
    with debugging(LINES) as dbg:
        dbg.do(f"tbreak {at(dbg, 'work')}")
        dbg.go("continue", kind="breakpoint")
        names = ("on_line", "on_start", "on_resume", "on_leave")
        classes = [each for each in vars(stepping).values() if isinstance(each, type)]
        patches = [
            mock.patch.object(each, name, broken)
            for each in classes
            for name in names
            if name in vars(each)
        ]
        assert patches

        def start() -> None:
            for patch in patches:
                patch.start()

        dbg.call(start)
        try:
            dbg.go(plan, kind="exit")  # what is not known at lines is known of tasks
            dbg.resume("continue")
            dbg.expect_end()
        finally:
            for patch in patches:
                patch.stop()
    out, err = capfd.readouterr()
    assert out == BARE
    assert err.count("a bug in stepdbg, not in your program") == 1


def test_a_fault_of_ours_at_a_stop_outside_of_any_run(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with debugging(TOGETHER) as dbg:
        dbg.do(f"break {at(dbg, 'work')}")
        with mock.patch.object(outside, "_picture", broken):
            dbg.resume("continue")
            dbg.expect_end()
    out, err = capfd.readouterr()
    assert out.count("is done") == 4
    assert "got" not in out
    assert "a bug in stepdbg" in err
    assert "breakpoint 1 is switched off" in err


LOGS = [
    ("break task worker on wake", 3),
    ("break task worker on spawn", 1),
    ("break task worker on start", 1),
    ("break task worker on block", 1),
    ("break task worker on exit", 1),
    ("break idle", 1),
    ("tbreak task worker", 1),
    ("tbreak {work}", 1),
    ("break {work}", 6),
    ("break exception KeyError", 6),
]


@pytest.mark.parametrize(("typed", "times"), LOGS, ids=[typed for typed, _ in LOGS])
@pytest.mark.parametrize("text", ["seen", "seen {1 / 0}"])
def test_a_log_point_prints_and_never_stops(
    typed: str, times: int, text: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with debugging(LINES) as dbg:
        dbg.do(f"{typed.format(work=at(dbg, 'work'))}, log '{text}'")
        dbg.resume("continue")
        dbg.expect_end()
        said = [each.text for each in dbg.events if isinstance(each, Note) and each.level == "log"]
        assert len(said) >= times
        if "idle" not in typed:
            assert len(said) == times
        reasons = ("seen", "<ZeroDivisionError: ", "<could not be evaluated: ")
        assert all(each.startswith("seen") and any(r in each for r in reasons) for each in said)
    assert capfd.readouterr().out == BARE


@pytest.mark.parametrize("mark", ["other", "third"])
def test_every_pass_is_seen_while_other_breakpoints_change(
    mark: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with debugging("tests/programs/guards/passes") as dbg:
        dbg.do(f"break {at(dbg, 'pass')}, log 'pass'")
        dbg.do(f"break {at(dbg, 'stop')}")
        dbg.go("continue", line_mark="stop")
        for number in range(3, 63):
            dbg.do(f"break {at(dbg, mark)}")
            dbg.do(f"clear {number}")
        dbg.resume("continue")
        dbg.expect_end()
        said = [each for each in dbg.events if isinstance(each, Note) and each.level == "log"]
    assert len(said) > 60
    assert capfd.readouterr().out == f"passes: {len(said)}\n"


@pytest.mark.parametrize("moment", ["", " on start", " on block", " on wake"])
def test_a_signal_handler_raises_where_trio_is_our_caller(
    moment: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with debugging(TASKS) as dbg:
        dbg.do(f"break task worker{moment}, rings()")
        dbg.resume("continue")
        dbg.expect_end()
    out, err = capfd.readouterr()
    assert "too long" in out
    assert out.endswith("done\n")
    assert "bug" not in err


def test_a_signal_handler_raises_while_a_log_point_is_printed(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with debugging(ALARM, args=["function"]) as dbg:
        dbg.do(f"break {at(dbg, 'work')}, log 'passes'")
        with mock.patch.object(RemoteFrontEnd, "on_event", ringing_at_log_points):
            dbg.resume("continue")
            dbg.expect_end()
    out, err = capfd.readouterr()
    assert out == "too long: worker work on_alarm\n" * 2
    assert "bug" not in err


def ringing_at_log_points(_self: RemoteFrontEnd, event: Event) -> None:
    if isinstance(event, Note) and event.level == "log":
        signal.raise_signal(signal.SIGTERM)

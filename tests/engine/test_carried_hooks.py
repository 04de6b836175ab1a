"""Pay per use: what a run carries while nothing needs it, and while something does."""

from __future__ import annotations

import ast
import sys

import pytest
import trio.testing

from stepdbg.engine.recording.registry import OTHER_NAMES
from tests.harness import debugging

ALWAYS = ["before_run"]
SPAWNS = ["before_run", "task_spawned"]
WHEN = ["before", "watched, first step", "watched, second step", "after"]

Carried = tuple[list[str], str]

PLAIN: Carried = (ALWAYS, "deque")

CARRIED: dict[str, dict[str, Carried]] = {
    "continue": dict.fromkeys(WHEN, PLAIN),
    "break task nobody": dict.fromkeys(WHEN, PLAIN),
    "break task watched, False": {
        "before": PLAIN,
        "watched, first step": (
            ["before_run", "before_task_step", "task_spawned"],
            "RunQueue",
        ),
        "watched, second step": (
            ["before_run", "before_task_step", "task_spawned"],
            "RunQueue",
        ),
        "after": (SPAWNS, "deque"),
    },
}


@pytest.fixture
def main_is_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a program's own process; here ``__main__`` may be pytest, whose tasks have names."""
    monkeypatch.delattr(sys.modules["__main__"], "__file__", raising=False)
    OTHER_NAMES.clear()


@pytest.mark.usefixtures("main_is_no_library")
@pytest.mark.parametrize("command", CARRIED)
def test_what_is_carried(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with debugging("looks_at_hooks", record=False) as dbg:
        if command != "continue":
            dbg.do(command)
        dbg.resume("continue")
        dbg.expect_end()
    assert ast.literal_eval(capsys.readouterr().out) == CARRIED[command]


def test_a_clock_of_the_programs_own_takes_no_hook(capsys: pytest.CaptureFixture[str]) -> None:
    clock = trio.testing.MockClock(autojump_threshold=0)
    with debugging("looks_at_hooks", record=False, clock=clock) as dbg:
        dbg.resume("continue")
        dbg.expect_end()
    assert ast.literal_eval(capsys.readouterr().out) == CARRIED["continue"]


@pytest.mark.parametrize(
    ("command", "hook"),
    [
        ("break task nobody on block", "after_task_step"),
        ("break task nobody on wake", "task_scheduled"),
        ("break slow 100s", "after_task_step"),
        ("break idle, False", "before_io_wait"),
    ],
)
def test_a_hook_is_carried_only_while_its_breakpoint_is_enabled(
    command: str, hook: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for setup, carried in ([command], True), ([command, "disable 1"], False), ([], False):
        with debugging("looks_at_hooks", record=False) as dbg:
            for line in setup:
                dbg.do(line)
            dbg.resume("continue")
            # Without a frame to ask it in, a condition on idleness counts as true.
            while dbg.ended is None:
                try:
                    dbg.expect_end()
                except AssertionError:
                    dbg.resume("continue")
        seen = ast.literal_eval(capsys.readouterr().out)
        assert (hook in seen["before"][0]) is carried, setup


def test_a_recorder_hears_of_every_wake(capsys: pytest.CaptureFixture[str]) -> None:
    with debugging("looks_at_hooks", record=True) as dbg:
        dbg.resume("continue")
        dbg.expect_end()
    seen = ast.literal_eval(capsys.readouterr().out)
    assert all("task_scheduled" in hooks for hooks, _ in seen.values())
    assert not any("before_task_step" in hooks for hooks, _ in seen.values())


def test_stepping_hears_of_every_step_and_continuing_of_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with debugging("looks_at_hooks", record=False) as dbg:
        dbg.go("step", step=2)
        dbg.go("step", task="watched", step=1)
        dbg.resume("continue")
        dbg.expect_end()
    seen = ast.literal_eval(capsys.readouterr().out)
    assert "before_task_step" in seen["before"][0]
    assert seen["after"] == PLAIN

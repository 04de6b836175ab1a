"""What has kept a run busy: told at a stop, by `lints`, after the end and in a dump."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stepdbg.engine.linting import looking
from stepdbg.engine.noticing import lasting
from stepdbg.engine.recording import lately as recording_lately
from stepdbg.model.history import LookBack
from stepdbg.model.replies import LintList
from stepdbg.model.task import Wake, WakeKind
from stepdbg.render.spans import plain
from stepdbg.render.text import render_reply
from tests.archive.dumps import dump_of
from tests.frontends.at_terminal import ROOT, user
from tests.harness import Debugging, debugging
from tests.terminal import PseudoTerminal

PROGRAM = ROOT / "tests" / "programs" / "busy_lately.py"


@contextmanager
def here(how: str, *commands: str, crowd: int = 1) -> Iterator[Debugging]:
    """The program at the line that it comes to."""
    with debugging("busy_lately", args=[how, str(crowd)]) as dbg:
        for each in (*commands, "break :here"):
            dbg.do(each)
        dbg.go("continue", kind="breakpoint", line_mark="here")
        yield dbg


def told(dbg: Debugging) -> str:
    """The stop in one line."""
    return " ".join(plain(render_reply(dbg.shown, 80)).split())


def lately(dbg: Debugging) -> LookBack:
    found = dbg.reply("lints", LintList).lately
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("size", "exact"),
    [
        ("1000000", True),  # every step is kept
        ("100", False),  # nearly none is: moments tell
    ],
)
def test_a_loop_that_spins(size: str, exact: bool) -> None:
    with here("spins", f"set record-size {size}") as dbg:
        back = lately(dbg)
        assert back.busiest.short.startswith("spins")
        assert back.exact is exact
        assert back.busiest_ran > 0.1  # how much more depends on what else the machine does
        assert back.rate > 100  # fewer would be no spinning, on whichever machine
        assert back.ready <= 1  # main runs
        line = dbg.text("lints", 200)
        assert f"steps a second; {back.busiest} ran for" in line
        at_stop = dbg.shown.telling.lately
        assert at_stop is not None
        assert ("about" in line) is not exact


def test_a_loop_that_spins_beside_a_looking_thread_that_gets_no_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lasting, "EVERY", 60.0)
    with here("spins", "set record-size 100") as dbg:
        back = lately(dbg)
        assert back.busiest.short.startswith("spins")
        assert back.busiest_ran > 0.1
        assert back.rate > 100


def test_a_step_that_lasts_is_told_with_its_line() -> None:
    with here("holds") as dbg:
        back = lately(dbg)
        step = back.longest
        assert step.task.short == "holds"
        assert (step.step, step.under_way) == (1, False)
        assert step.seconds >= 0.5
        assert "in holds" in step.where
        text = dbg.text("lints", 200)
        assert f"the longest step was 1 of {step.task}, " in text
        assert "most of it at busy_lately.py:" in text


def test_at_a_stop_after_a_tasks_last_step_all_is_known() -> None:
    """Why that step was taken, the lint that it deserves, and where it spent its time."""
    with debugging("busy_lately", args=["ends", "0"]) as dbg:
        dbg.do("break slow 400ms")
        dbg.do("set lint slow-step on")  # its hook is put on later, but is called first
        stop = dbg.go("continue", kind="breakpoint")
        assert stop.task is not None
        assert isinstance(stop.wake, Wake)
        assert (stop.task.short, stop.step) == ("ends", 3)
        assert stop.wake.kind is WakeKind.SLEEP
        assert "most of it at busy_lately.py:" in stop.note
        (lint,) = dbg.reply("lints", LintList).lints
        assert "most of it at busy_lately.py:" in lint.text
        assert "in ends" in lately(dbg).longest.where


def test_a_step_that_began_before_the_look_back_is_told_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recording_lately, "_SECONDS", 0.2)
    with here("holds") as dbg:
        back = lately(dbg)
        assert back.seconds < 0.3
        assert back.longest.seconds >= 0.5
        assert 0.1 < back.busiest_ran <= 1.0


def test_the_step_under_way_counts() -> None:
    with debugging("busy_lately", args=["holds", "0"]) as dbg:
        dbg.do("break slow 100ms")
        line = dbg.line("holds")
        dbg.do(f"break busy_lately.py:{line} if time.perf_counter() > end - 0.2")
        dbg.go("continue", kind="breakpoint", line_mark="holds")
        back = lately(dbg)
        assert back.longest.under_way
        assert back.longest.task.short == "holds"
        text = dbg.text("lints")
        assert "so far" in text
        assert "no other could run" not in text  # main has stepped as well


def test_of_a_run_that_waits_nothing_is_told() -> None:
    with here("sleeps") as dbg:
        assert "ran for" not in told(dbg)
        assert "nothing ran" in told(dbg)
        dbg.do("set lint all on")
        assert dbg.text("lints") == "nothing looks wrong so far"


def test_lints_never_say_that_a_busy_run_looks_right() -> None:
    with here("spins") as dbg:
        dbg.do("set lint all on")
        text = dbg.text("lints")
        assert "nothing found so far\n" in text
        assert "\nin the last" in text
        assert "looks wrong" not in text


def test_lints_say_what_was_not_looked_for() -> None:
    with here("sleeps") as dbg:
        assert "nothing found so far\nnot looked for: slow-step, busy-loop" in dbg.text("lints")


def test_lints_look_at_all_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    with here("sleeps", "set lint all on", crowd=300) as dbg:
        assert dbg.reply("lints", LintList).unseen == 0
        monkeypatch.setattr(looking, "_ASKED", 0.0)
        unseen = dbg.reply("lints", LintList).unseen
        assert 0 < unseen < 300
        assert f"not looked at, because time ran out: {unseen} tasks" in dbg.text("lints")


def test_a_clock_that_jumps_tells_nothing() -> None:
    with debugging("mock_clock") as dbg:
        dbg.do(f"break mock_clock.py:{dbg.line('hour') + 1}")
        dbg.go("continue", kind="breakpoint")
        assert dbg.stop.time > 1000
        assert dbg.reply("lints", LintList).lately is None


def test_a_dump_has_it(tmp_path: Path) -> None:
    with here("spins") as dbg:
        opened = dump_of(dbg, tmp_path / "a.dump")
        assert opened.inspector.lately() is not None
        assert f"{lately(dbg).busiest} ran for" in opened.text("lints", 200)


def test_after_an_end_that_is_no_success(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "stepdbg", os.fspath(PROGRAM), "spins", "0"]
    with PseudoTerminal(command, columns=100, rows=40, environment=user(tmp_path)) as terminal:
        terminal.wait_for_prompt()
        terminal.type("continue\r")
        terminal.wait_for("ends with status 3")
        terminal.wait_for_prompt()
        assert "spins (3) ran for" in " ".join(terminal.text.split())
        terminal.type("lints\r")
        terminal.wait_for("nothing found so far")
        terminal.type("quit\r")
        terminal.wait_for_exit()

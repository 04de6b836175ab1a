"""A program that was quit and does not end: what is said, to whom, and the ways out."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from stepdbg.engine.ending import quit_progress
from stepdbg.model.stops import Event, QuitDelayed, StopKind
from stepdbg.render.spans import plain_line
from stepdbg.render.text import render_event
from tests.frontends.at_terminal import ROOT, user
from tests.harness import PATIENCE, Debugging, debugging
from tests.terminal import PseudoTerminal, ctrl

PROGRAM = ROOT / "tests" / "programs" / "slow_to_end.py"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Say everything soon."""
    monkeypatch.setattr(quit_progress, "FIRST", 0.02)
    monkeypatch.setattr(quit_progress, "NAMES", 0.04)


class Told(list[Event]):
    """What the debugger says, to be waited for."""

    def __init__(self) -> None:
        self.delays: queue.SimpleQueue[QuitDelayed] = queue.SimpleQueue()

    def append(self, event: Event) -> None:
        super().append(event)
        if isinstance(event, QuitDelayed):
            self.delays.put(event)


releases: list[threading.Event] = []
"""What the program waits for; it puts it here itself, asked by `stop_at`."""


def stop_at(dbg: Debugging, where: str) -> None:
    """Get to a stop of a kind when everything has begun."""
    dbg.do(f"tbreak {dbg.line('begun')}")
    while dbg.stop.kind is StopKind.START:  # of each run
        dbg.resume("continue")
    dbg.expect_stop(line_mark="begun")
    dbg.do(f"import {__name__} as test; test.releases.append(release)")
    if where == "step":
        dbg.go("step")
    elif where == "idle":
        dbg.do("tbreak idle")
        dbg.go("continue", kind="breakpoint", task=None)


def quit_slowly(dbg: Debugging) -> tuple[QuitDelayed, QuitDelayed]:
    """Quit, give both of what is said then, and let the program end."""
    told = Told()
    dbg.say_to(told)
    dbg.resume("quit")
    try:
        return told.delays.get(timeout=PATIENCE), told.delays.get(timeout=PATIENCE)
    finally:
        releases.pop().set()


def text(event: QuitDelayed) -> str:
    return "\n".join(plain_line(line) for line in render_event(event, 200))


@pytest.mark.parametrize("where", ["step", "line", "idle"])
@pytest.mark.parametrize("guest", [(), ("guest",)])
def test_who_keeps_the_run_from_ending_is_named(
    where: str, guest: tuple[str, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    with debugging("slow_to_end", args=["shield", "thread", *guest]) as dbg:
        stop_at(dbg, where)
        first, second = quit_slowly(dbg)
        dbg.expect_end(exit_code=125)
    assert first.blockers == ()
    assert "its cleanup goes on; `quit!` ends it at once" in text(first)
    assert {link.task.short for link in second.blockers} == {"shielded", "in_thread"}
    said = text(second)
    assert f"slow_to_end.py:{dbg.line('shielded wait')}" in said
    assert f"slow_to_end.py:{dbg.line('thread wait')}" in said
    assert "in wait_in_thread" in said  # where the worker thread is
    out, err = capfd.readouterr()
    assert sorted(out.splitlines()) == ["beside left", "cleaned up", "the thread is back"]
    assert err == ""


@pytest.mark.parametrize("where", ["step", "line", "idle"])
def test_a_step_that_does_not_end_is_named(where: str) -> None:
    with debugging("slow_to_end", args=["step"]) as dbg:
        stop_at(dbg, where)
        _, second = quit_slowly(dbg)
        dbg.expect_end(exit_code=125)
    (step,) = second.under_way
    assert step.task is not None
    assert step.task.short == "stepping"
    assert step.place is not None
    assert f") is in the middle of a step, slow_to_end.py:{dbg.line('long step')}" in text(second)


def test_several_runs_are_asked(capfd: pytest.CaptureFixture[str]) -> None:
    with debugging("slow_to_end", args=["several", "shield"]) as dbg:
        stop_at(dbg, "line")
        _, second = quit_slowly(dbg)
        dbg.expect_end(exit_code=None)
    assert {link.task.run for link in second.blockers} == {1, 2}
    assert capfd.readouterr().err == ""


def test_a_program_that_ends_soon_says_nothing() -> None:
    with debugging("slow_to_end") as dbg:
        stop_at(dbg, "line")
        releases.pop()
        dbg.resume("quit")
        dbg.expect_end(exit_code=125)
    assert not [event for event in dbg.events if isinstance(event, QuitDelayed)]


def test_at_a_terminal_ctrl_c_ends_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "stepdbg", str(PROGRAM), "shield"]
    with PseudoTerminal(command, columns=80, rows=40, cwd=ROOT, environment=user(tmp_path)) as (
        terminal
    ):
        terminal.wait_for_prompt()
        terminal.do("tbreak task shielded")
        terminal.do("continue")
        terminal.do("step 2")
        terminal.type("quit\r")
        terminal.wait_for("Ctrl-C ends it at once")
        terminal.type(ctrl("c"))
        assert terminal.wait_for_exit() == 125
        assert "cleaned up" not in terminal.text


def test_a_second_quit_ends_it() -> None:
    """Requests are read while the program runs: JSON lines."""
    program = subprocess.Popen(
        [sys.executable, "-m", "stepdbg", "--json", str(PROGRAM), "thread"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    with program:
        assert program.stdin is not None
        assert program.stdout is not None
        for request in ("step 9", "quit"):
            program.stdin.write(json.dumps({"command": request}) + "\n")
        program.stdin.flush()
        for line in program.stdout:
            if json.loads(line).get("event", {}).get("kind") == "quit_delayed":
                break
        program.stdin.write(json.dumps({"command": "quit"}) + "\n")
        program.stdin.flush()
        assert program.wait(PATIENCE) == 125

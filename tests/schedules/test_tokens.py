"""A failure and a deadlock give the token of what led there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import trio

from stepdbg.engine.running.session import Session
from stepdbg.engine.scheduling import writing_down
from stepdbg.model.options import SessionOptions
from stepdbg.model.protocols import Controller, Inspector
from stepdbg.model.replies import StopShown
from stepdbg.model.schedule_text import schedule_of
from stepdbg.model.schedules import Schedule, Token
from stepdbg.model.silent_front_end import SilentFrontEnd
from stepdbg.model.stops import Continue, Event, Quit, Resume, Stop, StopKind, TokenTold
from stepdbg.render.spans import plain
from stepdbg.render.text import render_reply

ROOT = Path(__file__).parents[2]

FAILS = """
import trio

balance = 0

async def add():
    global balance
    seen = balance
    await trio.lowlevel.checkpoint()
    balance = seen + 1

async def main():
    async with trio.open_nursery() as nursery:
        for _ in range(4):
            nursery.start_soon(add)
    assert balance > 4, f"balance is {balance}"

if __name__ == "__main__":
    trio.run(main)
"""

HANGS = """
import trio

async def main():
    one, other = trio.Lock(), trio.Lock()

    async def take(first, second):
        async with first:
            await trio.lowlevel.checkpoint()
            async with second:
                pass

    async with trio.open_nursery() as nursery:
        nursery.start_soon(take, one, other)
        nursery.start_soon(take, other, one)
"""


class Front(SilentFrontEnd):
    """Keeps what it is told.  asked: whether it would answer."""

    def __init__(self, *, asked: bool) -> None:
        self.asked = asked
        self.stops: list[Stop] = []
        self.told: list[Token] = []

    def would_answer(self) -> bool:
        return self.asked

    def on_event(self, event: Event) -> None:
        if isinstance(event, TokenTold):
            self.told.append(event.token)

    def on_stop(self, stop: Stop, inspector: Inspector, controller: Controller) -> Resume:
        del inspector, controller
        self.stops.append(stop)
        return Quit() if stop.kind is StopKind.DEADLOCK else Continue()


def debugged(
    source: str, *, asked: bool, replay: Schedule | None = None, record: bool = True
) -> Front:
    """Run the `main` of a program under a session."""
    front = Front(asked=asked)
    options = SessionOptions(
        record=record,
        stops_at_start=False,
        stops_on_failure=asked,
        on_deadlock="stop" if asked else "quit",
        replay=replay,
    )
    session = Session(front, options)
    session.install()
    names: dict[str, Any] = {"__name__": "program"}
    try:
        exec(compile(source, "/program.py", "exec"), names)
        with pytest.raises((AssertionError, SystemExit)):
            trio.run(names["main"])
    finally:
        session.uninstall()
    return front


@pytest.mark.parametrize(("source", "kind"), [(FAILS, "failure"), (HANGS, "deadlock")])
def test_a_stop_has_the_token_that_leads_there_again(source: str, kind: str) -> None:
    first = debugged(source, asked=True)
    (stop,) = first.stops
    assert stop.kind == kind
    assert stop.token is not None
    shown = plain(render_reply(StopShown(stop, None), 40))
    assert shown.endswith(f"\ntoken: {stop.token.text}")  # last, and in one line
    again = debugged(source, asked=True, replay=schedule_of(stop.token.text))
    (there,) = again.stops
    assert (there.kind, there.step) == (stop.kind, stop.step)
    assert there.raised == stop.raised


@pytest.mark.parametrize("source", [FAILS, HANGS])
def test_where_nobody_is_asked_it_is_told(source: str) -> None:
    (token,) = debugged(source, asked=False).told
    again = debugged(source, asked=False, replay=schedule_of(token.text))
    assert again.stops == []


def test_without_a_log_there_is_none() -> None:
    assert [stop.token for stop in debugged(FAILS, asked=True, record=False).stops] == [None]
    assert debugged(FAILS, asked=False, record=False).told == []


def test_one_that_is_too_long_to_paste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing_down, "LONGEST_LINE", 50)
    (stop,) = debugged(FAILS, asked=True).stops
    shown = plain(render_reply(StopShown(stop, None), 100))
    assert re.search(r"token: too long for a line \(\d+ steps\); `token FILE` writes it$", shown)
    assert debugged(FAILS, asked=False).told == []


def test_a_long_log_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing_down, "_MOST_WORDS", 3)
    (stop,) = debugged(FAILS, asked=True).stops
    assert stop.token is not None
    assert stop.token.text == ""
    assert stop.token.steps > 3


def test_on_the_command_line(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(FAILS, encoding="utf-8")

    def run(*options: str) -> str:
        command = [sys.executable, "-m", "stepdbg", *options, "-c", "continue", str(program)]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert "AssertionError: balance is " in ran.stderr
        return ran.stderr

    (line,) = re.findall(r"^stepdbg: token: (stepdbg:1:\S+)$", run("--record"), re.MULTILINE)
    assert "token" not in run("--record", "-q")
    assert "left the schedule" not in run("--replay", line)

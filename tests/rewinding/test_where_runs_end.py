"""Going back from where a run ends: after a failure, and at a deadlock."""

from __future__ import annotations

import re
from pathlib import Path

from tests.debuggee import Program

from .recorded import told

LOST = Program.load("lost_update").path

STUCK = """
import trio

async def main():
    event = trio.Event()
    for number in range(3):
        await trio.sleep(0)
    await event.wait()

trio.run(main)
"""

TWICE = """
import trio

async def fine():
    await trio.sleep(0)

async def fails():
    await trio.sleep(0)
    raise ValueError

try:
    trio.run(fails)
except ValueError:
    trio.run(fine)
raise KeyError
"""


def test_after_a_failure_the_past_is_there_until_the_program_ends() -> None:
    lines = ("back", "p 'before', balance", "goto now", "rwatch balance", "p seen, amount")
    more = ("goto 1", "continue", "rnext", "rnext", "quit", "p 'after', balance", "goto 99")
    said = told(LOST, (*lines, *more, "quit"), "--pm")
    stops = re.findall(r"past, (?:in|before) step \d+ of 8|present moment", " ".join(said.split()))
    first, now, change, beginning, ended, *lines_back, left = stops
    assert (first, now) == ("past, before step 8 of 8", "present moment")
    assert (change, beginning) == ("past, before step 7 of 8", "past, before step 1 of 8")
    assert lines_back == ["past, in step 8 of 8", "past, in step 1 of 8"]
    assert ended == left == "present moment"
    assert said.index("('before', 3)") < said.index("(0, 3)") < said.index("('after', 3)")
    assert "the run has taken 8 so far" in " ".join(said.split())
    assert said.count("AssertionError: 3") > 1


def test_at_a_deadlock(tmp_path: Path) -> None:
    program = tmp_path / "stuck.py"
    program.write_text(STUCK, "utf-8")
    said = told(program, ("continue", "back", "p 'there', number", "rnext", "goto now", "quit"))
    assert "deadlock:" in said
    assert "('there', 2)" in said
    assert said.rindex("deadlock: ") > said.index("goto now\n"), "it is where it was"


def test_only_the_run_that_began_last_has_a_past(tmp_path: Path) -> None:
    program = tmp_path / "twice.py"
    program.write_text(TWICE, "utf-8")
    said = told(program, ("back", "quit"), "--pm")
    assert "only the run that began last has a way back" in " ".join(said.split())

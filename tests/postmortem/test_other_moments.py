"""After the end: a picture of one failure, and an exception that was raised at another moment."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.archive.dumps import Dumped

from .test_after_the_end import after, answers

PROGRAM = """\
import sys

import trio
import trio.testing


async def early():
    await trio.sleep(0.25)
    raise ValueError("early")


async def late():
    try:
        await trio.sleep_forever()
    finally:
        with trio.CancelScope(shield=True):
            await trio.sleep(1)
        raise KeyError("late")


async def main():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(early)
        nursery.start_soon(late)


async def handles():
    try:
        await main()
    except* ValueError:
        print("handled")


case = {"handles": handles, "main": main}[sys.argv[1]]
trio.run(case, clock=trio.testing.MockClock(autojump_threshold=0))
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "moments.py"
    path.write_text(PROGRAM)
    return path


def test_a_consequence_of_a_handled_failure_is_not_the_first(program: Path) -> None:
    done = after("handles", "exceptions", "tasks", "why", "quit", program=program)
    said = re.search(r"post-mortem: late \(4\) failed, ([\d.]+) s into the run", done.stdout)
    assert said is not None
    assert float(said[1]) >= 1.25
    assert "the first to fail" not in done.stdout
    assert "in late (4), started by handles (1)" in " ".join(answers(done, "exceptions").split())
    assert "early" not in answers(done, "tasks")
    assert "run 1 has ended" in answers(done, "tasks")
    assert "sleeps for ever" not in answers(done, "why")


def test_a_dump_has_no_picture_of_a_handled_failure(program: Path, tmp_path: Path) -> None:
    dump = tmp_path / "d.dump"
    done = after("handles", "quit", program=program, options=("--pm", "--dump", str(dump)))
    assert "the exception is written to" in done.stderr
    shown = Dumped(dump)
    assert "1.1 KeyError: 'late'" in shown.text("exceptions")
    assert "1 ExceptionGroup" in shown.text("exceptions")
    assert "asleep for ever" not in shown.text("tasks")


def test_tables_are_of_the_pictured_moment_whichever_exception_is_in_view(program: Path) -> None:
    asked = ("exceptions 1.2", "tasks", "why", "where", "where late", "exceptions 1.1", "where")
    done = after("main", *asked, "quit", program=program)
    assert "post-mortem: early (3) was the first to fail, 0.2" in done.stdout
    assert "KeyError: 'late'" in answers(done, "exceptions 1.2")
    table = answers(done, "tasks")
    assert "before the exception in view was raised" in table
    [late] = [line for line in table.splitlines() if "late" in line]
    assert "asleep for ever" in late
    assert "sleeps for ever" not in answers(done, "why")
    assert answers(done, "where").startswith("exception 1.2\n")
    assert answers(done, "where late").startswith("late (4), asleep for ever\n")
    assert done.stdout.rpartition("(stepdbg) where\n")[2].startswith("early (3), exited\n")

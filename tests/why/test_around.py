"""What `why` says of the code around a wait."""

from __future__ import annotations

import re

import pytest

from tests.harness import Debugging, debugging

PROGRAM = "tests/programs/why/around"

LINES = {
    "polls": "in `while True:` of :{polling}, has blocked here 5 times in a row, and nobody has "
    "asked it to stop",
    "gives_up": "in `while True:` of :{giving_up}, has blocked here 5 times in a row",
    "works": "in `while not self.feed.is_over:` of :{working} in works, has blocked here 5 times "
    "in a row",
    "reads": "in `async for page in self.feed.receive:` of :{reads}",
    "fails": "in the `except KeyError:` of :{except}",
    "closes": "in the `finally` of :{finally}",
    "is_careful": "in the `try` of :{try}, whose `finally` is at :{cleanup}",
    "chooses": "in the `else` of :{choice}",
    "has_a_limit": "in `with trio.CancelScope():` of :{with}",
}
"""The line below each task's sentence."""


def look(dbg: Debugging) -> None:
    dbg.do("break :look")
    dbg.go("continue", kind="breakpoint")
    dbg.go("step crawl", kind="step")


def line_below(dbg: Debugging, task: str) -> str:
    """What stands in a line of its own below the sentence of a task."""
    lines = dbg.text(f"why Crawler.{task}", 400).splitlines()
    assert re.match(rf"Crawler\.{task} \(\d+\) waits", lines[0]), lines
    return lines[1].strip() if len(lines) > 1 and lines[1].startswith("    in ") else ""


def test_each_kind_of_block() -> None:
    with debugging(PROGRAM) as dbg:
        look(dbg)
        marks = {mark: str(line) for mark, line in dbg.program.marks.items()}
        told = {task: line_below(dbg, task) for task in LINES}
        assert told == {task: line.format(**marks) for task, line in LINES.items()}
        assert line_below(dbg, "is_plain") == ""


def test_nothing_is_counted_that_nobody_has_noted() -> None:
    with debugging(PROGRAM, record=False) as dbg:
        look(dbg)
        told = line_below(dbg, "polls")
        line = dbg.line("polling")
        assert told == f"in `while True:` of :{line}, and nobody has asked it to stop"


def test_who_has_been_asked_to_stop() -> None:
    with debugging(PROGRAM) as dbg:
        look(dbg)
        assert line_below(dbg, "is_stubborn").endswith(", and nobody has asked it to stop")
    with debugging(PROGRAM, args=["mended"]) as dbg:
        look(dbg)
        line = "in `while True:` of :{stubborn}".format(**dbg.program.marks)
        assert line_below(dbg, "is_stubborn").startswith(line)
        assert "asked" not in line_below(dbg, "is_stubborn")
        assert [task.label.short for task in dbg.inspector.tasks()] == [
            "crawl",
            "Crawler.is_stubborn",
        ]


@pytest.mark.parametrize("width", [40, 80, 100])
def test_short_enough(width: int) -> None:
    with debugging(PROGRAM) as dbg:
        look(dbg)
        told = [dbg.text(f"why Crawler.{task}", width).splitlines() for task in LINES]
    assert all(len(line) <= width for lines in told for line in lines)

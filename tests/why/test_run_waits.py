"""`waits`: what a run itself waits for, files and times and the rest, on one screen."""

from __future__ import annotations

import re
from pathlib import Path

from stepdbg.model.waits import RunWaits
from tests.archive.dumps import dump_of
from tests.harness import Debugging, debugging

PRIMITIVES = "tests/programs/why/primitives"

ROWS = (
    r"fd \d+ +reader \(\d+\) waits to read from socket `stream` at {reader}: recv",
    r"fd \d+ +accepting \(\d+\) waits to read from socket `listener` at .*: accept, 127",
    r"fd \d+ +piped \(\d+\) waits to read from FdStream `pipe` at {piped}: a pipe",
    r"in 1[\d.]+ s +sleeper \(\d+\), {sleeper}: await trio.sleep\(20\)",
    r"in 29[\d.]* s +timed \(\d+\), .*: with trio.move_on_after\(30\):",
    r"thread +threaded \(\d+\) waits for the thread digger at {threaded}, which is at {job} in job",
    r"process +process \(\d+\) waits for the end of Process `child` \(pid \d+\) at {process}",
    r"signal +signals \(\d+\) waits for SIGUSR2 at {signals}",
    r"unknown +custom \(\d+\) waits in __main__.custom at {custom}",
)
"""What `waits` says of each thing outside that a task of the program waits for, in order."""


def rows(text: str) -> list[str]:
    """The lines below the heading, each joined with those that go on with it."""
    return re.sub(r"\n {8,}", " ", text).splitlines()[1:]


def check_rows(dbg: Debugging, shown: list[str]) -> None:
    marks = {name: f"primitives.py:{line}" for name, line in dbg.program.marks.items()}
    at = [
        next(i for i, row in enumerate(shown) if re.match(" +" + wanted.format(**marks), row))
        for wanted in ROWS
    ]
    assert at == sorted(at)
    assert not [row for row in shown if " Event " in row or " Lock " in row]


def test_each_thing_outside_stands_with_its_task(tmp_path: Path) -> None:
    path = tmp_path / "all.dump"
    with debugging(PRIMITIVES) as dbg:
        dbg.do("break :look")
        dbg.go("continue", kind="breakpoint")
        check_rows(dbg, rows(dbg.text("waits", 200)))
        assert dbg.text("waits").startswith("trio.run does not wait now, as 1 task can go on;")
        own = rows(dbg.text("waits -a", 200))
        assert [
            row for row in own if re.match(" +calls .* waits for calls from other threads", row)
        ]
        check_rows(dbg, rows(dump_of(dbg, path).text("waits", 200)))


def test_a_run_that_waits_says_for_how_long() -> None:
    with debugging("idle") as dbg:
        dbg.do("tbreak idle")
        dbg.go("continue", task=None)
        reply = dbg.reply("waits", RunWaits)
        assert (reply.able, reply.timers) == (0, ())
        first, row = re.sub(r"\n {4,}", " ", dbg.text("waits")).splitlines()
        assert first == "trio.run waits for the first of these, for as long as it takes:"
        assert re.match(r"  fd \d+  main \(\d+\) waits to read from socket `listener`", row)


def test_sleepers_share_a_row() -> None:
    with debugging("sleepers") as dbg:
        dbg.go(f"until {dbg.line('stop')}", line_mark="stop")
        shown = dbg.text("waits").splitlines()
        assert len(shown) < 24
        assert [row for row in shown if "and 539 more just like it, the last one in" in row]

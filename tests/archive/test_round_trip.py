"""A dump answers every reading command as the live run did."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.archive.dumps import Dumped, dump_of, newly_told, without_moment
from tests.harness import Debugging, debugging

READING = (
    "tasks",
    "tasks -a",
    "tasks blocked",
    "tree",
    "tree -a",
    "queue",
    "queue -a",
    "timers",
    "runs",
    "deadlock",
    "waits",
    "threads",
    "lints",
    "break",
    "why",
    "why -a",
    "where",
    "where -a",
    "list",
    "list .",
    "longlist",
    "args",
    "locals rows",
    "p text",
    "p rows",
    "whatis lock",
    "task",
    "task holder",
    "where waiter#2",
    "where -a late",
    "frame",
    "up",
    "locals text",
    "list 1, 8",
    "task main",
    "up",
    "down",
    "where nobody",
)
"""Commands that only read, in an order in which the view moves."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dumps")


@pytest.fixture(scope="module")
def held() -> Iterator[Debugging]:
    with debugging("dumped") as dbg:
        dbg.do(f"break dumped.py:{dbg.line('here')}")
        dbg.do("break task waiter on cancel, if False")
        dbg.go("continue", kind="breakpoint", line_mark="here")
        yield dbg


@pytest.fixture(scope="module")
def dumped(held: Debugging, folder: Path) -> Dumped:
    return dump_of(held, folder / "all.dump")


def test_the_stop_is_shown_as_it_was(held: Debugging, dumped: Dumped) -> None:
    assert dumped.shown == newly_told(held.shown)


@pytest.mark.parametrize("width", [40, 80, 200])
def test_reading_commands_give_the_same_text(held: Debugging, folder: Path, width: int) -> None:
    held.do("task main")
    dumped = dump_of(held, folder / "again.dump")
    dumped.interpreter.feed("task main")
    assert len(READING) > 20
    for line in READING:
        assert without_moment(dumped.text(line, width)) == held.text(line, width), line


def test_what_was_read_equals_what_was_written(held: Debugging, folder: Path) -> None:
    dumped = dump_of(held, folder / "equal.dump", mask=False)
    live = held.call(lambda: held.inspector.tasks(system=True))
    assert dumped.inspector.tasks(system=True) == live
    assert dumped.inspector.tree() == held.call(held.inspector.tree)
    assert dumped.inspector.queue() == held.call(held.inspector.queue)
    assert not dumped.inspector.live


def test_no_code_of_the_program_is_called(dumped: Dumped) -> None:
    dumped.interpreter.feed("task holder")
    shown = dumped.text("locals box")
    assert "Box" in shown
    assert "raised" not in shown


@pytest.mark.parametrize(
    "line",
    [
        "step",
        "next",
        "continue",
        "await trio.sleep(1)",
        "p len(rows)",
        "rows.append(1)",
        "x = 1",
        "break 3",
        "clear 1",
        "set own trio",
        "jump 3",
        "cancel 3",
        "dump elsewhere",
        "source main",
        "restart",
    ],
)
def test_what_needs_a_live_run_says_so(held: Debugging, folder: Path, line: str) -> None:
    dumped = dump_of(held, folder / "refusing.dump")
    assert "dump" in dumped.failure(line)


def test_values_of_library_frames_are_not_kept(dumped: Dumped) -> None:
    dumped.interpreter.feed("task holder")
    dumped.interpreter.feed("frame 0")
    assert "not your own code" in dumped.failure("locals")


def test_completion_knows_the_names_that_were_kept(held: Debugging, folder: Path) -> None:
    dumped = dump_of(held, folder / "completing.dump")
    found = [each.text for each in dumped.interpreter.complete("p ro", 4)]
    assert "rows" in found


def test_other_runs_of_the_process(held: Debugging, folder: Path) -> None:
    dumped = dump_of(held, folder / "runs.dump")
    assert "there is no run 7" in dumped.failure("run 7")


def test_what_looked_wrong_is_kept(tmp_path: Path) -> None:
    with debugging("tests/programs/lints/lost_events", args=["forgotten"]) as dbg:
        dbg.do("set lint lost-lock off")
        dbg.do("break :here")
        dbg.go("continue", kind="breakpoint")
        told = dbg.text("lints")
        dumped = dump_of(dbg, tmp_path / "lints.dump")
        again = dumped.text("lints")
        dbg.resume("continue")
        dbg.expect_end()
    assert "lost-event: " in told
    assert "not looked for: lost-lock, " in told
    assert again == told

"""`stepdbg.record`: around runs, in a task, in a program without stepdbg and in one under it."""

from __future__ import annotations

from pathlib import Path

import pytest
import trio

import stepdbg
from stepdbg.archive.recordings.logs import events_of
from stepdbg.engine.running.session import Session
from stepdbg.model.history import LogEntry, LogKind
from tests.frontends import children

PROGRAM = """
import sys
import stepdbg
import trio

async def child():
    await trio.lowlevel.checkpoint()

async def main():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(child)

with stepdbg.record(sys.argv[1]):
    trio.run(main)
"""


async def child() -> None:
    await trio.lowlevel.checkpoint()
    await trio.lowlevel.checkpoint()


async def main() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(child)


def told(path: Path, name: str) -> list[LogEntry]:
    """What a recording tells of the task whose name ends like that."""
    return [each for each in events_of(str(path)) if each.task and each.task.name.endswith(name)]


CHILDS = [LogKind.SPAWNED, LogKind.STEPPED, LogKind.STEPPED, LogKind.EXITED]


def test_around_a_run(tmp_path: Path) -> None:
    path = tmp_path / "run.rec"
    with stepdbg.record(path):
        trio.run(main)
    trio.run(main)  # this one is not kept
    assert [each.kind for each in told(path, "child")] == CHILDS
    assert sum(each.kind is LogKind.RUN for each in events_of(str(path))) == 2


def test_two_blocks_replace_the_file_that_was_there(tmp_path: Path) -> None:
    path = tmp_path / "run.rec"
    for _ in range(2):
        with stepdbg.record(path):
            trio.run(main)
    assert [each.kind for each in told(path, "child")] == CHILDS


def test_in_a_task(tmp_path: Path) -> None:
    path = tmp_path / "run.rec"

    async def outer() -> None:
        await main()
        with stepdbg.record(path):
            await main()
        await main()

    trio.run(outer)
    assert [each.kind for each in told(path, "child")] == CHILDS
    assert LogKind.BLOCKED in [each.kind for each in told(path, "outer")]


def test_an_exception_leaves_the_block_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "run.rec"

    async def fails() -> None:
        await main()
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"), stepdbg.record(path):
        trio.run(fails)
    assert [each.kind for each in told(path, "child")] == CHILDS


def test_a_file_that_is_no_recording_stays(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("dear all", encoding="utf-8")
    with pytest.raises(stepdbg.StepdbgError, match=r"letter\.txt"), stepdbg.record(path):
        raise AssertionError
    assert path.read_text(encoding="utf-8") == "dear all"
    trio.run(main)  # nothing was left behind


def test_a_block_within_another_is_refused(tmp_path: Path) -> None:
    outer, inner = tmp_path / "outer.rec", tmp_path / "inner.rec"
    with stepdbg.record(outer):
        with pytest.raises(stepdbg.StepdbgError, match="end it first"), stepdbg.record(inner):
            raise AssertionError
        trio.run(main)
    assert [each.kind for each in told(outer, "child")] == CHILDS
    assert not inner.exists()


def test_under_stepdbg_as_well(tmp_path: Path) -> None:
    program, path = tmp_path / "program.py", tmp_path / "run.rec"
    program.write_text(PROGRAM, encoding="utf-8")
    done = children.run("-m", "stepdbg", "-c", "continue", program, path)
    assert done.returncode == 0, done.stderr
    kinds = [each.kind for each in told(path, "child")]
    assert kinds == [LogKind.SPAWNED, LogKind.STEPPED, LogKind.EXITED]


def test_a_process_is_recorded_once(tmp_path: Path) -> None:
    program, path = tmp_path / "program.py", tmp_path / "run.rec"
    program.write_text(PROGRAM, encoding="utf-8")
    done = children.run(
        "-m", "stepdbg", "--record-to", tmp_path / "all.rec", "-c", "continue", program, path
    )
    assert b"a recording is being made" in done.stdout + done.stderr
    assert not path.exists()


def test_a_block_that_cannot_begin_leaves_the_process_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes late in its beginning fails: nobody will end it."""

    def fails(_: object) -> None:
        raise ValueError("late")

    before = vars(trio._core._run)["Instruments"]
    monkeypatch.setattr(Session, "join_run_here", fails)
    with pytest.raises(ValueError, match="late"), stepdbg.record(tmp_path / "late.rec"):
        pytest.fail("it has not begun")
    assert vars(trio._core._run)["Instruments"] is before
    monkeypatch.undo()
    with stepdbg.record(tmp_path / "run.rec"):
        trio.run(main)
    assert [each.kind for each in told(tmp_path / "run.rec", "child")] == CHILDS

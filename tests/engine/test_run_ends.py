"""However a run ends the debugger learns of it, and carries no hook for it before."""

from __future__ import annotations

import pytest
from trio._core._entry_queue import EntryQueue

from stepdbg._trio_internals import names
from stepdbg.model.stops import RunEnded
from tests.debuggee import Program
from tests.harness import Debugging, debugging

ENDINGS = {
    "returns": "returned",
    "raises": "raised",
    "interrupted": "raised",
    "broken": "raised",
    "guest": "returned",
}
ENDED = "ended by call close unrolled_run\n"


def told(dbg: Debugging) -> list[str]:
    return [event.outcome for event in dbg.events if isinstance(event, RunEnded)]


@pytest.mark.parametrize("way", ENDINGS)
def test_the_hook_comes_with_the_end(way: str, capsys: pytest.CaptureFixture[str]) -> None:
    with debugging("ends_of_runs", args=[way], record=False) as dbg:
        dbg.resume("continue")
        dbg.expect_end()
        assert told(dbg) == [ENDINGS[way]]
    assert capsys.readouterr().out == f"meanwhile before_run\n{ENDED}"


@pytest.mark.parametrize("way", ENDINGS)
def test_where_the_end_cannot_be_seen_to_come_the_hook_is_there_before(
    way: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (private,) = (each for each in names.PRIVATE_NAMES if each.name == "close")
    monkeypatch.setattr(names, "PRIVATE_NAMES", (private,))
    monkeypatch.setattr("stepdbg._trio_internals.runs.EntryQueue", object)
    with debugging("ends_of_runs", args=[way], record=False) as dbg:
        dbg.resume("continue")
        dbg.expect_end()
        assert told(dbg) == [ENDINGS[way]]
    assert capsys.readouterr().out == f"meanwhile after_run before_run\n{ENDED}"


def test_nothing_stays_patched() -> None:
    before = EntryQueue.close
    with debugging("ends_of_runs", args=["returns"]) as dbg:
        assert EntryQueue.close is not before
        dbg.resume("continue")
        dbg.expect_end()
    assert EntryQueue.close is before


def test_detached_runs_tell_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    before = EntryQueue.close
    with debugging("ends_of_runs", args=["returns"]) as dbg:
        dbg.resume("detach")
        dbg.expect_end()
        assert told(dbg) == []
        assert EntryQueue.close is before
    assert capsys.readouterr().out == f"meanwhile\n{ENDED}"


@pytest.mark.parametrize("way", ENDINGS)
def test_the_program_alone(way: str, capsys: pytest.CaptureFixture[str]) -> None:
    Program.load("ends_of_runs").run([way], None)
    assert capsys.readouterr().out == f"meanwhile\n{ENDED}"

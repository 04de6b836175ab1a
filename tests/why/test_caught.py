"""`why` of a task whose scope has caught a cancellation, and that went on behind the `with`."""

from __future__ import annotations

import re

import pytest

from tests.harness import debugging

PROGRAM = "tests/programs/why/goes_on"

CAUGHT = {
    "timeout": "`move_on_after` of {timeout}",
    "scope_of_its_own": "scope of {scope_of_its_own}",
    "nursery": "`open_nursery` of {nursery}",
    "in_a_callee": "`move_on_after` of {timeout}",
}
"""By the method that the task runs: who has caught it."""

SILENT = (
    *("again", "sleeps", "too_slow", "gone_on", "a_step_later"),
    *("from_outside", "raised_besides"),
)


def why(kind: str, *, record: bool = True) -> tuple[str, dict[str, str]]:
    with debugging(PROGRAM, args=[kind], record=record) as dbg:
        dbg.do("break :look")
        dbg.go("continue", kind="breakpoint")
        marks = {mark: f"goes_on.py:{line}" for mark, line in dbg.program.marks.items()}
        told = dbg.text(f"why *{kind}", 300)
        dbg.do("clear 1")
        dbg.resume("continue")
        dbg.expect_end()
    return told, marks


@pytest.mark.parametrize("kind", CAUGHT)
def test_caught(kind: str) -> None:
    told, marks = why(kind)
    by = re.escape(CAUGHT[kind].format(**marks))
    wanted = (
        rf"a cancellation was caught by the {by} at \S+ s; the function went on after the `with`"
    )
    assert re.search(wanted, told), told
    assert "Fetcher" in told


@pytest.mark.parametrize("kind", SILENT)
def test_nothing_to_tell(kind: str) -> None:
    told, _ = why(kind)
    assert "Fetcher" in told
    assert "was caught by" not in told


def test_not_without_the_recorder() -> None:
    told, _ = why("timeout", record=False)
    assert "was caught by" not in told


def test_the_history_of_a_scope() -> None:
    with debugging(PROGRAM, args=["scope_of_its_own"]) as dbg:
        dbg.do("break :look")
        dbg.go("continue", kind="breakpoint")
        dbg.do("up")
        cancelled, caught = dbg.text("history fetcher.scope", 200).split("\n")
        assert "cancelled by main" in cancelled
        assert re.search(
            r"caught by Fetcher\S* \(\d+\) at goes_on.py:\d+, when Cancelled left", caught
        )

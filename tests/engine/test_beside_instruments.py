"""A program's own instrument, with all nine hooks, sees the same events with us as alone."""

from __future__ import annotations

import pytest
import trio.testing

from tests.debuggee import Program, fixed_order
from tests.harness import debugging

from .following import stops


def clock() -> trio.testing.MockClock:
    return trio.testing.MockClock(autojump_threshold=0)


@pytest.fixture
def alone(capsys: pytest.CaptureFixture[str]) -> str:
    """The diary of the program without the debugger."""
    with fixed_order("fifo"):
        Program.load("examples/tracer").run([], clock())
    diary = capsys.readouterr().out
    assert diary.count("step of") > 5
    return diary


@pytest.mark.parametrize("record", [True, False])
@pytest.mark.parametrize(
    "commands",
    [
        ["continue"],
        ["step"],
        ["step 2"],
        ["break task child", "continue"],
        ["break task *", "continue"],
        ["break task * on block", "break task * on wake", "continue"],
        ["break task * on exit", "break task * on spawn", "continue"],
        ["break slow 0.000001ms", "continue"],
        ["break deadline -a", "break cancel -a", "break exception", "continue"],
    ],
    ids=" ;; ".join,
)
def test_the_diary_is_the_same(
    commands: list[str], record: bool, alone: str, capsys: pytest.CaptureFixture[str]
) -> None:
    *setup, going_on = commands
    with debugging("examples/tracer", clock=clock(), record=record) as dbg:
        for line in setup:
            dbg.do(line)
        stopped = sum(1 for _ in stops(dbg, going_on))
        dbg.expect_end()
    assert (stopped > 0) is (commands != ["continue"])
    assert capsys.readouterr().out == alone

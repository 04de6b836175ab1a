"""Random sequences of commands on whole programs: nothing of them shows, nothing hangs.

The default suite takes a few examples, so that it ends soon; `STEPDBG_EXAMPLES` says how many,
500 for the full count (see CONTRIBUTING).
"""

from __future__ import annotations

import collections
import os
import signal
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trio.testing import MockClock

from stepdbg.model.replies import Failure
from tests.harness import Debugging, debugging

EXAMPLES = int(os.environ.get("STEPDBG_EXAMPLES", "40"))
MOST_STEPS = 60

HARMLESS = (
    "step",
    "next",
    "hold *",
    "hold main",
    "release",
    "pick 3",
    "pick worker#1",
    "order worker#1 worker#2",
    "await trio.lowlevel.checkpoint()",
    "p 1 + 1",
    "up",
    "down",
    "task main",
    "task worker#2",
    "display 1",
)
WILD = (
    *HARMLESS,
    "only main",
    "throw main ValueError('thrown')",
    "throw worker#1 KeyError",
    "throw --when-runnable main OSError",
    "throw main 3",
    "cancel worker#1",
    "cancel main",
    "cancel scope 1",
    "cancel scope 2",
    "deadline scope 1 +1ms",
    "deadline scope 2 none",
    "interrupt",
    "time",
    "time +1s",
    "time next",
    "time -1s",
    "speed 10",
    "await trio.sleep(0.001)",
    "await trio.Event().wait()",
    "await --free trio.sleep(0.001)",
    "await --when-runnable trio.sleep(0)",
    "await nonsense()",
    "raise SystemExit",
    "raise KeyboardInterrupt",
    "halt",
    "tbreak idle",
    "tbreak task worker",
    "queue",
    "tasks",
    "until",
    "return",
    "continue",
)
drawn: collections.Counter[str] = collections.Counter()

profile = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def walk(dbg: Debugging, lines: list[str]) -> None:
    """Feed lines at whatever stop there is, until the program has ended."""
    for line in lines:
        drawn[line] += 1
        try:
            answer = dbg.do(line)
        except AssertionError:
            if dbg.ended is not None:
                return
            raise
        for reply in answer.replies:
            if isinstance(reply, Failure):
                assert "bug" not in reply.text, (line, reply)


def end(dbg: Debugging) -> None:
    """Let everything go and wait for the end."""
    for _ in range(MOST_STEPS):
        if dbg.ended is None:
            try:
                dbg.do("release")
            except AssertionError:
                if dbg.ended is None:
                    raise
        if dbg.ended is not None:
            return
        dbg.do("continue")
    raise AssertionError("it stops again and again")


def program_lines(capfd: pytest.CaptureFixture[str]) -> list[str]:
    return sorted(capfd.readouterr().out.splitlines())


@pytest.mark.parametrize("program", ["examples/pipeline", "examples/timeouts"])
def test_harmless_commands_leave_no_trace(program: str, capfd: pytest.CaptureFixture[str]) -> None:
    with debugging(program, clock=MockClock(autojump_threshold=0)) as dbg:
        dbg.resume("continue")
        dbg.expect_end()
    expected = program_lines(capfd)

    @profile
    @given(st.lists(st.sampled_from(HARMLESS), max_size=25), st.sampled_from(["", "line", "idle"]))
    def check(lines: list[str], first: str) -> None:
        with debugging(program, clock=MockClock(autojump_threshold=0)) as dbg:
            begin(dbg, first)
            walk(dbg, lines)
            end(dbg)
            assert dbg.expect_end().exit_code == 0
        assert program_lines(capfd) == expected

    check()


@pytest.mark.parametrize("program", ["examples/pipeline", "examples/timeouts"])
def test_no_command_hangs_or_breaks(program: str, capfd: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGINT), threading.active_count()

    @profile
    @given(st.lists(st.sampled_from(WILD), max_size=25), st.sampled_from(["", "line", "idle"]))
    def check(lines: list[str], first: str) -> None:
        with debugging(program) as dbg:
            begin(dbg, first)
            dbg.do("speed 20")
            walk(dbg, lines)
            end(dbg)
        out = capfd.readouterr()
        assert "bug in stepdbg" not in out.err
        assert "TrioInternalError" not in out.err
        assert dbg.ended is not None
        assert "TrioInternalError" not in dbg.ended.detail

    check()
    assert signal.getsignal(signal.SIGINT) == before[0]


def begin(dbg: Debugging, first: str) -> None:
    """Get to a stop of a kind: a step, a line, or idle."""
    if first == "line":
        dbg.do("next 3")
    elif first == "idle":
        dbg.do("tbreak idle")
        dbg.do("continue")

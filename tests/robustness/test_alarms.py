"""The program's alarm (ITIMER_REAL) stands still at a stop, and its time-outs arrive as bare."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.launcher.side_by_side import plain, run

from .test_random_programs import REAL, beside

PROGRAM = "alarms.py"
OFTEN = 40


def commands(*lines: str) -> list[str]:
    """Options that carry out these lines."""
    return [word for line in lines for word in ("-c", line)]


def told(options: list[str], *arguments: str) -> list[str]:
    out = run([*beside(options), PROGRAM, *arguments], cwd=REAL, merged=True)
    assert out.status == 0, out
    return out.stdout.decode().splitlines()


@pytest.mark.parametrize(
    "lines",
    [
        ["break :passed, False"],
        ["break :passed, value < 0"],
        ["break :passed", "ignore 1 1000000000"],
        ["break :passed, log 'at {value}'"],
        ["break :passed, [each for each in (value,) if each < 0]"],
    ],
)
def test_a_time_out_arrives_as_bare(lines: list[str]) -> None:
    """Its traceback, too: the loop does little but call us."""
    as_bare = run([*plain(), PROGRAM, f"hot={OFTEN}"], cwd=REAL).stdout.decode().splitlines()
    assert len(as_bare) == OFTEN

    assert told(commands(*lines, "continue"), f"hot={OFTEN}") == as_bare


SLEEP = "p __import__('time').sleep(1.2)"


@pytest.mark.parametrize(
    ("typed", "program", "says"),
    [
        (SLEEP, "still=1", "went off 0 left 1.0 7.0"),
        ("p __import__('signal').getitimer(0)", "still=100", "went off 0 left 1.0 7.0"),
        ("p __import__('signal').setitimer(0, 0)", "still=100", "went off 0 left False 0.0"),
        ("p __import__('signal').alarm(50)", "still=100", "went off 0 left 0.5 0.0"),
        ("p __import__('signal').setitimer(0, 40, 3)", "still=100", "went off 0 left 0.4 3.0"),
        (SLEEP, "in_a_thread=1", "left 1.0 0.0 True"),
        (SLEEP, "without", "left 0 0.0"),
        ("p __import__('signal').alarm(70)", "without", "left 70 0.0"),
        ("p 1", "outside", "left 1.0"),
        ("p __import__('signal').alarm(60)", "outside", "left 0.6"),
    ],
)
def test_an_alarm_stands_still_unless_somebody_sets_it(typed: str, program: str, says: str) -> None:
    first = [] if program == "outside" else ["continue"]  # no run, no stop at its beginning

    assert told(commands("break :nothing", *first, typed, "continue"), program) == [says]


POST_MORTEM = """
import signal, sys
import stepdbg

signal.setitimer(signal.ITIMER_REAL, 100)
try:
    raise ValueError("why")
except ValueError as error:
    stepdbg.post_mortem(error)
left, _ = signal.getitimer(signal.ITIMER_REAL)
print("left", left > 99.5)
"""


@pytest.mark.parametrize("call", ["stepdbg.post_mortem(error)", "stepdbg.set_trace()"])
def test_it_stands_still_where_the_program_asks_without_a_run(call: str, tmp_path: Path) -> None:
    program = POST_MORTEM.replace("stepdbg.post_mortem(error)", call)

    out = run([sys.executable, "-c", program], stdin=SLEEP.encode() + b"\nc\n", cwd=tmp_path)

    assert b"left True" in out.stdout


TIMED = """
import trio


def passed(value):
    return value + 1


def test_it():
    value = 0
    while True:
        value = passed(value)


async def loops():
    value = 0
    while True:
        value = passed(value)


def test_in_a_task():
    trio.run(loops)
"""


@pytest.mark.parametrize("pattern", [":passed, False", ":passed, log 'at {value}'"])
def test_pytests_own_time_out_comes_in_time(pattern: str, tmp_path: Path) -> None:
    (tmp_path / "test_timed.py").write_text(TIMED)
    # It stands down by itself where `sys.monitoring` has a debugger, unless it is told not to.
    limit = ["--timeout=0.3", "--timeout-method=signal", "--timeout-disable-debugger-detection"]

    out = run(
        [
            *plain("-m", "pytest"),
            "-q",
            "-p",
            "no:cacheprovider",
            *limit,
            f"--stepdbg-break={pattern}",
            "test_timed.py",
        ],
        cwd=tmp_path,
        merged=True,
    )

    assert b"2 failed" in out.stdout
    assert out.stdout.count(b"Failed: Timeout") >= 2
    # Between two such rules it shows what other threads do, ours among them.
    rule = rb"\++ Timeout \++"
    told = re.sub(rule + b".*?" + rule, b"", out.stdout, flags=re.DOTALL)
    assert b"Failed: Timeout" in told
    assert b"stepdbg/engine" not in told, "no frame of ours is on its traceback"

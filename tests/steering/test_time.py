"""`time`, `speed`, `--virtual-time`, `--seed`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from time import perf_counter

import pytest
from trio.testing import MockClock

from tests.harness import debugging

PROGRAM = Path(__file__).parents[1] / "programs" / "long_sleep.py"


def stepdbg(*words: str, commands: str = "") -> subprocess.CompletedProcess[str]:
    """Run the product as a shell does."""
    return subprocess.run(
        [sys.executable, "-m", "stepdbg", "--output", "stdout", *words],
        input=commands,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_time_moves_without_waiting() -> None:
    begun = perf_counter()
    with debugging("long_sleep") as dbg:
        dbg.do("break idle")
        dbg.resume("continue")
        dbg.expect_stop(task=None)
        assert "next deadline is in" in dbg.text("time")
        assert "no deadline is due" in dbg.text("time +5s")
        assert "one deadline is due" in dbg.text("time next")
        dbg.do("clear 1")
        dbg.resume("continue")
        dbg.expect_end()
    assert perf_counter() - begun < 20


def test_time_at_a_line_and_at_a_step() -> None:
    with debugging("long_sleep") as dbg:
        dbg.expect_stop(kind="start")
        before = dbg.call(lambda: dbg.inspector.run().time)
        dbg.do("time +3s")
        after = dbg.call(lambda: dbg.inspector.run().time)
        assert after - before == pytest.approx(3)
        dbg.do(f"tbreak {dbg.line('before')}")
        dbg.resume("continue")
        dbg.expect_stop(line_mark="before")
        assert dbg.stop.time == pytest.approx(3, abs=1)
        assert "program time" in dbg.text("time +200ms")
        dbg.resume("step")
        dbg.do_running("halt")
        dbg.expect_stop()
        assert "one deadline is due" in dbg.text("time next")
        dbg.resume("continue")
        dbg.expect_end()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("time -3s", "backwards"),
        ("time soon", "not a time"),
        ("time next", "no deadline is pending"),
        ("speed 0", "above 0"),
        ("speed -1", "above 0"),
        ("speed nan", "above 0"),
        ("speed fast", "not a number"),
        ("speed", "needs a factor"),
    ],
)
def test_mistakes_are_sentences(line: str, said: str) -> None:
    with debugging("long_sleep") as dbg:
        dbg.expect_stop(kind="start")
        assert said in dbg.failure(line)


def test_speed() -> None:
    begun = perf_counter()
    with debugging("long_sleep") as dbg:
        dbg.expect_stop(kind="start")
        assert "1000 times" in dbg.text("speed 1000")
        dbg.do(f"tbreak {dbg.line('after')}")
        dbg.resume("continue")
        dbg.expect_stop(line_mark="after")
        assert dbg.stop.time >= 100
        assert "as in reality" in dbg.text("speed 1")
        dbg.resume("continue")
        dbg.expect_end()
    assert perf_counter() - begun < 20


def test_a_mock_clock_has_a_rate() -> None:
    clock = MockClock(rate=500)
    with debugging("long_sleep", clock=clock) as dbg:
        dbg.expect_stop(kind="start")
        assert clock.rate == 0
        dbg.do("speed 2000")
        dbg.resume("continue")
        dbg.expect_end()
    assert clock.rate == 2000


def test_virtual_time() -> None:
    begun = perf_counter()
    done = stepdbg("--virtual-time", "-c", "continue", str(PROGRAM))
    assert done.returncode == 0, done.stderr
    assert "slept 100" in done.stdout
    assert perf_counter() - begun < 20


LEFT = """
import sys, time
import trio
from trio.testing import MockClock

async def other():
    await trio.lowlevel.checkpoint()

async def main():
    async with trio.open_nursery() as nursery:
        for _ in range(3):
            nursery.start_soon(other)
    await trio.lowlevel.checkpoint()
    begun, real = trio.current_time(), time.perf_counter()
    await trio.sleep(0.2)
    rate = (trio.current_time() - begun) / (time.perf_counter() - real)
    runner = trio._core._run.GLOBAL_RUN_CONTEXT.runner
    print("rate", round(rate), type(runner.clock).__name__, type(runner.runq).__name__)
    print("idle", runner.clock_autojump_threshold, type(runner.waiting_for_idle).__name__)

trio.run(main, clock=MockClock(rate=2) if "mock" in sys.argv else None)
"""


@pytest.mark.parametrize(
    ("options", "words", "lines"),
    [
        (("--virtual-time",), (), ""),
        (("--virtual-time",), (), "speed 0.1\n"),
        ((), (), "speed 0.1\n"),
        ((), (), "step other 2\nhold other*\norder main\nspeed 50\n"),
        ((), ("mock",), "speed 0.1\nspeed 50\n"),
        (("--virtual-time",), ("mock",), "step other\nonly main\n"),
    ],
)
def test_time_and_schedule_are_trios_own_after_detach(
    tmp_path: Path, options: tuple[str, ...], words: tuple[str, ...], lines: str
) -> None:
    program = tmp_path / "left.py"
    program.write_text(LEFT)
    done = stepdbg(*options, str(program), *words, commands=f"{lines}detach\n")
    assert done.returncode == 0, done.stderr
    clock = "2 MockClock" if words else "1 SystemClock"
    assert f"\nrate {clock} deque\nidle inf SortedDict\n" in done.stdout, done.stdout


def test_a_seed_is_shown_and_repeats() -> None:
    shown = stepdbg("--seed", "7", str(PROGRAM), commands="quit\n")
    assert "seed 7" in shown.stdout
    chosen = stepdbg("--seed", "auto", str(PROGRAM), commands="quit\n")
    assert "--seed" in chosen.stdout


def test_a_seed_is_shown_where_something_fails(tmp_path: Path) -> None:
    crash = str(Path(__file__).parents[2] / "examples" / "crash.py")
    dump = str(tmp_path / "run.dump")
    lines = f"continue\ndump {dump}\ncontinue\nquit\n"
    shown = stepdbg("--stop-on-failure", "--seed", "7", crash, commands=lines)
    # At the start and at the failure.
    assert shown.stdout.count("seed 7 (--seed") == 2, shown.stdout
    opened = stepdbg("--open", dump, commands="runs\nquit\n")
    assert "seed 7 for the order of batches" in opened.stdout


def test_a_bad_seed_is_bad_usage() -> None:
    done = stepdbg("--seed", "x", str(PROGRAM))
    assert done.returncode == 2
    assert "neither a number nor auto" in done.stderr

"""Following the schedule of a run: the same steps, and what is said where that is not possible."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import trio
import trio.testing
from trio._core import _run as trio_run

from stepdbg.model.facts import LogicalId
from stepdbg.model.records import replace
from stepdbg.model.schedule_text import text_of
from stepdbg.model.schedules import Base, Logged, Schedule, TurnWriter
from tests.random_programs import program
from tests.schedules.making import HEADER
from tests.schedules.replaying import Played, play
from tests.why.test_random_claims import Watcher

ROOT = Path(__file__).parents[2]
EXAMPLES = int(os.environ.get("STEPDBG_EXAMPLES", "12"))
SEEDS = int(os.environ.get("STEPDBG_SEEDS", "6"))


def steps_of(played: Played) -> list[str]:
    return [each for each in played.turns() if each.startswith("STEP")]


def same(first: Played, again: Played) -> None:
    assert again.left() == []
    assert again.events == first.events
    # A deadline that passes while its task is being cancelled leaves no trace but in the log.
    assert steps_of(again) == steps_of(first)
    assert again.output == first.output


@pytest.mark.parametrize("seed", range(EXAMPLES))
def test_random_programs_step_by_step(seed: int) -> None:
    """`STEPDBG_EXAMPLES` says how many, some hundreds for the full count."""
    source = re.sub(r"(sleep|after)\((\d)\)", r"\1(\2 / 200)", program(seed))
    first = play(source, "", Watcher(), look=lambda: None)
    for _ in range(5):
        same(first, play(source, first.line, Watcher(), look=lambda: None))


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("name", ["pipeline", "timeouts"])
def test_examples(name: str, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """`STEPDBG_SEEDS` says how many orders of Trio's coin, 100 for the full count."""
    source = (ROOT / "examples" / f"{name}.py").read_text(encoding="utf-8")
    monkeypatch.setattr("trio._core._run._r", random.Random(seed))
    first = play(source)
    for other in range(2):
        monkeypatch.setattr("trio._core._run._r", random.Random(1000 * other + seed))
        same(first, play(source, first.line))


WAITERS = """
import trio

order = []

async def waiter(number, event):
    await event.wait()
    order.append(number)

async def main():
    event = trio.Event()
    async with trio.open_nursery() as nursery:
        for number in range(8):
            nursery.start_soon(waiter, number, event)
        await trio.testing.wait_all_tasks_blocked()
        event.set()
    print(order)
"""


def test_waiters_of_one_event_come_in_the_order_of_the_run() -> None:
    """Trio wakes them in the order of addresses."""
    orders = set()
    for _ in range(6):
        first = play(WAITERS)
        orders.add(first.output)
        same(first, play(WAITERS, first.line))
    assert len(orders) > 1, "one order says nothing"


RACE = """
import trio

balance = 0

async def add():
    global balance
    seen = balance
    await trio.lowlevel.checkpoint()
    balance = seen + 1

async def main():
    async with trio.open_nursery() as nursery:
        for _ in range(3):
            nursery.start_soon(add)
            await trio.lowlevel.checkpoint()
        nursery.start_soon(add)
    print(balance)
"""

LONG = """
import trio

async def late(seconds):
    with trio.move_on_after(seconds) as scope:
        await trio.sleep_forever()
    print(seconds, scope.cancelled_caught)

async def main():
    async with trio.open_nursery() as nursery:
        for seconds in (0.3, 0.1, 0.2):
            nursery.start_soon(late, seconds)
"""


def test_time_is_virtual(monkeypatch: pytest.MonkeyPatch) -> None:
    first = play(LONG)
    manager = getattr(trio_run, "TheIOManager")  # noqa: B009 - it is not exported
    events, waited = manager.get_events, set()

    def get_events(of: object, timeout: float) -> object:
        waited.add(timeout)
        return events(of, timeout)

    monkeypatch.setattr(manager, "get_events", get_events)
    again = play(LONG, first.line)
    assert waited
    assert waited <= {0, trio_run._MAX_TIMEOUT}, "the loop waits for no deadline"
    same(first, again)


def test_deadlines_pass_where_they_passed_though_the_program_is_faster_now() -> None:
    """What took long at the first time takes none now: the deadlines are in another order."""
    source = """
import time
import trio

async def sleeper(seconds):
    await trio.sleep(seconds)
    print(seconds)

async def main():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(sleeper, 0.2)
        await trio.sleep(0.01)
        work()
        nursery.start_soon(sleeper, 0.1)
"""
    first = play(source, work=lambda: time.sleep(0.18))
    assert first.output == "0.2\n0.1\n"
    again = play(source, first.line, work=lambda: None)
    same(first, again)


def test_a_clock_of_the_program_goes_its_own_way() -> None:
    source = """
import trio

async def main():
    async with trio.open_nursery() as nursery:
        for seconds in (3, 1, 2, 1):
            nursery.start_soon(trio.sleep, seconds)
"""
    clocked = source + (
        "\nimport trio.testing\ninner = main\n"
        "async def main():\n    clock.autojump_threshold = 0\n    await inner()\n"
    )
    first = play(clocked, clock=trio.testing.MockClock())
    same(first, play(clocked, first.line, clock=trio.testing.MockClock()))


THREADS = """
import time
import trio

async def work(number):
    for _ in range(3):
        await trio.to_thread.run_sync(time.sleep, pause())
        print(number)

async def talk():
    left, right = trio.socket.socketpair()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(right.send, b"x")
        print(await left.recv(1))
    left.close()
    right.close()

async def main():
    async with trio.open_nursery() as nursery:
        for number in range(3):
            nursery.start_soon(work, number)
        nursery.start_soon(talk)
        with trio.move_on_after(0.01) as scope:
            await trio.to_thread.run_sync(time.sleep, 0.1, abandon_on_cancel=True)
        print(scope.cancelled_caught)
"""


def test_the_replay_waits_for_threads_and_sockets() -> None:
    def pause() -> float:
        return random.random() / 100

    first = play(THREADS, pause=pause)
    for _ in range(3):
        same(first, play(THREADS, first.line, pause=pause))


def test_a_call_from_another_thread_is_waited_for() -> None:
    source = """
import trio

async def other():
    for _ in range(3):
        await trio.sleep(0.005)

async def main():
    event = trio.Event()
    begin(trio.lowlevel.current_trio_token(), event)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(other)
        await event.wait()
        print("called")
"""

    def begin(token: trio.lowlevel.TrioToken, event: trio.Event) -> None:
        timer = threading.Timer(0.05, lambda: token.run_sync_soon(event.set))
        timer.start()

    first = play(source, begin=begin)
    same(first, play(source, first.line, begin=begin))


# -- leaving the schedule ----------------------------------------------------------------


def test_another_program_leaves_the_schedule_and_goes_on() -> None:
    first = play(RACE)
    again = play(RACE.replace("range(3)", "range(2)"), first.line)
    (sentence,) = again.left()
    assert sentence.startswith("the run has left the schedule: ")
    assert again.output in ("1\n", "2\n", "3\n")


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        ("main main/7", "main/7 should take step 2 of 2, but no such task has been spawned"),
        ("main main", "main should take step 2 of 2, but it waits at program.py:13; runnable: "),
        (
            "main main/0 main/0 main/0",
            "main/0 should take step 4 of 4, but it has ended; runnable: main/1, main/2",
        ),
    ],
)
def test_what_was_expected(steps: str, sentence: str) -> None:
    source = RACE.replace("            await trio.lowlevel.checkpoint()\n", "")
    again = play(source, text_of(made(*steps.split())))
    (said,) = again.left()
    assert said.startswith(f"the run has left the schedule: {sentence}")
    balance = "2" if "ended" in sentence else "1"  # main/0 was alone, or all in the default order
    assert again.output == f"{balance}\n"


def made(*steps: str) -> Schedule:
    """A schedule of these steps; with a mark behind its name a deadline of the task."""
    names = [each.rstrip("!") for each in steps]
    table = [
        LogicalId(root, tuple(map(int, path)))
        for root, *path in (each.split("/") for each in dict.fromkeys(names))
    ]
    turns = TurnWriter()
    for each, name in zip(steps, names, strict=True):
        turn = turns.step if each == name else turns.deadline
        turn([str(known) for known in table].index(name))
    return Schedule(HEADER, Base.STOCK, log=Logged(tuple(table), turns.written(), turns.steps))


def test_a_deadline_that_is_not_there() -> None:
    first = play(LONG)
    source = LONG.replace("move_on_after(seconds)", "CancelScope()")
    source = source.replace("sleep_forever()", "to_thread.run_sync(print)")
    again = play(source, first.line)
    (sentence,) = again.left()
    assert "a deadline of main/1 should pass before step 5 of 8, but it has none" in sentence


@pytest.mark.parametrize("deadlines", [1, 2, 5])
def test_a_deadline_that_makes_no_difference(deadlines: int) -> None:
    """One scope may take another one along, which passed a moment later in the log."""
    source = """
import trio

async def main():
    with trio.move_on_after(0.01) as scope:
        await trio.sleep(0.02)
    print(scope.cancelled_caught)
"""
    again = play(source, text_of(made("main", *["main!"] * deadlines, "main")))
    assert again.left() == []
    assert again.output == "True\n"


def test_time_goes_on_after_the_schedule_was_left() -> None:
    """A loop that asks for the time would never end while it stands still."""
    source = """
import trio

async def main():
    end = trio.current_time() + 0.05
    await trio.sleep(0.001)
    while trio.current_time() < end:
        await trio.lowlevel.checkpoint()
    print("over")
"""
    first = play("import trio\nasync def main():\n    await trio.sleep(0.001)\n")
    again = play(source, first.line)
    assert again.output == "over\n"


def test_a_run_that_ends_too_early() -> None:
    first = play(RACE)
    again = play("import trio\nasync def main():\n    pass\n", first.line)
    (sentence,) = again.left()
    assert "the run has ended after step 1 of the schedule, which has " in sentence


def test_behind_its_end_the_default_order() -> None:
    """A schedule that was written down in the middle of a run."""
    again = play(WAITERS, text_of(made("main")))
    assert any(each.startswith("the schedule ends here, after step 1") for each in again.notes)
    assert again.output == "[0, 1, 2, 3, 4, 5, 6, 7]\n"


def test_the_circumstances_are_compared() -> None:
    first = play(RACE)
    assert first.schedule is not None
    files = tuple((name, checksum ^ 1) for name, checksum in first.schedule.header.files)
    header = replace(first.schedule.header, python="3.9.1", trio="0.1", files=files)
    again = play(RACE, text_of(replace(first.schedule, header=header)))
    said = "\n".join(again.notes)
    assert "the schedule is from Python 3.9.1, but this is " in said
    assert "the schedule is from Trio 0.1, but this is " in said
    assert (
        "changed since the schedule was written down; the run follows the schedule all the" in said
    )
    same(first, again)


# -- the command line --------------------------------------------------------------------


def stepdbg(*words: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    return subprocess.run(
        [sys.executable, "-m", "stepdbg", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )


SCRIPT = WAITERS.replace("import trio\n", "import trio\nimport trio.testing\n") + (
    "    print(list({'a', 'b', 'c', 'd', 'e'}))\n    raise SystemExit(3)\n\ntrio.run(main)\n"
)


def test_a_token_is_pasted_in_another_folder(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
        (folder / "prog.py").write_text(SCRIPT)
    first = stepdbg(
        *("--record", "-c", "break :13", "-c", "c", "-c", "step 30", "-c", "token", "-c", "c"),
        *("prog.py",),
        folder=here,
        PYTHONHASHSEED="5",
    )
    recorded = stepdbg(
        *("--record", "-c", "break prog.py:19", "-c", "c", "-c", "token", "-c", "c", "prog.py"),
        folder=here,
        PYTHONHASHSEED="5",
    )
    assert first.returncode == recorded.returncode == 3
    (line,) = (each for each in recorded.stderr.splitlines() if each.startswith("stepdbg:1:"))
    for _ in range(3):
        again = stepdbg("--replay", line, "-c", "continue", "prog.py", folder=there)
        assert again.returncode == 3
        assert again.stdout == recorded.stdout
        assert "left the schedule" not in again.stderr


def test_a_file(tmp_path: Path) -> None:
    (tmp_path / "prog.py").write_text(SCRIPT)
    words = ("--record", "-c", "break prog.py:19", "-c", "c", "-c", "token x.sch", "-c", "c")
    first = stepdbg(*words, "prog.py", folder=tmp_path, PYTHONHASHSEED="0")
    assert "is in x.sch; `--replay x.sch` follows it" in first.stderr
    again = stepdbg("--replay", "x.sch", "-c", "continue", "prog.py", folder=tmp_path)
    assert again.stdout == first.stdout
    (tmp_path / "other").write_text("mine")
    refused = stepdbg(*("--record", "-c", "token other", "-c", "c", "prog.py"), folder=tmp_path)
    assert "other exists and holds no schedule; choose another" in refused.stderr
    assert (tmp_path / "other").read_text() == "mine"


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("stepdbg:1:abc:00000000", "this schedule is damaged"),
        ("stepdbg:9:abc:00000000", "this schedule has format '9'"),
        ("nowhere", "--replay nowhere: no such file"),
        ("prog.py", "--replay prog.py: this is not a schedule"),
        ("", "--replay needs a value"),
    ],
)
def test_what_is_no_schedule_is_refused(value: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "prog.py").write_text(SCRIPT)
    refused = stepdbg("--replay", value, "-c", "c", "prog.py", folder=tmp_path)
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert sentence in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_it_excludes_virtual_time(tmp_path: Path) -> None:
    (tmp_path / "prog.py").write_text(SCRIPT)
    line = play(RACE).line
    refused = stepdbg("--replay", line, "--virtual-time", "prog.py", folder=tmp_path)
    assert refused.returncode == 2
    assert "exclude each other" in refused.stderr

"""Which programs that never end are livelocks, which are not, and what is told of them."""

from __future__ import annotations

from typing import cast

import pytest

from stepdbg.engine.exploring.calls import call_of
from stepdbg.engine.exploring.choosers import Following
from stepdbg.launcher.exploring import retries
from stepdbg.launcher.exploring.again import is_exception, order_of
from stepdbg.launcher.exploring.children import Child, answer_of
from stepdbg.launcher.exploring.retries import Packed
from stepdbg.launcher.exploring.search import Search
from stepdbg.launcher.exploring.trials import in_order
from stepdbg.launcher.exploring.wish import wish_of
from stepdbg.model.exploring import VerdictKind
from stepdbg.model.schedule_text import schedule_of
from stepdbg.render.exploring import report
from stepdbg.render.spans import plain
from tests.explore.test_function import main_of

POLITE = """
import trio

async def pass_door(wants, mine, theirs):
    while True:
        wants[mine] = True
        await trio.lowlevel.checkpoint()
        taken = wants[theirs]
        await trio.lowlevel.checkpoint()
        if not taken:
            break
        wants[mine] = False
        await trio.lowlevel.checkpoint()
    wants[mine] = False

async def main():
    wants = {"a": False, "b": False}
    async with trio.open_nursery() as nursery:
        nursery.start_soon(pass_door, wants, "a", "b")
        PAUSE
        nursery.start_soon(pass_door, wants, "b", "a")
"""

PLACES = ", ".join(f"pass_door at program.py:{line}" for line in (13, 7, 9))

RETRIES = """
import trio

async def take(lock):
    while True:
        try:
            lock.acquire_nowait()
            return
        except trio.WouldBlock:
            await trio.lowlevel.checkpoint()

async def main():
    lock = trio.Lock()
    await lock.acquire()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(take, lock)
        nursery.start_soon(trio.Event().wait)
"""

IN_A_CLASS = """
import trio

class Gate:
    tried = 0

    def __init__(self):
        self.waiting = [1, 2, 3]
        self.open = False

    async def tries(self):
        global rounds
        Gate.tried = (Gate.tried + 1) % 3
        rounds = (rounds + 1) % 2
        self.waiting.append(self.waiting.pop(0))
        await trio.lowlevel.checkpoint()

rounds = 0

async def main():
    gate = Gate()
    while not gate.open:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(gate.tries)
            print("tries")
"""

IGNORES_CANCELLATION = """
import trio

async def main():
    with trio.CancelScope() as scope:
        scope.cancel()
        while True:
            try:
                await trio.lowlevel.checkpoint()
            except trio.Cancelled:
                pass
"""


POLLS_LOST_UPDATE = """
import trio

async def main():
    done = 0

    async def work():
        nonlocal done
        seen = done
        await trio.lowlevel.checkpoint()
        done = seen + 1

    async with trio.open_nursery() as nursery:
        nursery.start_soon(work)
        for _ in range(3):
            await trio.lowlevel.checkpoint()
        nursery.start_soon(work)
        while done < 2:
            await trio.lowlevel.checkpoint()
"""


def tried(source: str) -> Packed:
    """What comes of the default order in a process of its own, looked at after 300 steps."""
    work = in_order(call_of(main_of(source), ()), Following(()), most=300)
    kind, came = cast("tuple[str, Packed]", answer_of(Child(work)))
    assert kind == "tried", came
    return came


@pytest.mark.parametrize(
    ("source", "steps", "where"),
    [
        (POLITE.replace("PAUSE", ""), 6, PLACES),
        (RETRIES, 1, "take at program.py:10"),
        (IN_A_CLASS, 18, "main at program.py:23, tries at program.py:11, tries at program.py:16"),
        (IGNORES_CANCELLATION, 2, "main at program.py:9"),
    ],
    ids=["polite", "retries", "in-a-class", "ignores-cancellation"],
)
def test_a_state_that_comes_again_is_a_livelock(source: str, steps: int, where: str) -> None:
    found = tried(source)
    assert found["fault"] is not None, found["cut"]
    _, title, text = found["fault"]
    assert title == f"livelock: tasks go on for ever: {where}"
    assert f"after {steps} step{'s' * (steps > 1)}:" in text


def loop(before: str, body: str, above: str = "") -> str:
    lines = "\n        ".join(body.splitlines())
    return f"""
import random, os, time, socket, threading, signal
import trio
{above}
async def main():
    {before}
    while True:
        {lines}
        await trio.lowlevel.checkpoint()
"""


@pytest.mark.parametrize(
    "source",
    [
        loop("n = 0", "n += 1\nif n == 1_000_000: return"),
        loop("seen = []", "seen.append(None)"),
        loop("numbers = iter(range(1_000_000))", "if next(numbers) == -1: return"),
        loop(
            "class Deep: pass\n    one = Deep(); one.it = Deep(); one.it.n = [[0]]",
            "one.it.n[0][0] += 1",
        ),
        loop(
            "step = counting()",
            "step()",
            "def counting():\n    n = 0\n    def step():\n        nonlocal n\n        n += 1\n"
            "    return step\n",
        ),
        loop("pass", "counts()", "count = 0\ndef counts():\n    global count\n    count += 1\n"),
        loop(
            "pass",
            "Count.add()",
            "class Count:\n    n = 0\n    @classmethod\n    def add(cls): cls.n += 1\n",
        ),
        loop("pass", "if random.random() == 2: return"),
        loop("end = time.monotonic() + 1_000", "if time.monotonic() > end: return"),
        loop("pass", "if os.path.exists('/nowhere/at/all'): return"),
        loop(
            "ours, theirs = socket.socketpair(); ours.setblocking(False)",
            "try: ours.recv(1)\nexcept BlockingIOError: pass",
        ),
        loop("stopped = threading.Event()", "if stopped.is_set(): return"),
        loop("token = trio.lowlevel.current_trio_token()", "if token is None: return"),
        """
import trio

async def main():
    done = []

    async def sleeps():
        await trio.sleep(1)
        done.append(1)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(sleeps)
        while not done:
            await trio.lowlevel.checkpoint()
""",
        """
import trio

async def main():
    with trio.move_on_after(10):
        while True:
            await trio.lowlevel.checkpoint()
""",
        """
import trio

async def main():
    while True:
        await trio.sleep(1)
""",
        """
import socket
import trio

async def main():
    ours, theirs = trio.socket.socketpair()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(ours.recv, 1)
        while True:
            await trio.lowlevel.checkpoint()
""",
    ],
    ids=[
        *("counter", "list", "iterator", "deep", "closure", "global", "class", "random", "time"),
        *("file", "socket", "thread-event", "token", "sleeper", "deadline", "server", "waits"),
    ],
)
def test_what_goes_on_or_may_be_ended_is_none(source: str) -> None:
    found = tried(source)
    assert (found["fault"], found["cut"]) == (None, "cut")


def test_a_livelock_of_some_orders_is_found_made_small_and_replayed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retries, "_SECONDS", 1.5)
    assert tried(POLLS_LOST_UPDATE)["fault"] is None
    call = call_of(main_of(POLLS_LOST_UPDATE), ())
    verdict = Search(call, wish_of(100, 0, 1, "portfolio")).verdict()
    assert verdict.kind is VerdictKind.FAILED, str(verdict)
    (found,) = verdict.faults
    assert found.fault.title == "livelock: tasks go on for ever: main at program.py:19"
    assert not is_exception(found)
    assert found.steps < 200, "it is looked for early once it is known"
    explained = found.explained
    assert explained is not None
    assert (explained.again, explained.replays) == (20, 20)
    assert len(explained.facts) <= 2
    assert explained.rows, "its steps can be looked at"
    chooser, late = order_of(found)
    _, came = answer_of(Child(in_order(call, chooser, late, most=found.steps)))
    assert came["fault"][0] == found.fault.key
    assert schedule_of(found.token).log.steps == found.steps
    told = plain(report(verdict, 100))
    assert "1. livelock: tasks go on for ever: main at program.py:19" in told
    assert "the same state again after 1 step" in told

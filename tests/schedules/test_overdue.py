"""Replaying runs in which Trio's own code looks at the clock in the middle of a step."""

from __future__ import annotations

import time

import pytest
import trio

from stepdbg._trio_internals import patches
from tests.schedules.replaying import Played, play
from tests.schedules.test_replay import same

HEAD = """
import trio
import trio.testing

async def other():
    for _ in range(4):
        await trio.lowlevel.checkpoint()

async def main():
    start = trio.current_time()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(other)
        await look(start)

async def look(start):
"""

# What `work` does takes real time, and none in a replay, so the clock says something else there.
CASES = {
    "move_on_after(0)": """
    with trio.move_on_after(0) as scope:
        await trio.sleep_forever()
    print(scope.cancelled_caught)
""",
    "a tiny timeout": """
    for _ in range(20):
        with trio.move_on_after(1e-7) as scope:
            await trio.lowlevel.checkpoint()
        print(scope.cancelled_caught)
""",
    "move_on_at(past)": """
    work()
    with trio.move_on_at(start + 0.01) as scope:
        await trio.lowlevel.checkpoint()
        print("not here")
    print(scope.cancelled_caught)
""",
    "fail_at(past)": """
    work()
    try:
        with trio.fail_at(start + 0.01):
            await trio.lowlevel.checkpoint()
    except trio.TooSlowError:
        print("too slow")
""",
    "sleep_until(past)": """
    work()
    await trio.sleep_until(start + 0.01)
    print("slept")
""",
    "a deadline of -inf": """
    with trio.CancelScope(deadline=-float("inf")) as scope:
        await trio.sleep_forever()
    print(scope.cancelled_caught)
""",
    "cancel_called": """
    with trio.move_on_after(0.01) as scope:
        print(scope.cancel_called)
        work()
        print(scope.cancel_called)
        await trio.lowlevel.checkpoint()
        print("not here")
    print(scope.cancelled_caught)
""",
    "cancel_called of a scope that is not entered": """
    scope = trio.CancelScope(deadline=start + 0.01)
    print(scope.cancel_called)
    work()
    print(scope.cancel_called)
    with scope:
        await trio.lowlevel.checkpoint()
        print("not here")
""",
    "cancel_called, read again and again": """
    with trio.move_on_after(0.01) as scope:
        rounds = 0
        while not scope.cancel_called:
            rounds += 1
        await trio.lowlevel.checkpoint()
    print(rounds)
""",
    "scopes entered again and again": """
    rounds = 0
    while True:
        with trio.move_on_at(start + 0.01) as scope:
            rounds += 1
        if scope.cancel_called:
            break
    print(rounds)
    await trio.lowlevel.checkpoint()
""",
    "a deadline set to the past": """
    with trio.CancelScope() as scope:
        scope.deadline = start - 1
        await trio.lowlevel.checkpoint()
        await trio.lowlevel.checkpoint()
        print("not here")
    print(scope.cancelled_caught)
""",
    "a deadline set to the past, and looked at": """
    with trio.CancelScope() as scope:
        scope.deadline = start - 1
        print(scope.cancel_called)
        await trio.lowlevel.checkpoint()
        print("not here")
""",
    "a deadline set to later": """
    with trio.move_on_after(0.01) as scope:
        work()
        scope.deadline = start + 1000
        print(scope.cancel_called)
        await trio.lowlevel.checkpoint()
        print("here")
""",
    "relative_deadline of an entered scope": """
    with trio.CancelScope() as scope:
        scope.relative_deadline = 0
        print(scope.cancel_called)
        await trio.lowlevel.checkpoint()
        print("not here")
""",
    "relative_deadline before": """
    scope = trio.CancelScope()
    scope.relative_deadline = 0.01
    with scope:
        work()
        await trio.lowlevel.checkpoint()
        await trio.lowlevel.checkpoint()
        print("not here")
    print(scope.cancelled_caught)
""",
    "a shield within a scope that is late": """
    with trio.move_on_after(0.01) as outer:
        with trio.move_on_after(0.01, shield=True) as inner:
            work()
            inner.shield = False
            await trio.lowlevel.checkpoint()
            print("not here")
        print(inner.cancelled_caught)
        await trio.lowlevel.checkpoint()
        print("not here")
    print(outer.cancelled_caught)
""",
    "cancelling a scope around one that is late": """
    with trio.CancelScope() as outer:
        with trio.move_on_after(0.01, shield=True) as inner:
            work()
            outer.cancel()
            await trio.lowlevel.checkpoint()
            print("not here")
        print(inner.cancelled_caught)
        await trio.lowlevel.checkpoint()
        print("not here")
    print(outer.cancelled_caught)
""",
    "cancelling children of which some are late": """
    async def child(seconds):
        with trio.move_on_after(seconds, shield=True) as scope:
            await trio.sleep(0.03)
        print(seconds, scope.cancelled_caught)

    async with trio.open_nursery() as nursery:
        for seconds in (0.005, 0.006, 0.04, 0.05):
            nursery.start_soon(child, seconds)
        await trio.lowlevel.checkpoint()
        work()
        nursery.cancel_scope.cancel()
""",
    "cancelling a late scope of another task, around a late one": """
    scopes, entered = {}, trio.Event()

    async def child():
        with trio.move_on_after(0.03) as scopes["outer"]:
            with trio.move_on_after(1) as scopes["middle"]:
                entered.set()
                await trio.sleep(0.04)
        print(scopes["middle"].cancel_called, scopes["outer"].cancelled_caught)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(child)
        await entered.wait()
        work(0.05)
        scopes["outer"].cancel()
""",
    "cancelling a late scope of another task, around a late shield": """
    scopes, entered = {}, trio.Event()

    async def child():
        with trio.move_on_after(0.03) as scopes["outer"]:
            with trio.move_on_after(0.04, shield=True) as scopes["inner"]:
                entered.set()
                with trio.CancelScope(shield=True):
                    await trio.sleep(0.08)
        print(scopes["inner"].cancel_called)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(child)
        await entered.wait()
        work(0.05)
        scopes["outer"].cancel()
""",
    "cancelling late scopes when all else is blocked": """
    async def child():
        await trio.sleep(0.02)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(child)
        nursery.start_soon(child)
        await trio.testing.wait_all_tasks_blocked()
        work(0.05)
        nursery.cancel_scope.cancel()
""",
    "scopes in the wrong order by a moment": """
    work(0.008)
    with trio.move_on_at(start + 0.014) as first:
        with trio.move_on_after(0.008) as second:
            await trio.sleep_forever()
        print(second.cancelled_caught)
        await trio.lowlevel.checkpoint()
    print(first.cancelled_caught)
""",
    "a scope entered by a child that is started": """
    async def child(task_status):
        work()
        with trio.move_on_at(start + 0.01) as scope:
            task_status.started(scope)
            await trio.sleep(0.01)
        print(scope.cancelled_caught)

    async with trio.open_nursery() as nursery:
        scope = await nursery.start(child)
        print(scope.cancel_called)
""",
    "a deadline of another task, set to the past and found late in the same step": """
    scopes, entered = {}, trio.Event()

    async def child():
        with trio.CancelScope() as scopes["outer"]:
            entered.set()
            await trio.sleep_forever()
        print(scopes["outer"].cancelled_caught)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(child)
        await entered.wait()
        scopes["outer"].deadline = start - 1
        scopes["outer"].shield = True
        await trio.lowlevel.checkpoint()
        print("after", scopes["outer"].cancel_called)
""",
    "a late deadline of another task, found after a checkpoint of the finder": """
    with trio.move_on_after(1) as around:
        async def child():
            await trio.lowlevel.checkpoint()
            print("child goes on")
            around.shield = True
            await trio.lowlevel.checkpoint()
            print("not here")

        async with trio.open_nursery() as nursery:
            nursery.start_soon(child)
            await trio.lowlevel.checkpoint()
            around.deadline = start
    print(around.cancelled_caught)
""",
    "many late scopes around a cancelled one": """
    scopes = {}

    async def child(number):
        with trio.move_on_after(0.01) as scopes[number]:
            with trio.move_on_after(0.01, shield=True):
                await trio.sleep(1)
        print(number, scopes[number].cancelled_caught)

    async with trio.open_nursery() as nursery:
        for number in range(6):
            nursery.start_soon(child, number)
        await trio.lowlevel.checkpoint()
        await trio.lowlevel.checkpoint()
        work()
        with trio.move_on_at(start + 0.01) as own:
            nursery.cancel_scope.cancel()
            print(own.cancel_called)
            await trio.lowlevel.checkpoint()
            print("not here")
""",
    "nothing is late": """
    with trio.fail_after(1000) as scope:
        for _ in range(3):
            await trio.sleep(0.001)
            print(scope.cancel_called)
    with trio.move_on_at(start + 1000):
        await trio.lowlevel.checkpoint()
""",
}


def replayed(source: str) -> Played:
    first = play(source, work=lambda seconds=0.012: time.sleep(seconds))
    for _ in range(5):
        same(first, play(source, first.line, work=lambda _=0.0: None))
    return first


@pytest.mark.parametrize("case", CASES)
def test_what_scopes_find_on_the_clock(case: str) -> None:
    first = replayed(HEAD + CASES[case])
    assert "not here" not in first.output
    assert "Error" not in first.output


def test_the_log_says_at_which_looks() -> None:
    first = play(HEAD + CASES["cancel_called"], work=lambda: time.sleep(0.012))
    assert [each for each in first.turns() if each.startswith("LOOK")] != []
    cancelled = play(HEAD + CASES["a deadline of -inf"])  # whatever the clock says
    assert not any(each.startswith("LOOK") for each in cancelled.turns())
    silent = play(HEAD + CASES["nothing is late"], work=lambda: None)
    assert not any(each.startswith("LOOK") for each in silent.turns())


def test_trio_has_its_own_function_again() -> None:
    play(HEAD + CASES["move_on_after(0)"])
    assert trio._core._run.current_time is trio.current_time
    assert patches._looks.of == {}

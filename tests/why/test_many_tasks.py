"""`why -a` of very many tasks: nothing is done for each pair of them.

What is counted is calls, which do not depend on how busy the machine is.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable
from itertools import pairwise
from types import FrameType

import pytest
import trio
import trio.testing

from stepdbg._trio_internals import runs, tasks
from stepdbg.engine import judging
from stepdbg.engine.running.onlooking import run_here
from stepdbg.model.facts import TaskNumber
from stepdbg.model.replies import Why
from stepdbg.model.waits import Explanation
from stepdbg.render.explanations import render_why

Waiter = Callable[[], Awaitable[object]]
SIZES = (30, 60, 90)
TOLERATED = 1.12
"""What is looked for among at most 300 tasks may take a little more with each."""

JUDGING = os.path.dirname(judging.__file__)


def asked() -> tuple[int, list[Explanation]]:
    """The answer about all tasks, with its text, and how many calls it takes."""
    inspector = run_here(None)
    assert inspector is not None
    living = runs.living_tasks(inspector._live_run().runner)
    numbers = [TaskNumber(tasks.number(task)) for task in living]
    calls = 0

    def count(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        elsewhere = frame.f_code.co_filename.startswith(JUDGING)  # looks at 300 tasks at most
        calls += event in ("call", "c_call") and not elsewhere

    sys.setprofile(count)
    try:
        found = list(inspector.whys(numbers, once=True))
        render_why(Why(tuple(found)), 80)
    finally:
        sys.setprofile(None)
    return calls, found


async def one_event() -> Waiter:
    """All wait for one Event, which the task that opened their nursery has."""
    return trio.Event().wait


async def one_lock() -> Waiter:
    """All want one Lock, which a task that has not to do with them has."""
    lock = trio.Lock()
    await lock.acquire()
    return lock.acquire


async def one_channel() -> Waiter:
    """All have both ends of one channel and want to receive from it."""
    send, receive = trio.open_memory_channel[int](0)

    async def both() -> None:
        await receive.receive()
        await send.send(1)

    return both


async def one_condition() -> Waiter:
    """All wait for one Condition."""
    condition = trio.Condition()

    async def wait() -> None:
        async with condition:
            await condition.wait()

    return wait


async def one_semaphore() -> Waiter:
    """All wait for one Semaphore that is used up."""
    return trio.Semaphore(0).acquire


async def one_limiter() -> Waiter:
    """All want the token of a limiter that somebody else has."""
    limiter = trio.CapacityLimiter(1)
    limiter.acquire_on_behalf_of_nowait("somebody else")
    return limiter.acquire


async def their_nurseries() -> Waiter:
    """Each waits for a child of its own, which waits for the Event of all."""
    event = trio.Event()

    async def parent() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(event.wait)

    return parent


WAITS = [
    *(one_event, one_lock, one_channel, one_condition, one_semaphore, one_limiter),
    their_nurseries,
]


def calls_of(make: Callable[[], Awaitable[Waiter]], count: int) -> int:
    """How many calls the answer takes with so many tasks that wait."""
    taken: list[int] = []

    async def look(scope: trio.CancelScope) -> None:
        await trio.testing.wait_all_tasks_blocked()
        calls, found = asked()
        assert len(found) > count
        taken.append(calls)
        scope.cancel()

    async def main() -> None:
        wait = await make()
        async with trio.open_nursery() as nursery:
            for _ in range(count):
                nursery.start_soon(wait)
            nursery.start_soon(look, nursery.cancel_scope)

    trio.run(main)
    return taken[0]


@pytest.mark.parametrize("make", WAITS)
def test_twice_as_many_tasks_take_twice_as_many_calls(
    make: Callable[[], Awaitable[Waiter]],
) -> None:
    calls_of(make, 5)  # what is worked out once for all is not counted
    calls = [calls_of(make, size) for size in SIZES]
    first, second = (after - before for before, after in pairwise(calls))
    print(make.__name__, calls, round(second / first, 3))
    assert second <= TOLERATED * first, calls

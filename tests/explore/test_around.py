"""Code that begins runs itself: which of them is explored, and what of a host that waits."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any

import anyio
import pytest
import pytest_trio.plugin  # type: ignore[import-untyped]
import trio
from anyio._backends._trio import TestRunner as AnyioRunner
from outcome import Outcome

from stepdbg._trio_internals.finding import host_waits
from stepdbg._trio_internals.runs import current_runner
from stepdbg.engine.exploring.calls import Around
from stepdbg.engine.exploring.choosers import Following
from stepdbg.engine.exploring.explored import ExploredRun
from stepdbg.engine.exploring.trying import try_once
from stepdbg.launcher.exploring.children import Child, Said, answer_of
from stepdbg.launcher.exploring.search import NO_RUN, Search
from stepdbg.launcher.exploring.wish import ExploreWish
from stepdbg.launcher.pytest_steady import order_fixtures
from stepdbg.model.exploring import VerdictKind
from stepdbg.model.records import replace

WISH = ExploreWish(schedules=30, seconds=None, explains=False)


async def two_steps() -> None:
    for _ in range(2):
        await trio.lowlevel.checkpoint()


async def children() -> None:
    async with trio.open_nursery() as nursery:
        for _ in range(3):
            nursery.start_soon(two_steps)


def lost_update() -> None:
    """Fails in some orders, in its second run."""
    balance = 0

    async def add() -> None:
        nonlocal balance
        seen = balance
        await trio.lowlevel.checkpoint()
        balance = seen + 1

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            for _ in range(2):
                nursery.start_soon(add)
                for _ in range(2):
                    await trio.lowlevel.checkpoint()

    trio.run(trio.sleep, 3_600)  # in no time
    trio.run(main)
    assert balance == 2


def test_one_of_several_runs_is_explored() -> None:
    every = replace(WISH, strategy="exhaustive")
    first = Search(Around(lambda _: lost_update(), 1), every).verdict()
    assert (first.kind, first.distinct) == (VerdictKind.BUDGET, 1)
    (doubt,) = first.notes
    assert "only one of several runs is explored" in doubt
    alone = Search(Around(lambda _: trio.run(two_steps)), every).verdict()
    assert alone.kind is VerdictKind.EXHAUSTED
    second = Search(Around(lambda _: lost_update(), 2), WISH).verdict()
    (found,) = second.faults
    assert found.fault.title.startswith("AssertionError at test_around.py:")
    third = Search(Around(lambda _: lost_update(), 3), WISH).verdict()
    assert third.notes == (NO_RUN,)


def test_runs_of_other_threads_are_left_alone() -> None:
    times = []

    async def tells() -> None:
        before = trio.current_time()
        await children()
        times.append(before)

    def does(_: Callable[[], bool]) -> None:
        thread = threading.Thread(target=trio.run, args=(tells,))
        thread.start()
        thread.join()
        trio.run(tells)

    tried = try_once(Around(does), Following(()), 0)
    assert tried.fault is None
    assert {str(who) for who in tried.log} == {"main", "main/0", "main/1", "main/2"}
    theirs, ours = times
    assert ours == 1_000, "the clock of a run that is explored"
    assert theirs != ours


def in_child(told: Callable[[], tuple[object, ...]]) -> Said:
    """What a function tells in a fork: a run that is given up leaves things behind."""
    return answer_of(Child(lambda say: say(told())))


def test_a_run_that_is_given_up_is_told_at_once() -> None:
    given_up = []

    def does(is_given_up: Callable[[], bool]) -> None:
        given_up.append(is_given_up())
        try:
            trio.run(trio.sleep_forever)  # the first one, which is not explored
        finally:
            given_up.append(is_given_up())

    def tried() -> tuple[object, ...]:
        return try_once(Around(does, 2), Following(()), 0).cut, given_up

    assert in_child(tried) == ("idle", [False, True])


def break_down() -> tuple[object, ...]:
    """A guest run is cut after ten steps: why, what its host is told, and what it has to catch."""
    calls: queue.Queue[Callable[[], object]] = queue.Queue()
    ended: list[Outcome[None]] = []

    async def never_ends() -> None:
        while True:
            await trio.lowlevel.checkpoint()

    run = ExploredRun(Following(()), 10, lambda: False)
    trio.lowlevel.start_guest_run(
        never_ends,
        run_sync_soon_threadsafe=calls.put,
        done_callback=ended.append,
        instruments=[run],
    )
    try:
        while True:
            calls.get(timeout=10)()
    except BaseException as error:
        return run.ended, [type(each).__name__ for each in ended], type(error).__name__


def test_the_host_of_a_guest_hears_that_it_breaks_down() -> None:
    """It would wait for ever for what the run was to do: AnyIO's test runner is such a host."""
    assert in_child(break_down) == ("cut", ["Error"], "TrioInternalError")


def test_which_hosts_wait() -> None:
    waits: list[bool] = []

    async def look() -> None:
        runner = current_runner()
        assert runner is not None
        waits.append(host_waits(runner))
        await anyio.sleep(0)

    trio.run(look)
    with AnyioRunner() as anyio_runner:
        anyio_runner.run_test(look, {})
        idle = current_runner()
        assert idle is not None
        waits.append(host_waits(idle))  # it has nothing to do until the next test
    calls: queue.Queue[Callable[[], object]] = queue.Queue()
    ended: list[object] = []
    trio.lowlevel.start_guest_run(
        look, run_sync_soon_threadsafe=calls.put, done_callback=ended.append
    )
    while not ended:
        calls.get(timeout=10)()
    assert waits == [True, True, False, False]


def fixtures_in_order() -> tuple[list[str], list[int]]:
    """What pytest-trio would start for a test with six fixtures, and in which order it awaits."""
    fixture = pytest_trio.plugin.TrioFixture
    made = {f"fixture_{number}": fixture(f"fixture {number}", None, {}) for number in range(6)}
    test = fixture("test", None, made, is_test=True)
    shared = fixture("shared", None, {})
    for each in made.values():
        each._pytest_kwargs = {"shared": shared}
    names = [each.name for each in test.register_and_collect_dependencies()]
    done = [each._teardown_done for each in made.values()]
    return names, [done.index(event) for event in shared.user_done_events]


def test_fixtures_of_pytest_trio_come_in_the_same_order() -> None:
    restore = order_fixtures()
    try:
        kept, orders = [], []
        for size in range(40):  # each at other addresses
            kept.append([object() for _ in range(size)])
            orders.append(fixtures_in_order())
    finally:
        restore()
    assert all(order == orders[0] for order in orders)
    assert len(orders[0][0]) == 8
    assert orders[0][1] == sorted(orders[0][1])
    assert pytest_trio.plugin.TrioFixture.__hash__ is object.__hash__


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0, 0, 1, 1), (1, 1, 0, 0)])
def test_the_order_of_fixtures_is_taken_back_by_the_last_who_needs_it(
    order: tuple[int, ...],
) -> None:
    fixture = pytest_trio.plugin.TrioFixture
    before = dict(vars(fixture))
    restores = [order_fixtures(), order_fixtures()]
    try:
        for each in order:
            assert vars(fixture).get("__hash__") is not before.get("__hash__")
            if each == order[-1]:
                break
            restores[each]()
    finally:
        restores[0]()
        restores[1]()
    assert dict(vars(fixture)) == before


def test_what_somebody_else_changed_meanwhile_stays() -> None:
    fixture = pytest_trio.plugin.TrioFixture
    original = fixture.__init__
    restore = order_fixtures()
    ours = fixture.__init__

    def theirs(self: Any, *arguments: Any) -> None:
        ours(self, *arguments)

    fixture.__init__ = theirs
    try:
        restore()
        assert fixture.__init__ is theirs
        assert isinstance(fixture("one", None, {}).user_done_events, set)
        assert fixture.__hash__ is object.__hash__
    finally:
        fixture.__init__ = original

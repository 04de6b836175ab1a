"""A search of all orders: it comes to each one once, and says so only where that is certain."""

from __future__ import annotations

import itertools
from collections import Counter
from math import factorial, prod
from typing import Any

import pytest
import trio
from trio.testing import MockClock

import stepdbg
from stepdbg.engine.exploring.calls import call_of
from stepdbg.engine.exploring.exhaustive import Exhaustive
from stepdbg.engine.exploring.portfolio import Portfolio
from stepdbg.engine.exploring.trying import try_once
from stepdbg.launcher.exploring.search import Search
from stepdbg.launcher.exploring.wish import wish_of
from stepdbg.model.exploring import Verdict, VerdictKind
from stepdbg.model.facts import LogicalId
from stepdbg.model.records import replace
from tests.explore import programs
from tests.explore.shapes import SHAPES, apart, burst
from tests.explore.test_choosers import order_of, tasks
from tests.explore.test_function import main_of
from tests.explore.test_late import LOSES

A, B, C = (LogicalId("main", (place,)) for place in range(3))


def every_log(main: Any, *arguments: object) -> list[tuple[LogicalId, ...]]:
    """Who steps in each schedule of a search of all, in this process."""
    chooser = Exhaustive()
    found: list[tuple[LogicalId, ...]] = []
    while not chooser.exhausted:
        found.append(try_once(call_of(main, arguments), chooser, len(found)).log)
    assert (chooser.tried, chooser.doubt) == (len(found), "")
    return found


def explored(main: Any, *arguments: object, budget: int = 3_000, **wish: Any) -> Verdict:
    asked = wish_of(budget, 0, 1, wish.pop("strategy", "exhaustive"), **wish)
    asked = replace(asked, explains=False)
    return Search(call_of(main, arguments), asked, lambda *_: None).verdict()


def steps_of(*counts: int) -> Any:
    """Tasks that do something at each of so many steps, started in a burst."""

    async def main() -> None:
        done: list[int] = []

        async def work(count: int) -> None:
            for _ in range(count - 1):
                done.append(count)
                await trio.lowlevel.checkpoint()
            done.append(count)

        async with trio.open_nursery() as nursery:
            for count in counts:
                nursery.start_soon(work, count)

    return main


@pytest.mark.parametrize("counts", [(1,), (2, 2), (3, 3), (1, 2, 3), (2, 2, 2), (1, 1, 1, 1)])
def test_the_orders_of_independent_tasks_are_a_multinomial(counts: tuple[int, ...]) -> None:
    logs = every_log(steps_of(*counts))
    assert len(logs) == factorial(sum(counts)) // prod(map(factorial, counts))
    assert len(set(logs)) == len(logs)


def test_tasks_started_one_after_the_other() -> None:
    """A task of two steps beside a main task that starts one of one step after a checkpoint."""

    async def main() -> None:
        done = [0]

        async def two() -> None:
            done[0] += 1
            await trio.lowlevel.checkpoint()
            done[0] += 1

        async def one() -> None:
            done[0] += 1

        async with trio.open_nursery() as nursery:
            nursery.start_soon(two)
            await trio.lowlevel.checkpoint()
            done[0] += 1
            nursery.start_soon(one)

    # After its first step the main task has one more, before that of B: M B among the two of A.
    # Then it waits, and goes on when both have ended; where it comes to the end of its block after
    # A has ended, B is still there.
    orders = {
        "".join(each)
        for each in itertools.permutations("AAMB")
        if each.index("M") < each.index("B")
    }
    letters = {A: "A", B: "B", LogicalId("main"): "M"}
    found = ["".join(letters[who] for who in log) for log in every_log(main)]
    assert len(found) == len(set(found)) == len(orders) == 6
    assert set(found) == {f"M{each}M" for each in orders}


def test_silent_steps_are_no_choices() -> None:
    """Two tasks that go from checkpoint to checkpoint: of 6!/(3!3!) orders only 2 differ."""

    async def main() -> None:
        done: list[int] = []

        async def work(number: int) -> None:
            await trio.lowlevel.checkpoint()
            await trio.lowlevel.checkpoint()
            done.append(number)

        async with trio.open_nursery() as nursery:
            nursery.start_soon(work, 1)
            nursery.start_soon(work, 2)

    assert len(every_log(main)) == 2


@pytest.mark.parametrize("start", [burst, apart])
def test_small_twins_come_out_exhausted(start: object) -> None:
    small = ["lost update", "account", "lock order", "stack", "event swap", "semaphore barging"]
    for name in (*small, "two-stage", "clone closed", "cancelled clean-up"):
        verdict = explored(SHAPES[name], start, True)
        assert verdict.kind is VerdictKind.EXHAUSTED, (name, verdict)
        assert str(verdict) == f"exhausted: no failure in all {verdict.schedules} schedules"
        assert (verdict.every, verdict.distinct) == (verdict.schedules, verdict.schedules)
        assert verdict.status == 0


@pytest.mark.parametrize("name", ["lost update", "lock order", "token ring", "clone closed"])
def test_what_is_wrong_is_found(name: str) -> None:
    verdict = explored(SHAPES[name], apart, False)
    assert verdict.kind is VerdictKind.FAILED
    assert verdict.status == 1


def test_a_portfolio_turns_to_it_where_there_is_room() -> None:
    room = explored(SHAPES["two-stage"], apart, True, strategy="portfolio", budget=400)
    assert str(room) == "exhausted: no failure in all 74 schedules"
    assert 148 <= room.schedules <= 250, "by turns with others"
    none = explored(SHAPES["two-stage"], apart, True, strategy="portfolio", budget=100)
    assert str(none) == "budget ended after 100, not exhausted"


def test_the_estimate_is_near_the_number_of_orders() -> None:
    """Two tasks of five steps: 252 orders."""
    program = tasks(5, 5)
    estimates = []
    for seed in range(20):
        rooms: list[float] = []
        chooser = Portfolio(seed)
        chooser.room = lambda number: 1e9 if number == 20 else 0
        for number in range(20):
            order_of(chooser, number, program)
            if number == 18:
                memory = chooser.memory()["estimate"]
                rooms.append(memory[0] / memory[1])
        assert chooser.searches_all
        estimates += rooms
    assert 150 < sum(estimates) / len(estimates) < 400
    assert all(60 < each < 900 for each in estimates)


TOUCHES = {
    "random": "random.random()",
    "choice": "random.choice([1, 2])",
    "time": "time.time()",
    "monotonic": "time.monotonic()",
    "now": "datetime.datetime.now()",
    "id": "id(object())",
    "urandom": "os.urandom(1)",
    "uuid": "uuid.uuid4()",
    "thread": "await trio.to_thread.run_sync(int)",
    "own thread": "(t := threading.Thread(target=int)).start(), t.join()",
    "socket": "[each.close() for each in socket.socketpair()]",
    "process": "await trio.run_process(['true'])",
    "idle": "await trio.testing.wait_all_tasks_blocked(0.001)",
}


def in_one_order_of_two(doing: str) -> Any:
    """A program that does something in one of its two orders only."""
    return main_of(f"""
import datetime, os, random, socket, threading, time, uuid
import trio, trio.testing

async def main():
    done = []

    async def one():
        done.append(1)

    async def other():
        if done:
            {doing}

    async with trio.open_nursery() as nursery:
        nursery.start_soon(other)
        nursery.start_soon(one)
""")


@pytest.mark.parametrize("name", TOUCHES)
def test_what_no_order_controls_is_no_proof(name: str) -> None:
    verdict = explored(in_one_order_of_two(TOUCHES[name]), budget=20)
    assert verdict.kind is VerdictKind.BUDGET, verdict
    (note,) = verdict.notes
    assert note.startswith("the search of all orders ended, but there may be more: a run ")


def test_the_same_program_without_it_is_exhausted() -> None:
    verdict = explored(in_one_order_of_two("pass"))
    assert str(verdict) == "exhausted: no failure in all 2 schedules"


def test_random_numbers_with_a_seed_are_controlled() -> None:
    source = """
import random, trio

async def main():
    random.seed(5)
    assert random.random() < 1
    assert random.choice([1, 2]) < 3
"""
    assert str(explored(main_of(source))) == "exhausted: no failure in the only schedule"


def test_an_order_that_cannot_be_controlled_is_no_proof() -> None:
    """A clock of the program's own; what one run leaves to the next; a run that does not end."""

    async def sleeps() -> None:
        await trio.sleep(1)

    left: list[int] = []

    async def leaves() -> None:
        left.append(1)
        async with trio.open_nursery() as nursery:
            for _ in range(1 + len(left) % 2):
                nursery.start_soon(trio.lowlevel.checkpoint)

    with_clock = call_of(sleeps, ())._replace(options={"clock": MockClock(autojump_threshold=0)})
    own = Search(with_clock, wish_of(20, 0, 1, "exhaustive"), lambda *_: None).verdict()
    assert (own.kind, explored(sleeps).kind) == (VerdictKind.BUDGET, VerdictKind.EXHAUSTED)
    assert "a clock of the program's own" in own.notes[0]
    assert explored(leaves, budget=20).kind is VerdictKind.BUDGET
    endless = explored(main_of(programs.SERVES_FOR_EVER), budget=5)
    assert endless.kind is VerdictKind.BUDGET
    assert "a schedule was cut" in endless.notes[0]


def test_a_program_that_polls_has_no_end_of_orders() -> None:
    verdict = explored(main_of(programs.POLLS), budget=50)
    assert str(verdict) == "budget ended after 50, not exhausted"


def test_other_tasks_after_the_same_steps_are_a_doubt() -> None:
    chooser = Exhaustive()
    order_of(chooser, 0, tasks(2, 2))
    order_of(chooser, 1, tasks(2, 2))
    assert chooser.doubt == ""
    order_of(chooser, 2, tasks(2, 2, 1))
    assert chooser.doubt == "after the same steps, the tasks that could step were not the same"


def test_a_cause_says_more_than_a_sign() -> None:
    chooser = Exhaustive()
    order_of(chooser, 0, tasks(2, 2))
    chooser.doubts("a run waited for a process")
    order_of(chooser, 1, tasks(2, 2, 1))
    assert chooser.doubt == "a run waited for a process"
    chooser = Exhaustive()
    order_of(chooser, 0, tasks(2, 2))
    order_of(chooser, 1, tasks(2, 2, 1))
    assert chooser.doubt == "after the same steps, the tasks that could step were not the same"
    chooser.doubts("a run waited for a process")
    assert chooser.doubt == "a run waited for a process"


def test_with_late_steps_deadlines_are_choices() -> None:
    with pytest.raises(AssertionError):
        stepdbg.explore(main_of(LOSES), budget=300, late=1, strategy="exhaustive")
    right = LOSES.replace("            await trio.lowlevel.checkpoint()\n", "")
    on_time = explored(main_of(right))
    late = explored(main_of(right), late=1)
    assert (on_time.kind, late.kind) == (VerdictKind.EXHAUSTED, VerdictKind.EXHAUSTED)
    assert late.schedules > on_time.schedules


def test_each_order_of_a_counted_program_comes_once() -> None:
    chooser, found = Exhaustive(), Counter[str]()
    while not chooser.exhausted:
        found[order_of(chooser, len(found), tasks(2, 2, 1))] += 1
    assert set(found) == {"".join(each) for each in itertools.permutations("00112")}
    assert set(found.values()) == {1}

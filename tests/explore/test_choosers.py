"""Choosers by themselves: which orders they choose of a program that is only counted."""

from __future__ import annotations

import itertools
import random
from collections import Counter

import pytest

from stepdbg.engine.exploring.choosers import Chooser, Delays, Following, UniformWalk
from stepdbg.engine.exploring.portfolio import STRATEGIES, Portfolio, chooser_named
from stepdbg.launcher.exploring import wish
from stepdbg.model.errors import BadUsage
from stepdbg.model.facts import LogicalId

MAIN = LogicalId("main")


def tasks(*steps: int) -> dict[LogicalId, int]:
    """Tasks that only step, so many times each."""
    return {LogicalId("main", (place,)): each for place, each in enumerate(steps)}


def order_of(chooser: Chooser, number: int, program: dict[LogicalId, int]) -> str:
    """The order of one schedule, a digit for each step."""
    chooser.begin(number)
    left, ready, out, choices = dict(program), list(program), "", 0
    last: LogicalId | None = None
    while ready:
        if chooser.stays and last in ready:
            ready.remove(last)
            ready.insert(0, last)
        place = 0
        if len(ready) > 1:
            choices += 1
            place = chooser.choose(ready)
        last = ready.pop(place)
        chooser.stepped(last)
        out += str(last.path[0])
        left[last] -= 1
        if left[last]:
            ready.append(last)
    chooser.end(Counter(program), choices)
    return out


def test_the_default_order_is_first_in_first_out() -> None:
    assert order_of(Chooser(), 0, tasks(2, 2, 1)) == "01201"


@pytest.mark.parametrize("name", STRATEGIES)
def test_the_same_seed_gives_the_same_orders(name: str) -> None:
    """Also where another process takes over in the midst of it."""
    program = tasks(3, 2, 4)
    first = chooser_named(name, 7, 1)
    orders = [order_of(first, number, program) for number in range(40)]
    again, later = chooser_named(name, 7, 1), chooser_named(name, 7, 1)
    assert [order_of(again, number, program) for number in range(20)] == orders[:20]
    later.remember(again.memory())
    assert [order_of(later, number, program) for number in range(20, 40)] == orders[20:]
    assert len(set(orders)) > 5


def test_other_seeds_give_other_orders() -> None:
    program = tasks(3, 3, 3)
    by_seed = {
        tuple(order_of(chooser_named("rw", seed, 0), number, program) for number in range(5))
        for seed in range(10)
    }
    assert len(by_seed) == 10


def test_delays_try_each_order_with_few_delays() -> None:
    program = tasks(2, 2)
    chooser = Delays(most=1)
    orders: list[str] = []
    while not chooser.exhausted:
        orders.append(order_of(chooser, len(orders), program))
    # No delay, and then one at each of the places where there is a choice.
    assert orders[0] == "0011"
    assert set(orders) == {"0011", "1100", "0110"}
    assert chooser.finished == (1, 3)


def test_delays_come_to_every_order_in_the_end() -> None:
    program = tasks(2, 2, 1)
    every = {"".join(each) for each in itertools.permutations("00112")}
    chooser, found = Delays(), set()
    for number in range(200):
        found.add(order_of(chooser, number, program))
    assert found == every


def test_a_uniform_walk_learns_how_many_steps_are_left() -> None:
    """With one short task and a long one, a random walk nearly always ends the short one early."""
    program = tasks(1, 9)
    walk = UniformWalk(3)
    places = Counter(order_of(walk, number, program).index("0") for number in range(2_000))
    # Ten places, each of them equally likely: 200 times, within six standard deviations.
    assert set(places) == set(range(10))
    assert all(120 < places[place] < 280 for place in range(1, 10))


def test_a_uniform_walk_weighs_as_if_it_looked_each_up() -> None:
    """What it keeps of the last choice changes nothing, also where a task has no choice."""
    whole = {who: 2 + 3 * place for place, who in enumerate(tasks(1, 1, 1, 1))}
    walk, program = UniformWalk(1), random.Random(5)
    walk.end(whole, 8)
    for number in range(200):
        walk.begin(number)
        chance, left = random.Random(1_000_003 + number), dict(whole)
        ready, waiting = list(whole), list[LogicalId]()
        for _ in range(15):
            place = 0
            if len(ready) > 1 and program.random() < 0.2:  # a silent step
                place = program.randrange(len(ready))
            elif len(ready) > 1:
                limits = list(itertools.accumulate(left[who] for who in ready))
                at = chance.random() * limits[-1]
                place = next(each for each, limit in enumerate(limits) if at < limit)
                assert walk.choose(ready) == place
            who = ready.pop(place)
            walk.stepped(who)
            left[who] = max(1, left[who] - 1)
            (waiting if program.random() < 0.5 else ready).append(who)
            if not ready or program.random() < 0.3:
                ready += waiting
                waiting.clear()


def test_a_portfolio_takes_turns() -> None:
    """The default order first; the fourth and one in ten have few delays, in the first process."""
    program = tasks(2, 2)
    with_delays, without = Portfolio(5), Portfolio(5, first=False)
    assert order_of(with_delays, 0, program) == "0101"
    assert order_of(without, 0, program) == "0101"
    assert order_of(with_delays, 3, program) == "0011"
    assert [order_of(with_delays, 9 + 10 * n, program) for n in range(3)] == [
        "0011",
        "0110",
        "1100",
    ]
    assert without.memory()["delays"]["tried"] == 0


def test_an_order_is_followed_to_its_end() -> None:
    log = [LogicalId("main", (int(each),)) for each in "1001"]
    chooser = Following(log)
    assert order_of(chooser, 0, tasks(2, 2)) == "1001"
    assert not chooser.left
    assert order_of(other := Following(log), 0, tasks(1, 3)) == "1011"
    assert other.left


@pytest.mark.parametrize(
    ("text", "found"),
    [("5000", (5000, None)), ("30s", (None, 30.0)), ("1.5m", (None, 90.0)), ("0.1s", (None, 0.1))],
)
def test_budgets(text: str, found: tuple[int | None, float | None]) -> None:
    assert wish.budget("--budget", text) == found


@pytest.mark.parametrize("text", ["", "0", "-1", "s", "5h", "1e99s", "nans", "٣", "ms"])
def test_what_is_no_budget(text: str) -> None:
    with pytest.raises(BadUsage, match="number of schedules"):
        wish.budget("--budget", text)


def test_the_names_of_strategies_are_those_there_are() -> None:
    assert set(wish.STRATEGIES) == set(STRATEGIES)
    with pytest.raises(BadUsage, match="portfolio"):
        wish.strategy("--strategy", "luck")

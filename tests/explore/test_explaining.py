"""A failing schedule is made small, and the two steps are found whose order matters."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import trio

import stepdbg
from stepdbg.engine.exploring.calls import call_of
from stepdbg.engine.exploring.deviating import (
    Fact,
    FactChooser,
    FactFinder,
    earlier,
    fewest,
    later,
    moments_of,
    order_facts,
)
from stepdbg.launcher.exploring.pairs import exchanges
from stepdbg.launcher.exploring.search import Search
from stepdbg.launcher.exploring.wish import ExploreWish
from stepdbg.model.facts import LogicalId
from stepdbg.model.schedules import After, Moment
from tests.explore import programs
from tests.explore.test_choosers import order_of, tasks
from tests.explore.test_function import main_of, token_in
from tests.schedules.replaying import play


def ids(text: str) -> tuple[LogicalId, ...]:
    return tuple(LogicalId("main", (int(each),)) for each in text)


@pytest.mark.parametrize("order", ["001122", "210210", "120012", "012012"])
def test_facts_say_an_order(order: str) -> None:
    """Both kinds: order facts on first in, first out, and substitutions where a task stays."""
    program = tasks(2, 2, 2)
    assert order_of(FactChooser(order_facts(ids(order))), 0, program) == order
    finder = FactFinder(ids(order))
    assert order_of(finder, 0, program) == order
    assert order_of(FactChooser(finder.found, stays=True), 0, program) == order


def test_the_fewest_facts() -> None:
    facts: tuple[Fact, ...] = tuple(
        After(Moment(LogicalId("main"), n + 2), Moment(LogicalId("main"), n + 1)) for n in range(20)
    )
    asked: list[tuple[Fact, ...]] = []

    def fails(some: tuple[Fact, ...]) -> bool:
        asked.append(some)
        return facts[3] in some and facts[16] in some

    assert fewest(facts, fails) == (facts[3], facts[16])
    assert len(asked) < 60
    assert fewest(facts, lambda _: True) == ()


def test_a_step_comes_earlier_up_to_the_one_of_its_own_task() -> None:
    found = list(earlier(ids("10220"), 4))
    assert [(to, "".join(str(who.path[0]) for who in order)) for to, order in found] == [
        (3, "10202"),
        (2, "10022"),
    ]
    found = list(later(ids("10220"), 1))
    assert [(to, "".join(str(who.path[0]) for who in order)) for to, order in found] == [
        (2, "12020"),
        (3, "12200"),
    ]


def test_the_two_steps_of_a_lost_update() -> None:
    source = programs.LOST_UPDATE
    wish = ExploreWish(schedules=1_000, seconds=None)
    search = Search(call_of(main_of(source), ()), wish, lambda _n, _distinct, _seconds: None)
    (found,) = search.verdict().faults
    explained = found.explained
    assert explained is not None
    assert (explained.again, explained.replays) == (20, 20)
    assert len(explained.facts) <= 2 < explained.of
    assert explained.pair is not None
    moments = {str(each) for each in moments_of(ids("0011"))}
    assert {each.step for each in explained.pair} <= moments, "both are steps of `add`"
    again = play(source, found.token)
    assert again.left() == []
    assert "AssertionError" in again.output


def test_two_steps_that_come_after_others_of_their_tasks() -> None:
    """To exchange the last steps of two tasks, one of them comes later than all of the other."""

    async def main() -> None:
        order: list[int] = []

        async def note(number: int) -> None:
            await trio.lowlevel.checkpoint()
            order.append(number)

        async with trio.open_nursery() as nursery:
            nursery.start_soon(note, 1)
            nursery.start_soon(note, 2)
        assert order == [1, 2]

    search = Search(
        call_of(main, ()), ExploreWish(1_000, None), lambda _n, _distinct, _seconds: None
    )
    (found,) = search.verdict().faults
    assert found.explained is not None
    assert found.explained.pair is not None
    assert {each.step for each in found.explained.pair} == {"step 2 of main/0", "step 2 of main/1"}


def test_the_report_has_them() -> None:
    with pytest.raises(AssertionError) as raised:
        stepdbg.explore(main_of(programs.LOST_UPDATE), budget=1_000)
    (told,) = raised.value.__notes__
    assert "difference" in told
    assert "20 of 20 replays failed" in told
    assert "the order of two steps matters:" in told
    assert "program.py:" in told
    assert token_in(told)


def test_a_search_for_two_steps_ends_with_its_tries() -> None:
    """The steps of a long run are not moved about where no try is left, which would take hours."""
    log = ids("01" * 2_000)
    left = [5]

    def fails(order: Sequence[LogicalId], steps: int) -> bool | None:
        assert len(order) == len(log)
        left[0] -= 1
        return True if left[0] else None

    found = exchanges(log, order_facts(log), fails, lambda: not left[0], len(log))
    assert list(found) == []
    assert left == [0]

"""Deadlines that pass although tasks can step: what `late=` finds, and what it does not."""

from __future__ import annotations

import re
from typing import Any

import pytest
import trio

import stepdbg
from stepdbg.engine.exploring.calls import call_of
from stepdbg.engine.exploring.lateness import Lateness, as_before, by_chance, by_chooser
from stepdbg.engine.exploring.portfolio import Portfolio
from stepdbg.launcher.exploring.search import Search
from stepdbg.launcher.exploring.wish import wish_of
from stepdbg.model.exploring import Verdict, VerdictKind
from stepdbg.model.facts import LogicalId
from stepdbg.model.schedules import Moment
from tests.explore import programs
from tests.explore.shapes import apart, burst, timeout_loses_item
from tests.explore.test_function import main_of, token_in
from tests.schedules.replaying import play

A, B = LogicalId("main", (0,)), LogicalId("main", (1,))

LOSES = """
import trio

async def main():
    send, receive = trio.open_memory_channel(1)
    got = []

    async def put():
        await trio.sleep(0.8)
        await send.send(1)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(put)
        with trio.move_on_after(1):
            item = await receive.receive()
            await trio.lowlevel.checkpoint()
            got.append(item)
    print("got", got, receive.statistics().current_buffer_used)
    assert got or receive.statistics().current_buffer_used
"""


def explored(main: Any, *arguments: object, late: float, budget: int = 300) -> Verdict:
    wish = wish_of(budget, 0, 1, "portfolio", late)
    search = Search(call_of(main, arguments), wish, lambda _schedules, _distinct, _seconds: None)
    return search.verdict()


@pytest.mark.parametrize("start", [burst, apart])
def test_a_timeout_that_loses_an_item(start: object) -> None:
    """The least lateness is told, however much more is allowed."""
    assert explored(timeout_loses_item, start, False, late=0).faults == ()
    assert explored(timeout_loses_item, start, False, late=0.19).faults == ()
    assert explored(timeout_loses_item, start, True, late=1).faults == ()
    (found,) = explored(timeout_loses_item, start, False, late=2).faults
    assert found.late == pytest.approx(0.2)
    assert found.explained is not None
    assert (found.explained.again, found.explained.replays) == (20, 20)


def test_its_token_brings_it_back() -> None:
    with pytest.raises(AssertionError) as raised:
        stepdbg.explore(main_of(LOSES), budget=300, late=1)
    (told,) = raised.value.__notes__
    assert "needs a step 0.2 s late\n" in told
    again = play(LOSES, token_in(told))
    assert again.left() == []
    assert "got [] 0" in again.output
    assert "AssertionError" in again.output
    assert "got [1] 0" in play(LOSES).output


def test_a_failure_that_needs_no_late_step_says_so() -> None:
    (found,) = explored(main_of(programs.LOST_UPDATE), late=1).faults
    assert (found.late, found.fired) == (0.0, ())


@pytest.mark.parametrize("strategy", ["portfolio", "bounded"])
@pytest.mark.parametrize("source", [programs.TIMEOUT, programs.TIME_IN_ORDER])
def test_deadlines_far_away_do_not_pass(source: str, strategy: str) -> None:
    """`fail_after(10)` around one second of work holds, and so does the order of deadlines."""
    late = 1 if source is programs.TIMEOUT else 0.5
    verdict = stepdbg.explore(main_of(source), budget=100, late=late, strategy=strategy)
    assert verdict.kind in (VerdictKind.BUDGET, VerdictKind.BOUNDED)
    assert (verdict.faults, verdict.cut) == ((), 0)


def test_with_few_delays_a_deadline_that_passes_early_is_one() -> None:
    with pytest.raises(AssertionError):
        stepdbg.explore(main_of(LOSES), budget=300, late=1, strategy="bounded")
    assert stepdbg.explore(main_of(LOSES), budget=300, strategy="bounded").faults == ()


def test_the_few_delays_of_a_portfolio_count_deadlines_as_well() -> None:
    """Chance would make each of these schedules another one than those that were counted."""
    chooser = Portfolio()
    decides = by_chooser(chooser, lambda _: True)
    chooser.begin(9)
    assert [decides(()) for _ in range(3)] == [False, False, False], "with no delay"
    chooser.end({A: 1}, 3)
    chooser.begin(10)
    assert decides(()), "a walk leaves it to chance"
    chooser.end({A: 1}, 0)
    chooser.begin(19)
    assert [decides(()) for _ in range(3)] == [False, False, False], "the first with one delay"
    chooser.end({A: 1}, 3)
    chooser.begin(29)
    assert [decides(()) for _ in range(3)] == [False, False, True]


class _Standing:
    """Stands for a task: only which one it is matters."""


def test_the_one_that_has_waited_longest_says_how_late_it_is() -> None:
    first, second = (_Standing(), _Standing())
    tasks: Any = [first, second]
    lateness = Lateness(1.0, lambda _: True)
    assert not lateness.passes(5.0, 0.0, [], ()), "nobody can step"
    assert lateness.passes(1.0, 0.2, tasks[:1], ())
    assert not lateness.passes(1.3, 1.0, tasks, (A,)), "1.1 seconds for the first one"
    lateness.stepped(tasks[0])
    assert lateness.passes(2.0, 1.0, tasks, (A, B, A))
    assert lateness.fired == [None, Moment(A, 2)]
    assert lateness.needed == pytest.approx(1.0)


def test_deadlines_pass_as_before_once_the_step_was_taken() -> None:
    decides = as_before([Moment(A, 2), Moment(B, 1)])
    logs = [(), (A,), (A, B), (A, B, A), (A, B, A), (A, B, A)]
    assert [decides(log) for log in logs] == [False, False, False, True, True, False]
    assert as_before([None])(())


def test_chance_is_the_same_for_the_same_schedule() -> None:
    def drawn(number: int) -> str:
        decides = by_chance(3, number)
        return "".join("-x"[decides(())] for _ in range(200))

    assert drawn(5) == drawn(5)
    assert len({drawn(number) for number in range(2, 10)}) == 8
    assert "x" not in drawn(0), "the default order comes first"


@pytest.mark.parametrize("given", ["soon", -1, "nan", "inf"])
def test_what_is_no_time_is_refused(given: Any) -> None:
    with pytest.raises(stepdbg.StepdbgError, match=re.escape(f"late {given}: say a number")):
        stepdbg.explore(trio.sleep, 1, late=given)

"""`stepdbg.explore`: what is found, what is not, and that a token brings it back."""

from __future__ import annotations

import os
import re
import sys
from typing import Any

import pytest
import trio
from trio.testing import MockClock

import stepdbg
from stepdbg.engine.exploring.calls import call_of
from stepdbg.engine.running.session import Session
from stepdbg.launcher.exploring.search import Search
from stepdbg.launcher.exploring.wish import ExploreWish, wish_of
from stepdbg.model.errors import FoundFailure
from stepdbg.model.exploring import VerdictKind
from stepdbg.model.options import SessionOptions
from stepdbg.model.schedule_text import schedule_of
from stepdbg.model.silent_front_end import SilentFrontEnd
from stepdbg.model.stops import DeadlockFound, Event, Note
from tests.explore import programs
from tests.schedules.replaying import play

SEEDS = range(int(os.environ.get("STEPDBG_SEEDS", "1")))
"""`STEPDBG_SEEDS` says how many, 20 for the full count."""


def main_of(source: str) -> Any:
    names: dict[str, Any] = {"__name__": "program"}
    exec(compile(source, "/program.py", "exec"), names)
    return names["main"]


def token_in(text: str) -> str:
    (found,) = re.findall(r"stepdbg:1:\S+", text)
    return str(found)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_exception_is_raised_with_its_report(seed: int) -> None:
    with pytest.raises(AssertionError) as raised:
        stepdbg.explore(main_of(programs.LOST_UPDATE), budget=1_000, seed=seed)
    (told,) = raised.value.__notes__
    assert re.match(r"failed after \d+ schedules? \(\d+ distinct\), in ", told)
    assert "AssertionError at program.py:19 in main" in told
    assert "balance 1" in told, "what the program wrote in that order"
    assert "trying.py" not in told, "no line of ours is shown"
    again = play(programs.LOST_UPDATE, token_in(told))
    assert again.left() == []
    assert "balance 1" in again.output
    assert "AssertionError" in again.output
    assert "balance 2" in play(programs.LOST_UPDATE).output


@pytest.mark.parametrize("seed", SEEDS)
def test_a_deadlock_is_told_with_its_cycle(seed: int) -> None:
    with pytest.raises(FoundFailure) as raised:
        stepdbg.explore(main_of(programs.LOCK_ORDER), budget=1_000, seed=seed)
    told = str(raised.value)
    assert (
        "deadlock: tasks wait for one another: take at program.py:6, take at program.py:6" in told
    )
    assert "take#1 (" in told
    assert "Lock `" in told
    schedule = token_in(told)
    assert schedule == raised.value.token
    assert replayed_to_deadlock(programs.LOCK_ORDER, schedule) == "take take main"


def replayed_to_deadlock(source: str, token: str) -> str:
    """The tasks of the deadlock in which a replay ends."""
    told: list[Event] = []

    class Front(SilentFrontEnd):
        def on_event(self, event: Event) -> None:
            told.append(event)

    options = SessionOptions(
        stops_at_start=False, replay=schedule_of(token), on_deadlock="quit", record=True
    )
    session = Session(Front(), options)
    session.install()
    try:
        with pytest.raises(SystemExit):
            trio.run(main_of(source))
    finally:
        session.uninstall()
    assert not any("left the schedule" in each.text for each in told if isinstance(each, Note))
    (found,) = [each for each in told if isinstance(each, DeadlockFound)]
    return " ".join(link.task.name.rpartition(".")[2] for link in found.deadlock.links)


@pytest.mark.parametrize(
    "source",
    [
        programs.LOCKED_UPDATE,
        programs.LOCK_ORDER_RIGHT,
        programs.TIMEOUT,
        programs.TIME_IN_ORDER,
        programs.THREAD,
        programs.SOCKET,
        programs.PROCESS,
        programs.POLLS,
        programs.QUIESCENT,
    ],
    ids=["locked", "right", "timeout", "time", "thread", "socket", "process", "polls", "quiescent"],
)
def test_correct_programs_get_no_failure(source: str) -> None:
    verdict = stepdbg.explore(main_of(source), budget=30)
    if source is programs.QUIESCENT:
        assert str(verdict) == "exhausted: no failure in all 4 schedules"
        return
    assert verdict.kind is VerdictKind.BUDGET
    assert str(verdict) == "budget ended after 30, not exhausted"
    assert (verdict.schedules, verdict.cut, verdict.faults) == (30, 0, ())
    assert verdict.status == 0


def test_a_clock_of_the_programs_own_gets_a_process_for_each_schedule() -> None:
    async def main() -> None:
        async with trio.open_nursery() as nursery:
            for _ in range(3):
                nursery.start_soon(trio.sleep, 60)

    call = call_of(main, ())._replace(options={"clock": MockClock(autojump_threshold=0)})
    told: list[int] = []
    wish = wish_of(12, 0, 1, "portfolio")
    verdict = Search(call, wish, lambda schedules, _d, _s: told.append(schedules)).verdict()
    assert str(verdict) == "budget ended after 12, not exhausted"
    assert verdict.distinct > 3


def test_all_with_few_delays() -> None:
    """The numbers are of the last bound that was finished; where one was cut nothing is said."""
    verdict = stepdbg.explore(main_of(programs.LOCKED_UPDATE), strategy="bounded", budget=100)
    assert verdict.kind is VerdictKind.BOUNDED
    found = re.fullmatch(
        r"all (\d+) schedules with at most (\d) delays passed, (\d) not finished", str(verdict)
    )
    assert found is not None
    tried, bound, next_bound = map(int, found.groups())
    assert bound + 1 == next_bound
    assert tried <= 100
    cut = stepdbg.explore(main_of(programs.SERVES_FOR_EVER), strategy="bounded", budget=5)
    assert cut.kind is VerdictKind.BUDGET


def test_what_waits_for_ever_without_a_proof_is_cut() -> None:
    """Somebody could cancel a task that sleeps for ever: there is no deadlock to be told."""
    verdict = stepdbg.explore(main_of(programs.SERVES_FOR_EVER), budget=5)
    assert (verdict.schedules, verdict.cut, verdict.kind) == (5, 5, VerdictKind.BUDGET)


def test_the_same_seed_finds_the_same() -> None:
    def told(seed: int) -> object:
        wish = ExploreWish(schedules=1_000, seconds=None, seed=seed, explains=False)
        call = call_of(main_of(programs.LOST_UPDATE), ())
        return Search(call, wish, lambda _schedules, _distinct, _s: None).verdict().faults

    assert told(3) == told(3)
    assert len({told(seed) for seed in range(4)}) > 1


def test_what_a_run_leaves_behind_is_noticed() -> None:
    """Each schedule then has a process of its own, and what was left fails no other one."""
    left: list[int] = []

    async def leaves() -> None:
        left.append(1)
        for _ in range(len(left)):
            await trio.lowlevel.checkpoint()
        assert len(left) < 100

    verdict = stepdbg.explore(leaves, budget=30)
    assert verdict.faults == ()
    (note,) = verdict.notes
    assert note == (
        "each schedule has a process of its own from here on, since a run changes what the next "
        "one does"
    )
    assert left == [], "nothing runs in this process"


def test_a_failure_that_only_comes_of_earlier_runs_is_none() -> None:
    left: list[int] = []

    async def leaves() -> None:
        left.append(1)
        assert len(left) < 5

    verdict = stepdbg.explore(leaves, budget=10)
    assert verdict.faults == ()
    assert "a failure did not come again in a new process" in verdict.notes[0]


def test_a_program_that_ends_its_process_cannot_be_explored() -> None:
    async def ends() -> None:
        await trio.lowlevel.checkpoint()
        os._exit(7)

    with pytest.raises(stepdbg.StepdbgError, match="ended its process with status 7"):
        stepdbg.explore(ends, budget=20)


async def leaves_well() -> None:
    await trio.lowlevel.checkpoint()
    sys.exit()


async def leaves_badly() -> None:
    await trio.lowlevel.checkpoint()
    sys.exit(3)


def test_leaving_by_sys_exit() -> None:
    assert stepdbg.explore(leaves_well, budget=3).faults == ()
    with pytest.raises(SystemExit):
        stepdbg.explore(leaves_badly, budget=3)


def test_an_invariant_is_asked_after_each_step() -> None:
    """The function itself ends well in every order: only in between does something not hold."""
    both = {"a": 0, "b": 0}

    async def move() -> None:
        both["a"] += 1
        await trio.lowlevel.checkpoint()
        both["b"] += 1

    async def main() -> None:
        both.update(a=0, b=0)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(move)
            await trio.lowlevel.checkpoint()
            nursery.start_soon(move)

    def near() -> bool:
        return both["a"] - both["b"] < 2

    def never() -> None:
        assert both["a"] < 2

    assert stepdbg.explore(main, budget=20, invariant=lambda: both["b"] <= both["a"]).faults == ()
    with pytest.raises(FoundFailure, match="invariant near does not hold"):
        stepdbg.explore(main, budget=200, invariant=near)
    with pytest.raises(FoundFailure, match=r"invariant never raised AssertionError at test_func"):
        stepdbg.explore(main, budget=20, invariant=never)


def test_inside_of_a_run_it_is_refused() -> None:
    async def main() -> None:
        stepdbg.explore(leaves_well)

    with pytest.raises(stepdbg.StepdbgError, match="inside of a run"):
        trio.run(main)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"budget": "soon"}, "budget soon: say a number"),
        ({"jobs": 0}, "jobs 0: not a number from 1"),
        ({"strategy": "luck"}, "strategy luck: say portfolio"),
        ({"strategy": "bounded", "jobs": 2}, "takes one process"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: dict[str, Any], told: str) -> None:
    with pytest.raises(stepdbg.StepdbgError, match=re.escape(told)):
        stepdbg.explore(leaves_well, **arguments)

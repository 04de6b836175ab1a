"""Schedules that say what differs from a base, followed by a run; and what leads away from one."""

from __future__ import annotations

from pathlib import Path

import pytest

from stepdbg.model.facts import LogicalId, RunId
from stepdbg.model.schedule_text import text_of
from stepdbg.model.schedules import After, Base, Moment, Schedule, Substitution
from stepdbg.model.stops import Note
from tests.harness import Debugging, debugging
from tests.schedules.making import HEADER
from tests.schedules.replaying import play

TURNS = (Path(__file__).parents[1] / "programs" / "turns.py").read_text(encoding="utf-8")

MAIN = LogicalId("main")
A, B, C = (LogicalId("main", (place,)) for place in range(3))


def after(task: LogicalId, step: int, other: LogicalId, its: int) -> After:
    return After(Moment(task, step), Moment(other, its))


def instead(task: LogicalId, step: int, other: LogicalId) -> Substitution:
    return Substitution(Moment(task, step), other)


CASES = [
    (Base.FIFO, (), "abcabc"),
    (Base.STAY, (), "aabbcc"),
    (Base.FIFO, (after(A, 1, B, 2),), "bcbaca"),
    (Base.FIFO, (after(A, 2, C, 2), after(B, 2, A, 2)), "abccab"),
    (Base.STAY, (after(A, 2, C, 1),), "abbcca"),
    (Base.STAY, (after(B, 1, C, 3),), "aaccbb"),
    (Base.FIFO, (instead(A, 1, C),), "cabcab"),
    (Base.FIFO, (instead(A, 1, C), instead(A, 1, B)), "cbacba"),
    (Base.STAY, (instead(A, 2, B),), "abbcca"),
    (Base.STAY, (instead(A, 2, C), instead(C, 2, B)), "acbbac"),
    (Base.FIFO, (after(A, 1, B, 1), instead(B, 1, C)), "cbacba"),
]


@pytest.mark.parametrize(("base", "facts", "order"), CASES)
def test_facts_are_followed(
    base: Base, facts: tuple[After | Substitution, ...], order: str
) -> None:
    played = play(TURNS, text_of(Schedule(HEADER, base, facts)))
    assert played.output == f"{order}\n"
    again = play(TURNS, played.line)
    assert again.left() == []
    assert again.events == played.events


def test_a_fact_about_nobody_is_no_obstacle() -> None:
    facts = (after(A, 1, LogicalId("main", (7,)), 1), instead(B, 1, LogicalId("loop", (3,))))
    assert sorted(play(TURNS, text_of(Schedule(HEADER, Base.FIFO, facts))).output) == sorted(
        "aabbcc\n"
    )


def test_a_step_after_a_deadline() -> None:
    source = """
import trio

async def sleeper():
    with scope:
        await trio.sleep_forever()

async def look():
    await trio.lowlevel.checkpoint()
    print(scope.cancel_called)

async def busy():
    while not scope.cancelled_caught:
        await trio.lowlevel.checkpoint()

async def main():
    global scope
    scope = trio.move_on_after(0.02)
    async with trio.open_nursery() as nursery:
        for each in sleeper, look, busy:
            nursery.start_soon(each)
"""
    late = After(Moment(B, 2), Moment(A, 1, deadline=True))
    assert play(source, text_of(Schedule(HEADER, Base.FIFO))).output == "False\n"
    assert play(source, text_of(Schedule(HEADER, Base.FIFO, (late,)))).output == "True\n"


# -- steering in the midst of a replay ------------------------------------------------------


def logged() -> Schedule:
    with debugging("turns") as dbg:
        dbg.do(f"break {dbg.line('end')}")
        dbg.resume("continue")
        dbg.expect_stop(task="main")
        return dbg.call(lambda: dbg.controller.schedule(RunId(1)))


def told(dbg: Debugging) -> list[str]:
    notes = [event.text for event in dbg.events if isinstance(event, Note)]
    return [each for each in notes if "left the schedule" in each]


@pytest.mark.parametrize("command", ["pick c", "order c b", "hold a", "only c", "step -o c"])
def test_who_steers_leaves_the_schedule(command: str) -> None:
    with debugging("turns", replay=logged()) as dbg:
        dbg.do("break task b")
        dbg.resume("continue")
        dbg.expect_stop(task="b", step=1)
        assert told(dbg) == []
        dbg.do("clear 1")
        if command.startswith("step"):
            dbg.resume(command)
            dbg.expect_stop(task="c")
        else:
            dbg.do(command)
            dbg.do("release")
        word = command.split()[0].replace("step", "-o")
        at = "the run has left the schedule at step 3 of 10"
        assert told(dbg) == [f"{at}, because `{word}` says which task steps"]
        dbg.resume("continue")
        dbg.expect_end()
        assert len(told(dbg)) == 1


def test_what_is_awaited_at_the_prompt_is_no_part_of_the_schedule() -> None:
    """Its deadlines pass by themselves; then the schedule is followed as before."""
    with debugging("turns", replay=logged()) as dbg:
        dbg.do("break task b")
        dbg.resume("continue")
        dbg.expect_stop(task="b", step=1)
        dbg.do("clear 1")
        assert dbg.text("await later('so')") == "'so'"
        dbg.resume("continue")
        dbg.expect_end()
        assert told(dbg) == []

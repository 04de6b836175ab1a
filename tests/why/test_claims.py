"""What is claimed of tasks that wait: never more than is certain."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stepdbg.model.lints import LintName
from stepdbg.model.replies import Deadlocks, Why
from stepdbg.model.waits import Claim, Knot
from tests.harness import Debugging, debugging

FOLDER = "tests/programs/why"
PROGRAM = f"{FOLDER}/claims"


def source(name: str) -> str:
    return Path(f"{FOLDER}/{name}.py").read_text(encoding="utf-8")


def claims(dbg: Debugging) -> dict[str, list[Knot]]:
    """What `why -a` and `deadlock` claim, and what the stop has, once the program is `here`."""
    dbg.do("break :here")
    stop = dbg.go("continue", kind="breakpoint")
    explained = dbg.reply("why -a", Why).explanations
    return {
        "stop": list(stop.knots),
        "why": [knot for each in explained for knot in each.knots],
        "deadlock": [each.knot for each in dbg.reply("deadlock", Deadlocks).found],
    }


def one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("which", ["kept_deep", "own_end_and_a_deadline"])
def test_nothing_is_claimed(which: str) -> None:
    with debugging(PROGRAM, args=[which]) as dbg:
        assert not any(claims(dbg).values())
        dbg.do("clear 1")
        dbg.resume("continue")
        dbg.expect_end()


def test_what_only_variables_show_is_no_deadlock() -> None:
    with debugging(PROGRAM, args=["a_third_sets"]) as dbg:
        found = claims(dbg)
        assert {each.claim for each in found["why"]} == {Claim.UNLESS}
        assert not found["deadlock"]
        said = one_line(dbg.text("why turn#1", 300))
        assert "a knot, as far as variables tell: " in said
        assert "deadlock" not in said
        dbg.resume("continue")
        dbg.expect_end()


def test_a_deadline_that_opens_a_circle_of_locks() -> None:
    with debugging(PROGRAM, args=["locks_with_a_deadline"]) as dbg:
        found = claims(dbg)
        every = [knot for knots in found.values() for knot in knots]
        assert all(found.values())
        assert {each.claim for each in every} == {Claim.UNTIL_DEADLINE}
        assert {each.whose and each.whose.short.rpartition(".")[2] for each in every} == {"give_up"}
        said = one_line(dbg.text("deadlock", 300))
        assert " wait for each other until a deadline, in " in said
        assert "ends the wait of locks_with_a_deadline.<locals>.give_up" in said
        assert "cannot go on" not in said
        dbg.resume("continue")
        dbg.expect_end()


def test_who_could_cancel_is_named_with_the_line() -> None:
    with debugging(PROGRAM, args=["locks_and_a_stopper"]) as dbg:
        found = claims(dbg)
        assert all(found.values())
        assert {each.claim for knots in found.values() for each in knots} == {Claim.UNTIL_CANCELLED}
        said = one_line(dbg.text("deadlock", 300))
        assert "stuck: these tasks go on only when they are cancelled" in said
        line = dbg.line("stops")
        assert "locks_and_a_stopper.<locals>.stopper (" in said
        assert f"(claims.py:{line}) could cancel" in said
        dbg.resume("continue")
        dbg.expect_end()


def test_behind_a_shield_nobody_can_cancel() -> None:
    with debugging(PROGRAM, args=["locks_behind_a_shield"]) as dbg:
        found = claims(dbg)
        assert all(found.values())
        assert {each.claim for knots in found.values() for each in knots} == {Claim.DEADLOCK}
        assert "deadlock: these tasks cannot go on any more" in dbg.text("deadlock", 300)
        dbg.do("task *shielded")
        dbg.do("!nursery.cancel_scope.cancel()")
        dbg.resume("continue")
        dbg.expect_end()


def test_what_the_recorder_has_noted_is_nobody_elses() -> None:
    with debugging(PROGRAM, args=["beside_what_was_noted"], record=True) as dbg:
        (knot,) = claims(dbg)["deadlock"]
        assert knot.claim is Claim.UNTIL_CANCELLED
        dbg.resume("continue")
        dbg.expect_end()


@pytest.mark.parametrize(
    "beside", ["a_poller", "a_dead_variable", "a_token", "a_server", "a_thread"]
)
def test_tasks_that_are_stuck_beside_others(beside: str) -> None:
    with debugging(PROGRAM, args=[f"beside_{beside}"]) as dbg:
        (knot,) = claims(dbg)["deadlock"]
        assert knot.claim is Claim.UNTIL_CANCELLED
        assert [label.short for label in knot.missing] == ["waits_for_ever"]
        assert [each.task.short for each in knot.stoppers] == ["main"]
        said = one_line(dbg.text("why waits_for_ever", 300))
        assert re.search(r"stuck until cancelled: nobody can wake waits_for_ever \(\d+\)", said)
        assert f"(claims.py:{dbg.line('ends')}) could cancel" in said
        dbg.resume("continue")
        dbg.expect_end()


def test_a_variable_that_is_read_later_is_no_dead_one() -> None:
    with debugging(PROGRAM, args=["beside_a_reader"]) as dbg:
        assert not any(claims(dbg).values())
        dbg.resume("continue")
        dbg.expect_end()


def test_a_token_that_was_left() -> None:
    with debugging(PROGRAM, args=["a_token_is_left"]) as dbg:
        dbg.do("break idle")
        dbg.go("continue", kind="breakpoint")
        (found,) = dbg.reply("deadlock", Deadlocks).found
        assert not found.whole
        assert found.knot.claim is Claim.DEADLOCK
        said = one_line(dbg.text("deadlock", 300))
        assert "deadlock: these tasks cannot go on any more" in said
        assert "the run is not stuck as a whole: somebody has the run's TrioToken" in said
        (explained,) = dbg.reply("why waits_for_ever", Why).explanations
        assert [knot.claim for knot in explained.knots] == [Claim.DEADLOCK]


def test_nobody_receives_any_more() -> None:
    with debugging(PROGRAM, args=["nobody_receives"]) as dbg:
        found = claims(dbg)
        assert {knot.claim for knot in found["deadlock"]} == {Claim.UNTIL_CANCELLED}
        assert len(found["deadlock"]) == 1
        assert {knot.claim for knot in found["why"]} == {Claim.UNTIL_CANCELLED}
        dbg.resume("continue")
        dbg.expect_end()


@pytest.mark.parametrize(
    "which", re.findall(r"^async def (another_\w+)", source("claims"), re.MULTILINE)
)
def test_what_a_third_task_ends_is_not_stuck(which: str) -> None:
    with debugging(PROGRAM, args=[which]) as dbg:
        assert not any(claims(dbg).values())
        dbg.do("clear 1")
        dbg.resume("continue")
        dbg.expect_end()


def test_a_start_is_not_stuck_with_its_child_while_another_may_call_started() -> None:
    with debugging(PROGRAM, args=["started_by_another"]) as dbg:
        (knot,) = claims(dbg)["deadlock"]
        (child,) = knot.missing
        assert child.short.endswith("starts_and_is_stuck")
        (starter,) = dbg.reply("why *awaits", Why).explanations
        assert not starter.knots
        dbg.do("clear 1")
        dbg.resume("continue")
        dbg.expect_end()


WAYS = [
    name
    for name in re.findall(r"^(?:async )?def (\w+)\(", source("ways_out"), re.MULTILINE)
    if re.match("by_|a_|an_|deep_|the_", name)
]


@pytest.mark.parametrize("which", WAYS)
def test_a_wait_that_something_can_end_is_not_stuck(which: str) -> None:
    with debugging(f"{FOLDER}/ways_out", args=[which]) as dbg:
        found = claims(dbg)
        assert not any(found.values())
        assert not [lint for lint in dbg.stop.lints if lint.name is LintName.LOST_EVENT]
        dbg.resume("continue")
        dbg.expect_end()

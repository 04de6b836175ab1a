"""What is claimed of tasks that wait: never more than is certain."""

from __future__ import annotations

import pytest

from stepdbg.model.replies import Deadlocks, Why
from stepdbg.model.waits import Claim, Knot
from tests.harness import Debugging, debugging

PROGRAM = "tests/programs/why/claims"


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
        assert " wait for each other until a deadline, in 0.2" in said
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

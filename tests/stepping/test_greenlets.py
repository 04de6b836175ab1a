"""Tasks that go on in greenlets: their frames are the functions that run there."""

from __future__ import annotations

import pytest

from stepdbg.model.replies import Stack
from stepdbg.model.task import Origin
from tests.harness import Debugging, debugging

GREENBACK = "tests/programs/portals/of_greenback"
BY_HAND = "tests/programs/portals/by_hand"


def own_frames(dbg: Debugging, command: str = "where") -> list[str]:
    """The functions of the program that a task is in, innermost first."""
    frames = dbg.reply(command, Stack).frames
    return [each.place.function for each in frames if each.place.origin is Origin.OWN]


def test_a_stop_in_a_greenlet() -> None:
    with debugging(GREENBACK) as dbg:
        dbg.do(f"break {dbg.line('sleeps')}")
        stop = dbg.go("continue", kind="breakpoint", line_mark="sleeps")
        assert stop.place is not None
        assert stop.place.function == "Account.settled"
        assert own_frames(dbg) == ["Account.settled", "report", "reporter"]
        assert dbg.text("p value") == "0"
        dbg.do("up")
        assert "account" in dbg.text("locals")


def test_a_task_that_waits_in_a_greenlet() -> None:
    """In a function of the greenlet, and in a coroutine that the greenlet runs."""
    with debugging(GREENBACK) as dbg:
        dbg.do(f"break {dbg.line('sleeps')}")
        for number, functions, mark in (
            (1, ["Account.settled", "report", "reporter"], "acquires"),
            (2, ["reporter"], "awaits"),
        ):
            dbg.go("continue", kind="breakpoint", line_mark="sleeps")
            here = dbg.reply("where", Stack).task.label.name
            other = "second" if here == "first" else "first"
            assert own_frames(dbg, f"where {other}") == functions, number
            assert f"of_greenback.py:{dbg.line(mark)}" in dbg.text(f"why {other}")


def test_a_lock_in_a_greenlet() -> None:
    with debugging(GREENBACK) as dbg:
        dbg.do("record on")
        dbg.do(f"break {dbg.line('sleeps')}")
        dbg.go("continue", kind="breakpoint", line_mark="sleeps")
        every = dbg.text("why -a")
        assert f"waits for Lock `self.lock` at of_greenback.py:{dbg.line('acquires')}" in every
        log = " ".join(dbg.text("log").split())
        assert f"blocked in Lock.acquire at of_greenback.py:{dbg.line('acquires')}" in log


def test_next_goes_on_over_waits() -> None:
    """From line to line of one task, into its caller, and on in the coroutine."""
    with debugging(GREENBACK) as dbg:
        dbg.do(f"tbreak {dbg.line('has')}")
        dbg.go("continue", kind="breakpoint", line_mark="has")
        task = dbg.reply("where", Stack).task.label
        dbg.go("next", kind="next", line_mark="sleeps")
        dbg.go("next", kind="next")
        dbg.go("next", kind="next", line_mark="returns")
        dbg.go("next", kind="next", line_mark="counts")
        dbg.go("next", kind="next")
        dbg.go("next", kind="next", line_mark="awaits")
        assert dbg.reply("where", Stack).task.label == task


def test_into_and_return() -> None:
    with debugging(GREENBACK) as dbg:
        dbg.do(f"tbreak {dbg.line('asks')}")
        dbg.go("continue", kind="breakpoint", line_mark="asks")
        dbg.go("into", kind="next", line_mark="acquires")
        stop = dbg.go("return", kind="return", line_mark="asks")
        assert stop.value is not None
        assert stop.value.text == "0"


def test_a_nursery_that_a_greenlet_has_opened() -> None:
    with debugging(GREENBACK) as dbg:
        dbg.do(f"break {dbg.line('crashes')}")
        dbg.go("continue", kind="breakpoint", line_mark="crashes")
        assert f"nursery at of_greenback.py:{dbg.line('opens')}" in dbg.text("tree")
        dbg.resume("continue")
        dbg.expect_end()


def test_a_failure_in_a_greenlet() -> None:
    with debugging(GREENBACK, stops_on_failure=True) as dbg:
        dbg.go("continue", kind="failure", line_mark="crashes")
        assert own_frames(dbg)[0] == "crash"
        assert dbg.text("p text") == "'seven'"
        assert f"nursery at of_greenback.py:{dbg.line('opens')}" in dbg.text("tree")
        dbg.resume("continue")
        dbg.expect_end()


def test_another_portal() -> None:
    """One that awaits in the place of its greenlet, and has its greenlet in a variable."""
    with debugging(BY_HAND) as dbg:
        dbg.do(f"break {dbg.line('sets')}")
        dbg.do(f"break {dbg.line('returns')}")
        dbg.go("continue", kind="breakpoint", line_mark="sets")
        assert own_frames(dbg, "where worker") == ["wait_for", "work", "in_greenlet", "worker"]
        assert "waits for Event `event`" in dbg.text("why worker")
        dbg.go("continue", kind="breakpoint", line_mark="returns")
        assert own_frames(dbg) == ["work", "in_greenlet", "worker"]
        dbg.resume("continue")
        dbg.expect_end()


@pytest.mark.parametrize("program", [GREENBACK, BY_HAND])
def test_a_program_with_greenlets_ends_as_ever(program: str) -> None:
    with debugging(program) as dbg:
        dbg.resume("continue")
        dbg.expect_end()

"""Deadlocks: what is one, what is none, and what is done about one."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

import pytest
import trio.testing

from stepdbg.model.replies import Deadlocks
from stepdbg.model.stops import Stop
from tests.harness import Debugging, debugging

PROGRAM = "tests/programs/why/deadlocks"


def deadlock_of(dbg: Debugging) -> Stop:
    return dbg.go("continue", kind="deadlock", task=None)


def test_locks_taken_in_another_order() -> None:
    with debugging(PROGRAM, args=["crossed"]) as dbg:
        found = deadlock_of(dbg).deadlock
        assert found is not None
        assert found.whole
        assert sorted(label.short.rpartition(".")[2] for label in found.knot.cycle) == [
            "left",
            "right",
        ]
        text = dbg.text("deadlock", 120)
        assert "waits for Lock `second`" in text
        assert "cancelling any of them would let the others go on" in " ".join(text.split())


def test_a_sender_that_was_kept() -> None:
    with debugging(PROGRAM, args=["kept_sender"]) as dbg:
        found = deadlock_of(dbg).deadlock
        assert found is not None
        assert [label.short.rpartition(".")[2] for label in found.knot.cycle] == ["main", "worker"]
        assert "1 sender open (held by main (" in dbg.text("deadlock", 200)


def in_one_line(dbg: Debugging, command: str) -> str:
    """What a command says, without the numbers of the tasks."""
    return re.sub(r" \(\d+\)", "", " ".join(dbg.text(command, 120).split()))


def test_several_that_nobody_wakes_are_named_together() -> None:
    """Their parent has the Event, but does nothing for them: they do not wait for it."""
    with debugging(PROGRAM, args=["nobody_sets_for_two"]) as dbg:
        found = deadlock_of(dbg).deadlock
        assert found is not None
        assert [label.short for label in found.knot.lost] == ["waits_for#1"]
        text = in_one_line(dbg, "deadlock")
        assert "waits_for#1 and waits_for#2 have nobody to wake them" in text
        assert text.endswith("; setting Event `event` would")
        why = in_one_line(dbg, "why main")
        assert "a deadlock: nobody can wake waits_for#1 any more, and main waits for it" in why
        assert "each other" not in text + why
        assert "cancelling" not in text


def test_others_that_nobody_wakes_are_named_beside_them() -> None:
    with debugging(PROGRAM, args=["nobody_sets_beside"]) as dbg:
        deadlock_of(dbg)
        text = in_one_line(dbg, "deadlock")
        assert "waits_for and takes_twice have nobody to wake them" in text
        assert "setting Event `event`, releasing Semaphore" in text


def test_a_task_that_would_do_it_later_waits_for_the_other() -> None:
    with debugging(PROGRAM, args=["sets_after_its_children"]) as dbg:
        found = deadlock_of(dbg).deadlock
        assert found is not None
        assert found.knot.lost == ()
        text = in_one_line(dbg, "deadlock")
        assert "wait for each other; cancelling any of them would let the others go on" in text


def test_nobody_to_wake() -> None:
    with debugging(PROGRAM, args=["nobody_sets"]) as dbg:
        found = deadlock_of(dbg).deadlock
        assert found is not None
        assert not found.knot.cycle
        assert [label.short for label in found.knot.missing] == ["main"]
        assert "has nobody to wake it; setting the Event would" in dbg.text("deadlock")


def test_signal_handlers_of_ours_are_no_hope() -> None:
    with debugging(PROGRAM, args=["stands_by"]) as dbg:
        found = deadlock_of(dbg).deadlock
        assert found is not None
        assert [label.short for label in found.knot.missing] == ["main"]


def test_a_shield_leaves_no_way_out_by_cancelling() -> None:
    with debugging(PROGRAM, args=["behind_a_shield"]) as dbg:
        deadlock_of(dbg)
        text = dbg.text("deadlock", 300)
        dbg.do("task *stuck")
        dbg.do("!done.set()")
        dbg.resume("continue")
        dbg.expect_end()
    assert "cancelling any" not in text
    assert "; no cancellation gets through the shield, but setting Event `done` would" in text
    assert "a deadline ends it" not in text  # it has passed, and ends nothing any more


def test_who_holds_the_lock_of_a_condition_could_notify() -> None:
    with debugging(PROGRAM, args=["under_its_lock"]) as dbg:
        deadlock_of(dbg)
        text = dbg.text("why *waiter", 300)
        assert "keeper" in text.partition(" could notify it; its lock is held by ")[0]
        assert "has it in a variable" not in text


def test_trios_own_attributes_are_no_names() -> None:
    with debugging(PROGRAM, args=["in_a_stream"]) as dbg:
        deadlock_of(dbg)
        assert ") waits in a ParkingLot at deadlocks.py:" in dbg.text("why main", 300)


def test_a_deadlock_stops_once() -> None:
    with debugging(PROGRAM, args=["nobody_sets"]) as dbg:
        deadlock_of(dbg)
        dbg.resume("continue")
        dbg.controller.halt()
        dbg.expect_stop(kind="halt")


class HalfSpeed(trio.abc.Clock):
    """A clock of the program's that stepdbg knows nothing of."""

    def start_clock(self) -> None:
        """It always runs."""

    def current_time(self) -> float:
        """Half of real time."""
        return time.perf_counter() / 2

    def deadline_to_sleep_time(self, deadline: float) -> float:
        """Twice as long."""
        return 2 * (deadline - self.current_time())


@pytest.mark.parametrize(
    "clock",
    [
        partial(trio.testing.MockClock, rate=1000),
        partial(trio.testing.MockClock, autojump_threshold=0),
        HalfSpeed,
    ],
    ids=["mock", "autojump", "unknown"],
)
def test_on_any_clock_after_some_time(clock: Callable[[], trio.abc.Clock]) -> None:
    with debugging(PROGRAM, args=["after_a_while"], clock=clock()) as dbg:
        deadlock_of(dbg)
        dbg.do("!done.set()")
        deadlock_of(dbg)
        dbg.do("!done.set()")
        dbg.resume("continue")
        dbg.expect_end()


def test_with_a_clock_of_the_programs_own() -> None:
    with debugging(PROGRAM, args=["crossed"], clock=trio.testing.MockClock()) as dbg:
        deadlock_of(dbg)


def test_in_virtual_time() -> None:
    command = ["--virtual-time", "--on-deadlock", "quit", "-c", "continue"]
    done = subprocess.run(
        [sys.executable, "-m", "stepdbg", *command, f"{PROGRAM}.py", "after_a_while"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "deadlock" in done.stderr
    assert done.returncode == 125


def test_of_some_tasks_while_others_go_on() -> None:
    with debugging(PROGRAM, args=["partial"]) as dbg:
        dbg.do("break :look")
        dbg.go("continue", kind="breakpoint")
        reply = dbg.reply("deadlock", Deadlocks)
        assert "can go on" in reply.hope
        (found,) = reply.found
        assert not found.whole
        assert len(found.knot.cycle) == 2


@pytest.mark.parametrize(
    ("which", "hope"),
    [
        ("forever", ") waits for something outside"),
        ("token", "TrioToken"),
        ("thread", ") waits for something outside"),
        ("own_thread", "thread own could do something"),
        ("receiver", ") waits for something outside"),
        ("sockets", ") waits for something outside"),
        ("deadline", "a deadline is pending"),
        ("own_ctrl_c", "the program handles SIGINT"),
        ("own_handler", "the program handles SIGTERM"),
    ],
)
def test_idle_is_no_deadlock(which: str, hope: str) -> None:
    with debugging(PROGRAM, args=[which]) as dbg:
        dbg.do("break idle")
        dbg.go("continue", kind="breakpoint")
        while dbg.stop.task_count < 2 and which in ("forever", "thread", "sockets"):
            dbg.go("continue", kind="breakpoint")
        reply = dbg.reply("deadlock", Deadlocks)
        assert not any(each.whole for each in reply.found)
        assert hope in reply.hope
        dbg.do("clear 1")
        if which == "deadline":
            dbg.resume("continue")
            dbg.expect_end()
        else:
            dbg.resume("continue")
            dbg.controller.halt()
            dbg.expect_stop(kind="halt")


def test_a_guest_is_never_deadlocked() -> None:
    with debugging("guest") as dbg:
        reply = dbg.reply("deadlock", Deadlocks)
        assert "guest" in reply.hope

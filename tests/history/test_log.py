"""`log`: what has happened, in order, with who did it and where."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from itertools import pairwise

import pytest

from stepdbg.model.history import Log, LogEntry, LogKind, LogShown
from stepdbg.model.task import Spawn, WakeKind
from tests.harness import Debugging, debugging


@pytest.fixture(scope="module")
def at_end() -> Iterator[Debugging]:
    with debugging("recorded") as dbg:
        dbg.do(f"break {dbg.line('end')}")
        dbg.go("continue", line_mark="end")
        yield dbg


def log(dbg: Debugging, line: str = "log 1000") -> Log:
    return dbg.reply(line, LogShown).log


def told(dbg: Debugging, entry: LogEntry) -> tuple[str, str | None]:
    """Kind of an entry and the mark of the line that belongs to it."""
    place = entry.place
    if isinstance(entry.spawn, Spawn):
        place = entry.spawn.place
    if entry.wake is not None:
        place = entry.wake.place
    mark = None if place is None or place.line is None else dbg.program.mark(place.line)
    return str(entry.kind), mark


def of(dbg: Debugging, task: str) -> list[LogEntry]:
    return list(log(dbg, f"log {task} 100").entries)


def test_a_life_from_spawn_to_exit(at_end: Debugging) -> None:
    entries = of(at_end, "waits")
    assert [told(at_end, entry) for entry in entries] == [
        ("spawned", "spawn"),
        ("blocked", "wait"),
        ("woken", "set"),
        ("stepped", None),
        ("exited", None),
    ]
    assert [entry.step for entry in entries] == [0, 1, 2, 2, 3]
    assert entries[1].detail == "Event.wait"
    assert entries[-1].detail == "returned"


def test_a_step_tells_how_long_it_took(at_end: Debugging) -> None:
    entries = log(at_end).entries
    assert {LogKind.STEPPED, LogKind.BLOCKED, LogKind.EXITED} <= {each.kind for each in entries}
    for entry in entries:
        ends_a_step = entry.kind in (LogKind.STEPPED, LogKind.BLOCKED, LogKind.EXITED)
        assert (entry.seconds is not None) is ends_a_step
        assert entry.seconds is None or 0 < entry.seconds < 5


def test_times_never_go_back_and_are_the_programs(at_end: Debugging) -> None:
    entries = log(at_end).entries
    assert all(early.time <= late.time for early, late in pairwise(entries))
    assert entries[0].time >= 0
    assert entries[-1].time <= at_end.call(at_end.inspector.run).time


def test_who_was_cancelled_and_by_which_line(at_end: Debugging) -> None:
    woken = next(e for e in of(at_end, "is_cancelled") if e.kind is LogKind.WOKEN)
    assert woken.wake is not None
    assert woken.wake.kind is WakeKind.CANCELLED
    assert woken.wake.by is not None
    assert woken.wake.by.short == "main"
    assert told(at_end, woken) == ("woken", "cancel")
    cancels = [e for e in of(at_end, "main") if e.kind is LogKind.CANCELLED]
    assert told(at_end, cancels[0]) == ("cancelled", "cancel")


def test_a_lock_is_named_by_what_was_called(at_end: Debugging) -> None:
    blocked = [e for e in of(at_end, "owns#2") if e.kind is LogKind.BLOCKED]
    assert "_LockImpl.acquire" in {entry.detail for entry in blocked} | {
        entry.detail for entry in of(at_end, "owns#1")
    }


def test_how_a_task_failed_is_told_without_its_code(
    at_end: Debugging, capsys: pytest.CaptureFixture[str]
) -> None:
    assert of(at_end, "fails")[-1].detail == "raised Refuses"
    assert "asked" not in capsys.readouterr().out


def test_trios_own_tasks_are_left_out(at_end: Debugging) -> None:
    def names(line: str) -> set[str]:
        return {e.task.name for e in log(at_end, line).entries if e.task is not None}

    assert "<init>" not in names("log 1000")
    assert "<init>" in names("log -a 1000")


def test_the_last_ones_are_shown_and_the_rest_is_counted(at_end: Debugging) -> None:
    whole = log(at_end)
    some = log(at_end, "log 3")
    assert some.entries == whole.entries[-3:]
    assert some.earlier == len(whole.entries) - 3
    assert f"log {len(whole.entries)}" in at_end.text("log 3")


def test_a_number_before_a_number_is_a_task(at_end: Debugging) -> None:
    main = of(at_end, "main")[0].task
    assert main is not None
    entries = log(at_end, f"log {main.number} 4").entries
    assert {entry.task for entry in entries} == {main}
    assert len(entries) == 4


def test_nobody_of_that_name(at_end: Debugging) -> None:
    assert "no living task is called `nobody`" in at_end.failure("log nobody")


def test_what_is_held_is_no_program_time() -> None:
    with debugging("recorded") as dbg:
        dbg.go("step")
        before, began = dbg.call(dbg.inspector.run).time, time.perf_counter()
        threading.Event().wait(0.2)  # the user thinks
        dbg.do(f"break {dbg.line('end')}")
        dbg.go("continue")
        entries = log(dbg).entries
        now = dbg.call(dbg.inspector.run).time
        real = time.perf_counter() - began
    assert now - before <= real - 0.2
    assert entries[-1].time <= now
    assert sum(e.seconds or 0.0 for e in entries if e.time > before) <= real - 0.2


def test_without_a_recorder_it_says_how_to_get_one() -> None:
    with debugging("recorded", record=False) as dbg:
        assert "`set record on`" in dbg.failure("log")
        assert "`set record on`" in dbg.failure("tasks --ended")
        dbg.do("set record on")
        dbg.do(f"break {dbg.line('end')}")
        dbg.go("continue")
        assert any(entry.kind is LogKind.BLOCKED for entry in log(dbg).entries)
        dbg.do("set record off")
        kept = log(dbg)
        assert not kept.on
        assert kept.entries[-1].detail == "ceased"
        assert "the recorder is off" in dbg.text("log")


def test_the_size_can_be_set_and_holds() -> None:
    with debugging("recorded") as dbg:
        dbg.do("set record-size 10")
        dbg.do(f"break {dbg.line('end')}")
        dbg.go("continue")
        found = log(dbg, "log -a 1000")
        assert found.size == 10
        assert len(found.entries) == 10
        dbg.do("set record-size 12")
        assert log(dbg, "log -a 1000").entries == found.entries
        for wrong in ("9", "no", "99999999"):
            assert "from 10 to 1000000" in dbg.failure(f"set record-size {wrong}")
        assert "takes on or off" in dbg.failure("set record maybe")


@pytest.mark.parametrize(
    ("command", "word"),
    [("throw waits KeyError()", "throw"), ("pick waits", "pick"), ("cancel -y waits", "cancel")],
)
def test_steps_that_the_user_has_a_hand_in_say_so(command: str, word: str) -> None:
    with debugging("recorded") as dbg:
        dbg.do(f"break {dbg.line('set')}")
        dbg.go("continue", line_mark="set")
        dbg.go("step")
        entries_before = len(of(dbg, "waits"))
        while word == "pick" and "runnable" not in dbg.text("tasks waits"):
            dbg.go("step")
        dbg.do(command)
        for _ in range(4):
            dbg.go("step")
        later = of(dbg, "waits")[entries_before:]
    assert LogKind.STEERED in {entry.kind for entry in later}
    marked = [entry for entry in later if entry.steered]
    assert marked
    assert {entry.steered for entry in marked} == {word}


def test_beside_an_instrument_of_the_program() -> None:
    with debugging("examples/tracer") as dbg:
        dbg.do("break task child on exit")
        dbg.go("continue")
        entries = log(dbg, "log -a 1000").entries
    kinds = {entry.kind for entry in entries}
    assert {LogKind.SPAWNED, LogKind.WOKEN, LogKind.BLOCKED} <= kinds


def test_a_log_is_read_while_the_run_goes_on() -> None:
    with debugging("recorded") as dbg:
        dbg.expect_stop()
        shown = dbg.do_running("log").replies[0]
    assert isinstance(shown, LogShown)

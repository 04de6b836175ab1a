"""What a stop says of what has happened since the stop before, and idle times in `log`."""

from __future__ import annotations

import re

import pytest

from stepdbg.model.history import LogKind
from stepdbg.render.spans import plain_line
from stepdbg.render.text import render_reply
from tests.harness import Debugging, debugging


def told(dbg: Debugging) -> list[str]:
    """What the stop says between why it runs and where it is."""
    lines = [plain_line(line) for line in render_reply(dbg.shown, 300)]
    first = next(index for index, line in enumerate(lines) if line.startswith("runs because"))
    assert dbg.shown.listing is not None
    last = len(lines) - len(dbg.shown.listing.lines) - 1
    return [re.sub(r"[\d.]+ (to|µs|ms|s)\b", r"T \1", line) for line in lines[first + 1 : last]]


def at(dbg: Debugging, mark: str) -> str:
    return f"between_stops.py:{dbg.line(mark)}"


def test_what_the_only_step_did() -> None:
    with debugging("between_stops") as dbg:
        dbg.go("step", task="child#1", step=1)
        said = re.sub(r"\(\d+\)", "(N)", told(dbg)[0])
        assert re.sub("ran T \\w+", "ran T", said) == (
            "main (N) ran T: started child#1, child#2; "
            f"now waits for its children at :{dbg.line('nursery')}"
        )
        dbg.go("step", task="child#2", step=1)
        assert f"now waits in sleep at :{dbg.line('sleep')}" in told(dbg)[0]


def test_that_nothing_ran_and_what_was_waited_for() -> None:
    with debugging("between_stops") as dbg:
        dbg.do("step 2")
        dbg.go("step", step=2)
        idle = " ".join(told(dbg))
        assert "nothing ran from T to T s: waited for the sleeps of child#" in idle
        assert idle.count("child#") == 3
        log = dbg.call(lambda: dbg.inspector.log())
        (entry,) = [each for each in log.entries if each.kind is LogKind.IDLE]
        assert entry.seconds is not None
        assert [each.short for each in entry.woken] == ["child#1", "child#2"]
        assert re.search(r"s  nothing ran for \S+ s: waited for the sleeps", dbg.text("log"))
        assert "nothing ran" not in dbg.text("log child#1")


def test_the_loop_between_two_stops() -> None:
    with debugging("between_stops") as dbg:
        dbg.do(f"break {at(dbg, 'cancel')}")
        dbg.go("continue", kind="breakpoint", line_mark="cancel")
        # main 4 (two nurseries), the children 3 each, quitter 1, sleep_forever 1
        assert told(dbg)[0].startswith("10 steps of 5 tasks; nothing ran for T s of it")


def test_between_lines_of_one_step_nothing_is_told() -> None:
    with debugging("between_stops") as dbg:
        dbg.do(f"break {at(dbg, 'cancel')}")
        dbg.go("continue", kind="breakpoint")
        dbg.go("step")
        assert f"cancelled a scope at {at(dbg, 'cancel')}; returned" in told(dbg)[0]


def test_at_a_halt_since_when_nothing_has_run() -> None:
    with debugging("between_stops") as dbg:
        dbg.do(f"tbreak {at(dbg, 'cancel')}")
        dbg.go("continue", kind="breakpoint")
        dbg.do("break idle")
        stop = dbg.go("continue", kind="breakpoint", task=None)
        assert stop.task is None
        lines = [plain_line(line) for line in render_reply(dbg.shown, 300)]
        assert any("nothing has run since" in line for line in lines), lines


@pytest.mark.parametrize("record", [False])
def test_without_a_recorder_what_was_counted(record: bool) -> None:
    with debugging("between_stops", record=record) as dbg:
        dbg.do("step child#2")
        assert dbg.shown.telling.meanwhile is None

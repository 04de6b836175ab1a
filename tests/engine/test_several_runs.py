"""Every run of the process is debugged, however it is begun; a stop holds only its own."""

from __future__ import annotations

import pytest

from stepdbg.model.replies import RunList, TaskList
from stepdbg.model.stops import RunEnded, RunStarted
from tests.harness import PATIENCE, debugging

from .following import stops, task_of

BEGUN = {
    "from_import": ["main"],
    "anyio_run": ["main"],
    "guest": ["trio_main"],
    "two_runs": ["first", "second"],
    "thread_runs": ["count", "count"],
}
"""The main tasks of the runs of programs that begin them in different ways."""


@pytest.mark.parametrize("program", BEGUN)
def test_every_way_to_begin_a_run(program: str) -> None:
    with debugging(program) as dbg:
        first = dbg.expect_stop(kind="start", step=1)
        seen = [first, *stops(dbg, "step")]
        starts = {stop.run: task_of(stop) for stop in reversed(seen) if str(stop.kind) == "start"}
        dbg.expect_end()
    assert sorted(starts.values()) == BEGUN[program]
    started = [event for event in dbg.events if isinstance(event, RunStarted)]
    ended = [event for event in dbg.events if isinstance(event, RunEnded)]
    assert sorted(event.run for event in started) == list(range(1, len(BEGUN[program]) + 1))
    assert {event.run for event in ended} == {event.run for event in started}
    assert {event.guest for event in started} == {program == "guest"}


def test_only_who_steps_stops_at_the_start_of_a_later_run() -> None:
    with debugging("two_runs") as dbg:
        dbg.resume("continue")
        dbg.expect_end()


def test_runs_are_listed_and_one_can_be_looked_at() -> None:
    with debugging("two_runs") as dbg:
        dbg.do("break task second")
        stop = dbg.go("continue", task="second", run=2)
        assert stop.shown_run
        runs = dbg.reply("runs", RunList).runs
        assert [(run.run, run.state) for run in runs][-1] == (2, "stopped")
        assert "run 1 has ended" in dbg.failure("run 1")
        assert "no run 3" in dbg.failure("run 3")


def test_a_stop_holds_only_its_own_run() -> None:
    with debugging("nested_runs") as dbg:
        dbg.do("break task outer, begun")
        dbg.go("continue", kind="breakpoint", task="outer", line_mark="outer")
        assert dbg.reply("tasks", TaskList).run.state == "stopped"
        dbg.do("p GO_ON.set()")
        assert dbg.text(f"p ENDED.wait({PATIENCE})") == "True"
        dbg.do("clear")
        dbg.resume("continue")
        dbg.expect_end()

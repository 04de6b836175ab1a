"""`stats` and `--stats`: steps and times of tasks, passes of the loop."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from stepdbg.model.history import Stats, StatsShown, TaskStats
from stepdbg.render.jsonlines import text_of
from tests.debuggee import HERE
from tests.frontends import children
from tests.harness import Debugging, debugging

PROGRAM = HERE / "programs" / "counted.py"
LINE = 1 + next(
    index
    for index, line in enumerate(PROGRAM.read_text(encoding="utf-8").splitlines())
    if line.endswith("# @mark end")
)


@pytest.fixture(scope="module")
def at_end() -> Iterator[Debugging]:
    with debugging("counted") as dbg:
        dbg.do(f"break {dbg.line('end')}")
        dbg.go("continue", line_mark="end")
        yield dbg


def stats(dbg: Debugging, line: str = "stats -a") -> Stats:
    return dbg.reply(line, StatsShown).stats


def of(found: Stats, name: str) -> TaskStats:
    (task,) = [each for each in found.tasks if each.label.short == name]
    return task


def test_each_step_is_counted_of_whom_it_is(at_end: Debugging) -> None:
    found = stats(at_end)
    assert of(found, "steps").steps == 11
    assert of(found, "spins").steps == 3
    assert of(found, "waits").steps == 2
    assert of(found, "main").steps == 21  # and is in the middle of another one
    assert {each.label.short for each in found.tasks if each.ended} == {"spins", "steps", "waits"}
    assert found.loop.steps == sum(each.steps for each in found.tasks)
    assert found.complete


def test_a_task_runs_waits_for_its_turn_or_is_blocked_all_its_life(at_end: Debugging) -> None:
    found = stats(at_end)
    for each in found.tasks:
        assert min(each.ran, each.waited, each.blocked) >= 0
        assert each.ran + each.waited + each.blocked <= found.loop.seconds + 0.001
    spins, steps, waits = (of(found, name) for name in ("spins", "steps", "waits"))
    assert spins.ran >= 0.3
    assert steps.waited >= 0.3  # it could run meanwhile
    assert steps.blocked == 0
    assert waits.blocked >= 0.3
    assert sum(each.ran for each in found.tasks) == pytest.approx(found.loop.ran)
    assert 0.3 <= found.loop.ran <= found.loop.seconds


def test_those_that_ran_longest_come_first(at_end: Debugging) -> None:
    ran = [each.ran for each in stats(at_end).tasks]
    assert ran == sorted(ran, reverse=True)


def test_the_longest_step_has_the_lines_at_which_it_was_seen(at_end: Debugging) -> None:
    longest = of(stats(at_end), "spins").longest
    assert longest is not None
    assert longest.step == 2
    assert longest.seconds >= 0.3
    assert re.fullmatch(r"counted\.py:\d+(-\d+)? in spins", longest.where)


def test_of_some_tasks_without_the_loop(at_end: Debugging) -> None:
    text = at_end.text("stats sp* waits")
    assert "busy for" not in text
    assert [line.split()[0] for line in text.splitlines()[1:]] == ["spins", "waits"]
    assert at_end.failure("stats nobody") == "nothing was counted for a task called nobody"


def test_what_passes_at_a_stop_is_nobodys(at_end: Debugging) -> None:
    before = stats(at_end).loop.seconds
    end = time.perf_counter() + 0.2
    while time.perf_counter() < end:
        pass
    assert stats(at_end).loop.seconds == before


@pytest.mark.parametrize("lines", [[], ["set record off", "set record on"]])
def test_what_lies_before_the_count_is_not_left_out_of_it(lines: list[str]) -> None:
    """Time stands still where counting begins, and has stood before that."""
    with debugging("counted") as dbg:
        time.sleep(0.2)
        for line in lines:
            dbg.do(line)
        dbg.do(f"break {dbg.line('end')}")
        dbg.go("continue", line_mark="end")
        loop = stats(dbg).loop
        assert 0.3 <= loop.ran <= loop.seconds
        dbg.do("set record off")
        time.sleep(0.2)
        assert stats(dbg).loop.seconds == pytest.approx(loop.seconds, abs=0.1)


def test_without_the_recorder_nobody_has_counted() -> None:
    done = children.run("-m", "stepdbg", "--no-record", "-c", "stats", "-c", "continue", PROGRAM)
    assert b"error: nothing has been recorded in this run" in done.stderr


def test_at_the_end_on_standard_error_with_the_passes() -> None:
    done = children.run("-m", "stepdbg", "--stats", "-c", "continue", PROGRAM)
    said = " ".join(done.stderr.decode().split())
    passes = int(done.stdout.split()[-1])
    assert said.startswith("stepdbg: run 1: busy for ")
    assert f" steps in {passes} passes, " in said
    gap = re.search(r"without a look for I/O was (\d+) ms", said)
    assert gap is not None
    assert int(gap[1]) >= 300
    assert "spins (5) ended 3 " in said


def test_in_json(at_end: Debugging) -> None:
    reply = json.loads(text_of(at_end.reply("stats", StatsShown)))
    assert reply["kind"] == "stats_shown"
    assert reply["stats"]["loop"]["passes"] is None
    assert {each["label"]["short"]: each["steps"] for each in reply["stats"]["tasks"]} == {
        "main": 21,
        "spins": 3,
        "steps": 11,
        "waits": 2,
    }


def test_a_dump_has_them(tmp_path: Path) -> None:
    dump = tmp_path / "dump"
    lines = (f"break {PROGRAM}:{LINE}", "continue", "stats", f"dump {dump}", "continue")
    words = [word for line in lines for word in ("-c", line)]
    live = children.run("-m", "stepdbg", "--record", *words, PROGRAM).stderr.decode()
    opened = children.run("-m", "stepdbg", "--open", dump, "-c", "stats").stdout.decode()
    _, begins, table = opened.partition("busy for ")
    assert begins
    assert "spins (5)  ended" in table
    assert begins + table.removesuffix("(stepdbg) \n").rstrip() in live

"""`timeline` and `export`: live, in a dump, as JSON; and which files `export` replaces."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from stepdbg.drawing import perfetto, svg
from stepdbg.model.history import TimelineShown
from stepdbg.model.lanes import ArrowKind, Lane, LaneMarkKind, Lanes, LaneState
from stepdbg.model.replies import Message
from stepdbg.render.jsonlines import text_of
from tests.archive.dumps import dump_of
from tests.frontends import children
from tests.harness import Debugging, debugging


def at_mark(dbg: Debugging, mark: str) -> None:
    dbg.do(f"break {dbg.line(mark)}")
    dbg.go("continue", line_mark=mark)


def shown(dbg: Debugging, line: str = "timeline") -> Lanes:
    return dbg.reply(line, TimelineShown).lanes


def lane(lanes: Lanes, name: str) -> Lane:
    return next(each for each in lanes.lanes if each.task.short == name)


def steps(lanes: Lanes) -> int:
    return sum(span.state is LaneState.RUNNING for lane in lanes.lanes for span in lane.spans)


def test_the_lanes_of_a_program() -> None:
    with debugging("recorded") as dbg:
        at_mark(dbg, "end")
        lanes = shown(dbg)
    names = [(each.task.short, each.depth) for each in lanes.lanes]
    children_ = ("waits", "owns#1", "owns#2", "is_cancelled", "fails")
    assert names == [("main", 0), *((name, 1) for name in children_)]
    waits = lane(lanes, "waits")
    done = [span.state for span in waits.spans]
    runs, runnable, blocked = LaneState.RUNNING, LaneState.RUNNABLE, LaneState.BLOCKED
    assert done == [runnable, runs, blocked, runnable, runs, runnable, runs]
    assert waits.spans[2].wait == "Event.wait"
    assert lane(lanes, "fails").outcome.startswith("raised ")
    cancelled = lane(lanes, "is_cancelled")
    assert LaneMarkKind.CANCELLED in {mark.kind for mark in cancelled.marks}
    main = lane(lanes, "main")
    assert LaneMarkKind.CANCELS in {mark.kind for mark in main.marks}
    assert {arrow.kind for arrow in lanes.arrows} == {*ArrowKind}
    by_main = [each for each in lanes.arrows if each.target == waits.task.number]
    assert [(each.kind, each.source) for each in by_main] == [
        (ArrowKind.SPAWN, main.task.number),
        (ArrowKind.WAKE, main.task.number),
    ]


def test_the_last_steps_and_the_last_seconds() -> None:
    with debugging("recorded") as dbg:
        at_mark(dbg, "end")
        assert steps(shown(dbg, "timeline 5 steps")) == 5
        assert steps(shown(dbg, "timeline 5")) == 5
        assert steps(shown(dbg, "timeline 1000 s")) == steps(shown(dbg, "timeline 1000s")) > 10
        reply = dbg.reply("timeline 1000s", TimelineShown)
        assert reply.to_scale
        assert not dbg.reply("timeline", TimelineShown).to_scale
        some = shown(dbg, "timeline 5 owns*")
        assert [each.task.short for each in some.lanes] == ["owns#1", "owns#2"]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("timeline 0", "at least one step"),
        ("timeline nobody", "nobody"),
        ("export", "`export` needs an argument"),
        ("export film out.svg", "film is not a picture"),
        ("export timeline", "needs the name of one file"),
        ("export timeline out.png", "must end in"),
        ("export timeline /no/such/folder/out.svg", "cannot be written"),
    ],
)
def test_what_makes_no_sense(line: str, sentence: str) -> None:
    with debugging("recorded") as dbg:
        at_mark(dbg, "middle")
        assert sentence in dbg.failure(line)


def test_without_a_recorder() -> None:
    with debugging("recorded", record=False) as dbg:
        at_mark(dbg, "middle")
        assert "nothing has been recorded" in dbg.failure("timeline")
        assert "nothing has been recorded" in dbg.failure("export timeline out.svg")


def test_a_dump_shows_the_same(tmp_path: Path) -> None:
    with debugging("recorded") as dbg:
        at_mark(dbg, "end")
        dumped = dump_of(dbg, tmp_path / "dump")
        for line in ("timeline", "timeline 5", "timeline 20 owns*"):
            assert dumped.text(line) == dbg.text(line), line
        live, later = tmp_path / "live.svg", tmp_path / "later.svg"
        dbg.do(f"export timeline {live}")
        assert "written to" in dumped.text(f"export timeline {later}")
    assert later.read_text(encoding="utf-8") == live.read_text(encoding="utf-8")


def test_json_has_every_field() -> None:
    with debugging("recorded") as dbg:
        at_mark(dbg, "end")
        told = json.loads(text_of(dbg.reply("timeline", TimelineShown)))
    assert told["kind"] == "timeline_shown"
    assert told["to_scale"] is False
    first = told["lanes"]["lanes"][0]
    assert first["task"]["short"] == "main"
    assert first["spans"][-1]["state"] == "running"


def test_files_hold_what_is_shown(tmp_path: Path) -> None:
    image, trace = tmp_path / "out.svg", tmp_path / "out.json"
    with debugging("recorded") as dbg:
        at_mark(dbg, "end")
        lanes = shown(dbg, "timeline 1000")
        said = dbg.reply(f"export timeline {image}", Message).text
        dbg.do(f"export perfetto {trace}")
    assert f"{steps(lanes)} steps of 6 tasks written to {image}" in said
    ElementTree.parse(image)
    slices = [each for each in json.loads(trace.read_bytes())["traceEvents"] if each["ph"] == "X"]
    assert sum(each["cat"] == "running" for each in slices) == steps(lanes)


def test_only_its_own_pictures_are_replaced(tmp_path: Path) -> None:
    theirs, ours = tmp_path / "theirs.svg", tmp_path / "ours.svg"
    theirs.write_text("<svg/>", encoding="utf-8")
    ours.write_text(svg.FIRST_LINE + "\nold", encoding="utf-8")
    other = tmp_path / "trace.json"
    other.write_text('{"traceEvents": []}', encoding="utf-8")
    with debugging("recorded") as dbg:
        at_mark(dbg, "end")
        assert "was not written by stepdbg" in dbg.failure(f"export timeline {theirs}")
        assert "was not written by stepdbg" in dbg.failure(f"export perfetto {other}")
        assert "was not written by stepdbg" in dbg.failure(f"export perfetto {ours}")
        dbg.reply(f"export timeline {ours}", Message)
    assert theirs.read_text(encoding="utf-8") == "<svg/>"
    assert other.read_text(encoding="utf-8") == '{"traceEvents": []}'
    assert "old" not in ours.read_text(encoding="utf-8")
    assert perfetto.FIRST_LINE not in ours.read_text(encoding="utf-8")


def test_a_run_that_is_over(tmp_path: Path) -> None:
    image = tmp_path / "out.svg"
    done = children.run(
        "-m", "stepdbg", "--record", "-c", "continue", "-c", f"export timeline {image}",
        "-c", "timeline", "-c", "set after-end prompt", "tests/programs/recorded.py",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr

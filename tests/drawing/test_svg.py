"""The still picture: it is XML that any viewer takes, and shows what there is."""

from __future__ import annotations

from xml.etree import ElementTree

from stepdbg.drawing import svg
from stepdbg.model.facts import RunId, TaskNumber
from stepdbg.model.history import LogEntry, LogKind
from stepdbg.model.lane_making import lanes_of
from stepdbg.model.lanes import LaneState
from stepdbg.model.records import replace
from stepdbg.model.task import TaskLabel
from tests.render.pictures import LANES

SVG = "{http://www.w3.org/2000/svg}"


def drawn(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


def test_it_begins_with_the_line_by_which_it_is_known() -> None:
    assert svg.svg_of(LANES, "run 1").partition("\n")[0] == svg.FIRST_LINE


def test_each_lane_has_its_name_and_each_state_a_shape() -> None:
    root = drawn(svg.svg_of(LANES, "run 1"))
    texts = {each.text for each in root.iter(f"{SVG}text")}
    assert {"parent (1)", "child#1 (4)", "child#2 (5)"} <= texts
    classes = {each.get("class") for each in root.iter(f"{SVG}path")}
    assert {str(state) for state in LaneState} <= classes
    assert {"arrow spawn", "arrow wake", "arrow cancel"} <= classes


def test_a_step_lies_where_its_time_is() -> None:
    root = drawn(svg.svg_of(LANES, "run 1"))
    (lane,) = (
        each for each in root.iter(f"{SVG}g") if each.findtext(f"{SVG}title") == "parent (1)"
    )
    (steps,) = (each for each in lane.iter(f"{SVG}path") if each.get("class") == "running")
    # From 0 to 0.04 s of one second, which is 960 pixels wide and begins at 220.
    assert steps.get("d") == "M220.0 43H258.4v14H220.0z"


def test_a_name_is_no_markup() -> None:
    evil = TaskLabel(RunId(1), TaskNumber(3), '<script>"&\x1b]0;', 1, False)
    lanes = lanes_of([LogEntry(0.1, LogKind.STEPPED, evil, 1, 0.1)], now=1.0)
    text = svg.svg_of(lanes, "run 1")
    assert "<script" not in text
    assert "\x1b" not in text
    assert any('<script>"&' in (each.text or "") for each in drawn(text).iter(f"{SVG}title"))


def test_no_time_at_all() -> None:
    lanes = replace(LANES, end=LANES.begin)
    assert drawn(svg.svg_of(lanes, "run 1")) is not None


def test_what_no_eye_can_see_is_left_out() -> None:
    task = LANES.lanes[0].task
    log = [
        LogEntry(number * 1e-5, LogKind.STEPPED, task, number, 2e-6) for number in range(1, 50_001)
    ]
    assert len(svg.svg_of(lanes_of(log, now=0.5), "run 1")) < 1_000_000

"""Chrome trace events: what Perfetto asks of them."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from stepdbg.drawing import perfetto
from stepdbg.model.facts import RunId
from stepdbg.model.lanes import Lane, LaneSpan
from tests.render.pictures import LANES


def events() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(perfetto.trace_of(LANES, RunId(2)))["traceEvents"]
    return found


def of(phase: str) -> list[dict[str, Any]]:
    return [each for each in events() if each["ph"] == phase]


def spans() -> list[tuple[Lane, LaneSpan]]:
    return [(lane, span) for lane in LANES.lanes for span in lane.spans]


def test_it_begins_with_the_line_by_which_it_is_known() -> None:
    assert perfetto.trace_of(LANES, RunId(1)).partition("\n")[0] == perfetto.FIRST_LINE


def test_a_run_is_a_process_and_a_task_a_thread() -> None:
    names = {(each["name"], each["tid"]): each["args"] for each in of("M")}
    assert names["process_name", 0] == {"name": "run 2"}
    assert names["thread_name", 4] == {"name": "child#1 (4)"}
    order = [names["thread_sort_index", number]["sort_index"] for number in (1, 4, 5)]
    assert order == [0, 1, 2]


def test_a_slice_for_each_span() -> None:
    told = [(each["tid"], each["cat"], each["ts"]) for each in of("X")]
    assert sorted(told) == sorted(
        (lane.task.number, span.state, round(span.begin * 1e6, 3)) for lane, span in spans()
    )
    first, second, *_ = (each for each in of("X") if each["tid"] == 1)
    assert first["name"] == "step 1"
    assert first["args"]["then waits in"] == "the end of a nursery"
    assert second["name"] == "the end of a nursery"


def test_events_are_in_order() -> None:
    times = [each["ts"] for each in events() if "ts" in each]
    assert times == sorted(times)
    assert len(times) > 20


def test_slices_of_a_thread_do_not_overlap() -> None:
    ends: defaultdict[int, float] = defaultdict(float)
    slices = of("X")
    assert len(slices) > 10
    for event in slices:
        assert event["ts"] >= ends[event["tid"]] - 0.0015
        ends[event["tid"]] = event["ts"] + event["dur"]


def test_a_flow_for_each_arrow_between_two_tasks() -> None:
    begun = {each["id"]: each for each in of("s")}
    ended = {each["id"]: each for each in of("f")}
    assert begun.keys() == ended.keys()
    assert len(begun) == len(LANES.arrows)
    first = LANES.arrows[0]
    assert (begun[1]["tid"], ended[1]["tid"]) == (first.source, first.target)
    assert all(each["bp"] == "e" for each in ended.values())


def test_a_flow_begins_within_a_step_of_its_source() -> None:
    steps = [each for each in of("X") if each["cat"] == "running"]
    spawns = [each for each in of("s") if each["name"] == "spawn"]
    assert len(spawns) == 2
    for event in spawns:
        assert any(
            step["tid"] == event["tid"] and step["ts"] <= event["ts"] <= step["ts"] + step["dur"]
            for step in steps
        )


def test_marks_are_instants() -> None:
    names = [each["name"] for each in of("i")]
    assert "cancelled" in names
    assert "exited: returned" in names

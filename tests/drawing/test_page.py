"""The page: what stands in it, and what it does in a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stepdbg.drawing import page
from stepdbg.model.facts import RunId, TaskNumber
from stepdbg.model.history import LogEntry, LogKind
from stepdbg.model.lane_making import lanes_of
from stepdbg.model.task import TaskLabel
from tests.drawing import browser
from tests.drawing.many import many
from tests.render.pictures import LANES


def packed(text: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="runs">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_it_begins_with_the_line_by_which_it_is_known() -> None:
    assert page.page_of([("run 1", LANES)], "t").partition("\n")[0] == page.FIRST_LINE


def test_it_asks_for_nothing_else() -> None:
    text = page.page_of([("run 1", LANES)], "t")
    assert not re.search(r"\b(src|href)\s*=|@import|url\(|https?:|fetch\(|XMLHttp", text)
    assert "default-src 'none'" in text
    assert "@@" not in text


def test_all_of_the_lanes_is_in_it() -> None:
    (run,) = packed(page.page_of([("run 1", LANES)], "t"))["runs"]
    assert [lane[0] for lane in run["lanes"]] == [lane.task.number for lane in LANES.lanes]
    for lane, (_, name, depth, outcome, spans, marks) in zip(
        LANES.lanes, run["lanes"], strict=True
    ):
        assert (name, depth, outcome) == (str(lane.task), lane.depth, lane.outcome)
        assert len(spans) == 9 * len(lane.spans)
        assert len(marks) == 5 * len(lane.marks)
        time = position = 0
        for span, at in zip(lane.spans, range(0, len(spans), 9), strict=True):
            time += spans[at + 1]
            position += spans[at + 3]
            assert time == round((span.begin - LANES.begin) * 1e9)
            assert position == span.first
            time += spans[at + 2]
            position += spans[at + 4]
            assert run["texts"][spans[at + 7]] == span.wait
    assert len(run["arrows"]) == 7 * len(LANES.arrows)
    assert len(LANES.arrows) == 4


def test_a_name_is_no_markup() -> None:
    evil = TaskLabel(RunId(1), TaskNumber(3), "</script><script>@@css@@\x1b", 1, False)
    lanes = lanes_of([LogEntry(0.1, LogKind.STEPPED, evil, 1, 0.1)], now=1.0)
    text = page.page_of([("run 1", lanes)], "t")
    assert text.count("<script") == 2
    (run,) = packed(text)["runs"]
    assert run["lanes"][0][1] == "</script><script>@@css@@\\x1b (3)"


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Iterator[browser.Page]:
    folder = tmp_path_factory.mktemp("few")
    file = folder / "few.html"
    runs = [("run 1", LANES), ("run 2", many(5, 200))]
    file.write_text(page.page_of(runs, "two runs"), encoding="utf-8")
    with browser.shown(file, folder / "profile") as shown:
        yield shown
        assert shown.problems == []


def middle_of(shown: browser.Page, row: int, index: int) -> tuple[float, float]:
    """Where a span of a lane is on the page."""
    x, y = shown.value(
        f"""(() => {{ const lane = timeline.run.lanes[{row}];
        const box = document.getElementById("lanes").getBoundingClientRect();
        const x = (timeline.xOf(lane.begin[{index}]) + timeline.xOf(lane.end[{index}])) / 2;
        return [box.left + x, box.top + timeline.yOf({row}) + 10]; }})()"""
    )
    return x, y


def begin_anew(shown: browser.Page) -> None:
    shown.value("document.getElementById('by-time').click(), timeline.choose(null), timeline.fit()")
    shown.drawn()


def text_of(shown: browser.Page, name: str) -> str:
    found: str = shown.value(f"document.getElementById('{name}').textContent")
    return found


def test_it_says_what_it_shows(few: browser.Page) -> None:
    assert few.value("document.title") == "two runs"
    assert text_of(few, "facts") == "7 steps of 3 tasks, 1 s"
    assert few.value("timeline.lastDraw") > 0


def test_zoom_with_the_wheel_is_about_the_mouse(few: browser.Page) -> None:
    begin_anew(few)
    x, y = middle_of(few, 0, 1)
    before = few.value("[timeline.view.begin, timeline.view.end]")
    few.mouse("mouseWheel", x, y, deltaX=0, deltaY=-500, modifiers=2)
    few.drawn()
    begin, end = few.value("[timeline.view.begin, timeline.view.end]")
    assert end - begin < (before[1] - before[0]) * 0.6
    assert abs(middle_of(few, 0, 1)[0] - x) < 1


def test_a_drag_moves_it(few: browser.Page) -> None:
    begin_anew(few)
    few.value("timeline.look(0.4, 0.6)")
    before = few.value("timeline.view.begin")
    few.mouse("mousePressed", 700, 300, button="left", clickCount=1)
    few.mouse("mouseMoved", 600, 300, button="left")
    few.mouse("mouseReleased", 600, 300, button="left", clickCount=1)
    assert few.value("timeline.view.begin") > before
    assert few.value("timeline.view.chosen") is None


def test_a_hover_tells_of_a_span(few: browser.Page) -> None:
    begin_anew(few)
    few.mouse("mouseMoved", *middle_of(few, 0, 1))
    assert few.value("document.getElementById('hover').hidden") is False
    told = text_of(few, "hover").splitlines()
    assert told[0] == "parent (1): blocked"
    assert "after step: 1" in told
    assert "waits in: the end of a nursery" in told
    assert any(line.startswith("line: tasks.py:6 in ") for line in told)
    assert "length: 960 ms" in told
    few.mouse("mouseMoved", 700, 650)
    assert few.value("document.getElementById('hover').hidden") is True


def chain(shown: browser.Page) -> list[str]:
    found: list[str] = shown.value(
        "[...document.querySelectorAll('#detail li button')].map((each) => each.textContent)"
    )
    return found


def test_a_click_follows_who_woke_whom(few: browser.Page) -> None:
    begin_anew(few)
    cancelled = few.value("timeline.run.lanes[2].state.indexOf(4)")
    few.click(*middle_of(few, 2, cancelled))
    assert chain(few) == ["child#1 (4) cancelled child#2 (5)"]
    few.value("document.querySelector('#detail li button').click()")
    assert few.value("timeline.view.chosen.lane.name") == "child#1 (4)"
    assert chain(few) == []  # its sleep had ended: no task woke it
    few.value("timeline.choose({lane: timeline.run.lanes[2], index: 1})")
    assert chain(few) == ["parent (1) spawned child#2 (5)"]
    few.value("timeline.choose(null)")
    assert few.value("document.getElementById('detail').hidden") is True


def test_a_search_finds_tasks_lines_and_waits(few: browser.Page) -> None:
    begin_anew(few)
    for text, count in (("child#2", "1 task"), ("tasks.py:6", "3 tasks"), ("nosuch", "0 tasks")):
        few.value(
            f"""(() => {{ const field = document.getElementById("search");
            field.value = {json.dumps(text)}; field.dispatchEvent(new Event("input")); }})()"""
        )
        assert text_of(few, "found") == count


def test_steps_instead_of_time(few: browser.Page) -> None:
    begin_anew(few)
    few.value("document.getElementById('by-step').click()")
    few.drawn()
    assert few.value("timeline.view.bySteps") is True
    assert few.value("timeline.view.end") > few.value("timeline.run.last") * 0.99


def ground(shown: browser.Page) -> list[int]:
    """The colour of the canvas where nothing is drawn."""
    found: list[int] = shown.value(
        """(() => { const pen = document.createElement("canvas").getContext("2d");
        pen.drawImage(document.getElementById("lanes"), -2, -400);
        return [...pen.getImageData(0, 0, 1, 1).data]; })()"""
    )
    return found


def test_light_and_dark(few: browser.Page) -> None:
    begin_anew(few)
    few.dark(False)
    light = ground(few)
    few.dark(True)
    dark = ground(few)
    few.dark(False)
    assert sum(light[:3]) > 700
    assert sum(dark[:3]) < 100
    assert ground(few) == light


def test_another_run(few: browser.Page) -> None:
    for number, tasks in ((1, " of 5 tasks, "), (0, " of 3 tasks, ")):
        few.value(
            f"""(() => {{ const choice = document.getElementById("run");
            choice.value = "{number}"; choice.onchange(); }})()"""
        )
        assert tasks in text_of(few, "facts")


CALLS = """(async () => {
  const kind = CanvasRenderingContext2D.prototype, found = [], all = timeline.run.length;
  let calls = 0;
  for (const name of ["fillRect", "fillText", "fill", "stroke", "rect", "moveTo", "lineTo"]) {
    const real = kind[name];
    kind[name] = function (...given) { calls++; return real.apply(this, given); };
  }
  for (const share of [1.0, 0.1, 0.01])
    for (let index = 0; index < 10; index++) {
      const part = all * share, begin = (all - part) * index / 10;
      timeline.look(begin, begin + part);
      calls = 0;
      timeline.draw();
      found.push(calls);
    }
  return found; })()"""
"""How often each of thirty redraws calls the canvas, from the whole run to a hundredth of it."""


@pytest.mark.parametrize("tasks", [1_000, 20])
def test_a_hundred_thousand_events_are_drawn_at_once(tmp_path: Path, tasks: int) -> None:
    """What is not a pixel wide shares a call; `benchmarks.redraw` measures the time."""
    events = 100_000
    file = tmp_path / "many.html"
    file.write_text(page.page_of([("run 1", many(tasks, events))], "many"), encoding="utf-8")
    with browser.shown(file, tmp_path / "profile") as shown:
        assert shown.value("timeline.run.lanes.length") == tasks
        calls = shown.value(CALLS)
        assert len(calls) == 30
        assert all(50 < each < events / 5 for each in calls), calls
        assert shown.problems == []

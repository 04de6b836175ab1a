"""Which kind of picture is written to a file.

Owns: `PICTURES`, `Painter` and `painter_of`.  Does not own: the pictures (page, svg, perfetto).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stepdbg.model.errors import BadUsage
from stepdbg.model.facts import RunId
from stepdbg.model.lanes import Lanes
from stepdbg.model.records import dataclass
from stepdbg.model.standard import os

PICTURES = {
    "timeline": "a page for a browser (.html) or an image (.svg)",
    "perfetto": "Chrome trace events, for Perfetto",
}
"""What `export` writes."""


@dataclass(frozen=True, slots=True)
class Painter:
    """Makes the text of a file.

    paint: makes the text from the lanes of at least one run; an image shows only the last run.
    first_line: the first line of that text: stepdbg overwrites a file only if it begins with it.
    """

    paint: Callable[[Sequence[tuple[RunId, Lanes]]], str]
    first_line: str


def painter_of(what: str, filename: str) -> Painter:
    """Give the painter of a file.

    Args:
        what: one of `PICTURES`.
        filename: the name of the file; its ending says which kind of timeline is drawn.

    Raises:
        BadUsage: the ending of the name is unknown.
    """
    # Imported only here, because most sessions use none of them.
    if what == "perfetto":
        from . import perfetto

        return Painter(
            lambda runs: perfetto.trace_of(runs[-1][1], runs[-1][0]), perfetto.FIRST_LINE
        )
    ending = os.path.splitext(filename)[1].lower()
    if ending == ".svg":
        from . import svg

        return Painter(lambda runs: svg.svg_of(runs[-1][1], _title(runs[-1][0])), svg.FIRST_LINE)
    if ending in (".html", ".htm"):
        from . import page

        return Painter(
            lambda runs: page.page_of([(_title(run), lanes) for run, lanes in runs], "timeline"),
            page.FIRST_LINE,
        )
    raise BadUsage(f"{filename} must end in .html or .svg, which says what is drawn")


def _title(run: RunId) -> str:
    return f"run {run}"

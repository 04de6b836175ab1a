"""``--report FILE``: what exploring has found, as a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stepdbg import cli
from stepdbg.drawing.explored_page import FIRST_LINE, explored_page
from stepdbg.model.errors import StepdbgError
from stepdbg.model.exploring import (
    Explained,
    Fault,
    FoundFault,
    Row,
    SharedName,
    ShownStep,
    Verdict,
    VerdictKind,
)
from stepdbg.model.records import replace
from stepdbg.render.exploring import in_mode
from tests.drawing import browser
from tests.explore import programs
from tests.explore.test_script import RUN, explore

STEPS = (
    ShownStep("step 1 of main/0", "a.py:3: x = n", "a.py:4: await f()"),
    ShownStep("step 2 of main/1", "a.py:4: await f()", ""),
)
EXPLAINED = Explained(
    ("step 2 of main/0 after step 1 of main/1",),
    of=4,
    again=20,
    replays=20,
    pair=STEPS,
    shared=(SharedName("n", "reads it at a.py:3", "writes it at a.py:5"),),
    words="lost update: main/0 reads `n`",
    mode="stock",
    columns=(("main/0", "add"), ("main/1", "<b>")),
    rows=(
        Row(1, 1, 0, "a.py:3: x = n", mark="first"),
        Row(2, 2, 1, "a.py:4", "runs on", (0,), "then"),
    ),
)
FAULT = Fault("k", "AssertionError at a.py:9", "<text>")
FOUND = FoundFault(FAULT, "stepdbg:1:x", 3, 1, 7, "out", EXPLAINED)
VERDICT = Verdict(VerdictKind.FAILED, 3, 3, faults=(FOUND,), notes=("a note",))


def test_a_mode_says_in_how_many_orders_it_was_not_found() -> None:
    assert in_mode(EXPLAINED) == "stock: Trio itself can make such an order"
    batch = replace(EXPLAINED, mode="batch", tried=(76,))
    assert "not found in 76 tries of orders that Trio itself can make" in in_mode(batch)
    free = in_mode(replace(EXPLAINED, mode="free", tried=(76, 200)))
    assert "in 76 tries" in free
    assert "nor in 200 with the tasks of each pass in any order" in free


def test_all_is_in_it_and_it_asks_for_nothing_else() -> None:
    page = explored_page(VERDICT, [("stock: of Trio's", "python -m stepdbg --replay x 'a'")])
    assert page.partition("\n")[0] == FIRST_LINE
    assert not re.search(r"\b(src|href)\s*=|@import|url\(|https?:|<script", page)
    assert "default-src 'none'" in page
    assert "@@" not in page
    for text in (
        "failed after 3 schedules", "a note", "AssertionError at a.py:9", "&lt;text&gt;", "out",
        "lost update: main/0 reads `n`", "both touch <code>n</code>", "stock: of Trio&#x27;s",
        "delayed here", "runs on", "&lt;b&gt;", "step 2 of main/0 after step 1 of main/1",
    ):  # fmt: skip
        assert text in page or text.replace("&#x27;", "'") in page, text
    assert "<text>" not in page


def test_a_browser_shows_it(tmp_path: Path) -> None:
    """A real one, what the program really wrote: each row has a cell for each task."""
    source = programs.LOST_UPDATE + RUN
    done = explore(tmp_path / "program.py", source, "--report", str(tmp_path / "found.html"))
    assert done.returncode == 1, done.stderr
    with browser.shown(tmp_path / "found.html", tmp_path / "profile") as page:
        cells = "[...document.querySelectorAll('tr')].map((row) => row.children.length)"
        found = page.value(cells)
        assert len(found) > 4
        assert set(found) == {4}, "the number of the step, and three tasks"
        assert page.value("document.querySelectorAll('tr.first, tr.then').length") == 2
        assert "tbreak task" in page.value("document.querySelector('.command').textContent")
        page.dark(True)
        assert page.problems == []


def test_a_file_that_is_not_ours_stays(tmp_path: Path) -> None:
    other = tmp_path / "other.html"
    other.write_text("<p>mine</p>")
    with pytest.raises(StepdbgError, match=r"other\.html"):
        cli.parse_options(["--explore", "--report", str(other), "program.py"])
    with pytest.raises(StepdbgError, match=r"ends in \.html"):
        cli.parse_options(["--explore", "--report", "found.txt", "program.py"])

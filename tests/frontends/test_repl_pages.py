"""Answers that are longer than the terminal: page by page, on a real pseudo-terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal import DOWN, ENTER, ESCAPE, PROMPT, PseudoTerminal, ctrl

from .at_terminal import EXAMPLES, debug

TASKS = EXAMPLES / "tasks.py"
ROWS = 12
WAITS = "Enter shows more"

SHAPES = {"drawn": {}, "row": {"NO_COLOR": "1"}, "dumb": {"TERM": "dumb"}}


@pytest.fixture(params=SHAPES)
def terminal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PseudoTerminal]:
    """Each shape of the prompt, on a low screen."""
    with debug(tmp_path, TASKS, rows=ROWS, environment=SHAPES[request.param]) as terminal:
        terminal.wait_for_prompt()
        yield terminal


def whole(terminal: PseudoTerminal, line: str) -> list[str]:
    """What a command shows when nothing is paged."""
    terminal.do("set pager off")
    shown = terminal.do(line)
    terminal.do("set pager on")
    return shown


def ask(terminal: PseudoTerminal, line: str) -> None:
    """Type a line whose answer has pages, and wait for the end of the first one."""
    terminal.type(line + ENTER)
    terminal.wait_until(lambda: WAITS in terminal.rows[terminal.screen.cursor.y], "a page")


def is_paged(terminal: PseudoTerminal) -> bool:
    return WAITS in terminal.rows[terminal.screen.cursor.y]


def answers(terminal: PseudoTerminal, keys: str) -> None:
    """Answer at the end of a page, and wait until the next one or the prompt is there."""
    before = terminal.rows[terminal.screen.cursor.y]
    terminal.type(keys)

    def has_gone_on() -> bool:
        here = terminal.rows[terminal.screen.cursor.y]
        return terminal.at_prompt() or (WAITS in here and not here.startswith(before))

    terminal.wait_until(has_gone_on, "the next page, or the prompt")


def shown_since(terminal: PseudoTerminal, line: str) -> list[str]:
    """The rows that an answer has left on the screen, without what was asked between pages."""
    rows = terminal.transcript
    start = max(n for n, row in enumerate(rows) if row == f"{PROMPT} {line}")
    return [row for row in rows[start + 1 :] if WAITS not in row and not row.startswith(PROMPT)]


def test_all_of_it_is_seen(terminal: PseudoTerminal) -> None:
    everything = whole(terminal, "help all")
    ask(terminal, "help all")
    assert set(everything[:2]) & set(terminal.rows[:2])
    pages = 1
    while is_paged(terminal):
        answers(terminal, ENTER)
        pages += 1
    assert pages == -(-len(everything) // (ROWS - 1))
    seen = [row for row in shown_since(terminal, "help all") if row]
    listed = [row for row in everything if row]
    assert seen[: len(listed)] == listed  # there may be a toolbar below
    assert terminal.do("p 6 * 7")[-1:] == ["42"]


ENDS = {
    "drawn": ("q", "Q", ESCAPE, ctrl("c"), ctrl("d")),
    "row": ("q", ctrl("c"), ctrl("d")),
    "dumb": ("q" + ENTER, ctrl("c")),
}


def test_what_ends_a_listing(terminal: PseudoTerminal, request: pytest.FixtureRequest) -> None:
    for keys in ENDS[request.node.callspec.params["terminal"]]:
        everything = whole(terminal, "help all")
        ask(terminal, "help all")
        answers(terminal, keys)
        assert terminal.at_prompt(), keys
        assert len(shown_since(terminal, "help all")) < len(everything) // 2
    assert terminal.do("p 6 * 7")[-1:] == ["42"]


def test_a_page_may_be_followed_by_a_larger_one(tmp_path: Path) -> None:
    with debug(tmp_path, TASKS, rows=ROWS) as terminal:
        terminal.wait_for_prompt()
        ask(terminal, "help all")
        answers(terminal, " ")
        assert "22 of " in terminal.rows[terminal.screen.cursor.y]
        terminal.resize(80, 30)
        answers(terminal, DOWN)
        assert "51 of " in terminal.rows[terminal.screen.cursor.y]
        answers(terminal, "q")
        assert terminal.do("p 6 * 7")[-1:] == ["42"]


def test_what_fits_has_no_pages(tmp_path: Path) -> None:
    with debug(tmp_path, TASKS, rows=24) as terminal:
        terminal.wait_for_prompt()
        shown = terminal.do("help")
        assert "`help all` lists everything" in " ".join(shown)
        assert any(line.split()[:1] == ["watch"] for line in shown)
        assert shown[0] in terminal.rows  # with the prompt and its toolbar below


def test_commands_that_nobody_typed_have_no_pages(tmp_path: Path) -> None:
    with debug(tmp_path, TASKS, "-c", "help all", rows=ROWS) as terminal:
        terminal.wait_for_prompt()
        assert WAITS not in terminal.text
        assert "the debugger" in terminal.text


def test_settings_are_remembered(terminal: PseudoTerminal) -> None:
    assert [row for row in terminal.do("set pager") if row] == [
        "  pager  on  whether answers that are longer than the terminal wait after each",
        "             screenful",
    ]
    assert "on or off, not maybe" in " ".join(terminal.do("set pager maybe"))


def test_a_command_ends_the_listing_and_is_carried_out(terminal: PseudoTerminal) -> None:
    ask(terminal, "help all")
    terminal.type("p 6 * 7" + ENTER)
    answers = {"42", f"{PROMPT} 42"}  # the second one where the terminal shows what is typed
    terminal.wait_until(
        lambda: bool(answers & set(terminal.rows)) and terminal.at_prompt(), "its answer"
    )


@pytest.mark.parametrize("shape", ["drawn", "row"])
def test_enter_after_q_repeats_nothing(shape: str, tmp_path: Path) -> None:
    with debug(tmp_path, TASKS, rows=ROWS, environment=SHAPES[shape]) as terminal:
        terminal.wait_for_prompt()
        ask(terminal, "help all")
        terminal.type("q" + ENTER + "p 6 * 7" + ENTER)
        terminal.wait_until(lambda: "42" in terminal.rows and terminal.at_prompt(), "its answer")
        assert not any("Enter shows more" in row for row in terminal.rows)

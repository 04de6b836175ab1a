"""What each key does at the prompt, on a real pseudo-terminal."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal import (
    BACKSPACE,
    DOWN,
    ENTER,
    LEFT,
    RIGHT,
    TAB,
    UP,
    PseudoTerminal,
    ctrl,
)

from .at_terminal import EXAMPLES, ROOT, debug, user

TASKS = EXAMPLES / "tasks.py"


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[PseudoTerminal]:
    """The first stop of an example, its prompt open."""
    with debug(tmp_path, TASKS) as terminal:
        terminal.wait_for_prompt()
        yield terminal


@pytest.fixture
def row(tmp_path: Path) -> Iterator[PseudoTerminal]:
    """The same with the prompt that is left by ``NO_COLOR``."""
    with debug(tmp_path, TASKS, environment={"NO_COLOR": "1"}) as terminal:
        terminal.wait_for_prompt()
        yield terminal


@pytest.fixture(params=["drawn", "row"])
def either(request: pytest.FixtureRequest) -> PseudoTerminal:
    """Both shapes of the prompt, one after the other."""
    name = {"drawn": "terminal", "row": "row"}[request.param]
    chosen: PseudoTerminal = request.getfixturevalue(name)
    return chosen


def last(terminal: PseudoTerminal) -> str:
    """The row in which the cursor stands."""
    return terminal.rows[terminal.screen.cursor.y]


# Completion


def test_tab_completes_the_only_command(either: PseudoTerminal) -> None:
    either.type("longl" + TAB)
    either.wait_until(lambda: last(either).startswith("(stepdbg) longlist"), "longlist")


def test_tab_opens_a_menu_and_walks_through_it(terminal: PseudoTerminal) -> None:
    terminal.type("dis" + TAB)
    terminal.wait_until(
        lambda: {"disable", "display"} <= {row.split()[0] for row in terminal.rows if row},
        "a menu of both",
    )
    terminal.type(TAB)
    terminal.wait_until(lambda: last(terminal) == "(stepdbg) disable", "the first one")
    terminal.type(TAB)
    terminal.wait_until(lambda: last(terminal) == "(stepdbg) display", "the second one")
    terminal.type(ENTER)  # takes it from the menu, and runs nothing yet
    terminal.type("1+1" + BACKSPACE * 3)
    terminal.wait_until(
        lambda: last(terminal) == "(stepdbg) display" and "disable" not in terminal.rows,
        "the menu closed",
    )


def test_tab_lists_where_no_menu_can_open(row: PseudoTerminal) -> None:
    row.type("dis" + TAB)
    row.wait_for("disable  display")
    row.wait_until(lambda: last(row) == "(stepdbg) dis", "the line again")


def test_tab_completes_names_of_the_frame(either: PseudoTerminal) -> None:
    either.type("p left_c" + TAB)
    either.wait_until(lambda: last(either) == "(stepdbg) p left_child", "the name")
    either.type(".__na" + TAB)
    either.wait_until(lambda: last(either) == "(stepdbg) p left_child.__name__", "its attribute")
    assert either.prompts() == 1
    either.type(ENTER)
    either.wait_for("'left_child'")


def test_tab_indents_where_a_line_begins(terminal: PseudoTerminal) -> None:
    terminal.type("if True:" + ENTER)
    terminal.wait_for("...")
    terminal.type(BACKSPACE * 4 + TAB + "print('indented', 6 * 7)" + ENTER + ENTER)
    terminal.wait_for("indented 42")


# Moving and editing


def test_left_and_right_move(either: PseudoTerminal) -> None:
    either.type("p 1" + LEFT + "4" + RIGHT + "2" + ENTER)
    either.wait_for("412")


def test_the_ends_of_the_line(either: PseudoTerminal) -> None:
    either.type("3 * 33" + ctrl("a") + "p 1 + " + ctrl("e") + "3" + ENTER)
    either.wait_for("1000")


def test_control_d_removes_a_character_within_a_line(either: PseudoTerminal) -> None:
    either.type("p 8765" + LEFT + LEFT + ctrl("d") + ENTER)
    either.wait_for("875")
    either.wait_for_prompt()


# History


def test_up_and_down_walk_through_history(either: PseudoTerminal) -> None:
    either.do("p 'first'")
    either.do("p 'second'")
    either.type(UP)
    either.wait_until(lambda: last(either) == "(stepdbg) p 'second'", "the newest")
    either.type(UP)
    either.wait_until(lambda: last(either) == "(stepdbg) p 'first'", "the one before")
    either.type(DOWN)
    either.wait_until(lambda: last(either) == "(stepdbg) p 'second'", "the newest again")
    either.type(DOWN)
    either.wait_until(lambda: last(either) == "(stepdbg)", "an empty line")


def test_control_r_searches_history(either: PseudoTerminal) -> None:
    either.do("p 'needle'")
    either.do("p 'hay'")
    either.type(ctrl("r") + "need")
    either.wait_for("need")
    either.wait_until(lambda: "p 'needle'" in either.rows[-1] or shows_match(either), "a match")
    before = either.text.count("'needle'")
    either.type(ENTER)
    either.type(ENTER)
    either.wait_until(lambda: either.text.count("'needle'") > before, "the value")
    either.wait_for_prompt()


def shows_match(terminal: PseudoTerminal) -> bool:
    """Whether the line that is searched for stands in the row that is edited."""
    return any(row.endswith(("(stepdbg) p 'needle'", ": p 'needle'")) for row in terminal.rows)


def test_a_suggestion_is_taken_with_the_right_arrow(terminal: PseudoTerminal) -> None:
    terminal.do("p 'suggested'")
    terminal.type("p 's")
    terminal.wait_until(lambda: last(terminal).endswith("p 'suggested'"), "a suggestion")
    terminal.type(RIGHT + " * 2" + ENTER)
    terminal.wait_for("'suggestedsuggested'")


def test_history_outlives_the_session(tmp_path: Path) -> None:
    for _ in range(2):
        with debug(tmp_path, TASKS) as terminal:
            terminal.wait_for_prompt()
            terminal.do("p 'kept'")
            terminal.type("q" + ENTER)
            terminal.wait_for_exit()
    with debug(tmp_path, TASKS) as terminal:
        terminal.wait_for_prompt()
        terminal.type(UP + UP)
        terminal.wait_until(lambda: last(terminal) == "(stepdbg) p 'kept'", "the entry")
    path = tmp_path / ".local" / "state" / "stepdbg" / "history"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_history_that_cannot_be_kept_is_said_once(tmp_path: Path) -> None:
    (tmp_path / ".local").write_text("in the way")
    with debug(tmp_path, TASKS, columns=200) as terminal:
        terminal.wait_for_prompt()
        terminal.do("p 1")
        terminal.do("p 2")
        assert terminal.text.count("no history is kept") == 1
        terminal.type(UP + ENTER)
        terminal.wait_until(lambda: terminal.text.count("p 2") == 2, "the line again")


# Ending and giving up


def test_control_c_clears_the_line(either: PseudoTerminal) -> None:
    either.type("p 'unwanted" + ctrl("c"))
    either.wait_until(lambda: either.prompts() == 2 and either.at_prompt(), "a fresh prompt")
    assert either.do("p 'wanted'") == ["'wanted'"]
    assert "Interrupt" not in either.text


def test_control_c_gives_up_a_block(terminal: PseudoTerminal) -> None:
    terminal.type("while True:" + ENTER)
    terminal.wait_for("...")
    terminal.type("print('never')" + ctrl("c"))
    terminal.wait_until(lambda: terminal.prompts() == 2 and terminal.at_prompt(), "a prompt")
    assert terminal.do("p 1") == ["1"]


def test_control_d_quits_and_says_so(either: PseudoTerminal) -> None:
    either.type(ctrl("d"))
    assert either.wait_for_exit() == 125
    assert "quit (Ctrl-D)" in either.text
    assert "Traceback" not in either.text
    assert "parent: opening a nursery" not in either.transcript


# Statements of several lines


def test_a_block_ends_with_an_empty_line(either: PseudoTerminal) -> None:
    either.type("for number in range(2):" + ENTER)
    either.wait_for("...")
    indent = "" if "\x1b" in either.raw.decode() else "    "
    either.type(f"{indent}print('number', number)" + ENTER + ENTER)
    either.wait_for("number 1")
    either.wait_for_prompt()
    assert either.text.count("number 0") == 1


def test_a_block_comes_back_from_history_as_one(terminal: PseudoTerminal) -> None:
    terminal.type("for number in range(2):" + ENTER + "print('row', number)" + ENTER + ENTER)
    terminal.wait_for("row 1")
    terminal.wait_for_prompt()
    terminal.type(UP)
    terminal.wait_until(lambda: "print('row', number)" in last(terminal), "the block")
    terminal.type(ENTER + ENTER)
    terminal.wait_until(lambda: terminal.text.count("row 1") == 2, "the block again")


def test_enter_repeats_the_last_step(either: PseudoTerminal) -> None:
    either.do("step")
    answer = either.do("")
    assert any("left_child" in row or "right_child" in row for row in answer)


def test_lines_typed_ahead_are_all_carried_out(either: PseudoTerminal) -> None:
    either.type(f"p 'one'{ENTER}p 'two'{ENTER}p 'three'{ENTER}")
    either.wait_for("'three'")
    either.wait_for_prompt()
    assert [row for row in either.transcript if row in ("'one'", "'two'", "'three'")] == [
        "'one'",
        "'two'",
        "'three'",
    ]


# Resizing


def test_the_toolbar_follows_the_width(terminal: PseudoTerminal) -> None:
    narrow = last_row(terminal)
    terminal.resize(140, 40)
    terminal.wait_until(lambda: len(last_row(terminal)) > len(narrow), "a longer toolbar")
    terminal.resize(40, 40)
    terminal.wait_until(lambda: 0 < len(last_row(terminal)) <= 40, "a shorter toolbar")
    assert terminal.at_prompt()


def test_answers_follow_the_width(either: PseudoTerminal) -> None:
    either.resize(200, 60)
    wide = either.do("help")
    either.resize(40, 60)
    narrow = either.do("help")
    assert max(map(len, wide)) > 40
    assert max(map(len, narrow)) <= 40
    assert len(narrow) > len(wide)


def last_row(terminal: PseudoTerminal) -> str:
    """The lowest row that is not empty."""
    return terminal.transcript[-1]


# Suspending


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs a shell with job control")
def test_control_z_suspends_and_fg_comes_back(tmp_path: Path) -> None:
    command = ["bash", "--norc", "--noprofile", "-i"]
    with PseudoTerminal(command, cwd=ROOT, environment=user(tmp_path)) as shell:
        shell.type(shlex.join([sys.executable, "-m", "stepdbg", str(TASKS)]) + ENTER)
        shell.wait_for_prompt()
        shell.type("p 6 *" + ctrl("z"))
        shell.wait_for("Stopped")
        shell.type("fg" + ENTER)
        shell.wait_until(lambda: last(shell) == "(stepdbg) p 6 *", "the line again")
        shell.type(" 7" + ENTER)
        shell.wait_for("42")

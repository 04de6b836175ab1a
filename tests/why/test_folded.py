"""Many tasks that are alike are as short in `tree`, `timers` and `print_tasks` as in `tasks`."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

import stepdbg
from stepdbg.model.replies import TaskList, Timers, Tree
from tests.harness import Debugging, debugging


@pytest.fixture
def crowd() -> Iterator[Debugging]:
    with debugging("sleepers") as dbg:
        dbg.go(f"until {dbg.line('stop')}", line_mark="stop")
        yield dbg


def of(rows: list[str], word: str) -> list[str]:
    return [row.split()[0] for row in rows if row.strip().startswith(word)]


def index(rows: list[str], text: str) -> int:
    return next(number for number, row in enumerate(rows) if text in row)


def test_the_tree_has_one_of_each_kind(crowd: Debugging) -> None:
    rows = crowd.text("tree").splitlines()
    assert of(rows, "sleeper") == ["sleeper#1", "sleeper#501", "sleeper#540"]
    assert of(rows, "connection") == ["connection#1", "connection#40"]  # one has a time limit
    assert [row.strip()[:26] for row in rows if "just like it" in row] == [
        "and 499 more just like it:",
        "and 38 more just like it: ",
    ]
    assert len(rows) < 30


def test_who_is_counted_stands_at_the_depth_of_the_one_that_is_shown(crowd: Debugging) -> None:
    rows = crowd.text("tree").splitlines()
    depths = {row.split()[0]: len(row) - len(row.lstrip()) for row in rows if row.strip()}
    assert depths["and"] == depths["connection#1"] < depths["sleeper#501"]
    assert index(rows, "and 38 more") > index(rows, "waiter#1 ")


def test_the_task_in_view_is_never_left_out(crowd: Debugging) -> None:
    crowd.do("task sleeper#77")
    rows = crowd.text("tree").splitlines()
    assert "->" in next(row for row in rows if "sleeper#77 " in row)
    assert "and 498 more just like it" in crowd.text("tree")
    crowd.do("task waiter#7")
    rows = crowd.text("tree").splitlines()
    assert of(rows, "connection") == ["connection#1", "connection#7", "connection#40"]


def test_programs_get_the_whole_tree(crowd: Debugging) -> None:
    assert len(crowd.reply("timers", Timers).timers) == 541
    (nursery,) = crowd.reply("tree", Tree).root.inside
    assert len(nursery.children) == 540  # type: ignore[union-attr]


def test_timers_are_folded(crowd: Debugging) -> None:
    rows = crowd.text("timers").splitlines()
    assert len(rows) == 4
    assert "sleeper#1 " in rows[1]
    assert rows[2].strip().startswith("and 539 more just like it, the last one in 33 min ")


def test_the_page_for_code(crowd: Debugging) -> None:
    def printed() -> list[str]:
        stream = io.StringIO()
        stepdbg.print_tasks(stream)
        return stream.getvalue().splitlines()

    rows = crowd.call(printed)
    assert of(rows, "sleeper")[:2] == ["sleeper#1", "sleeper#501"]
    assert sum("just like it" in row for row in rows) == 2
    assert len(rows) < 40


def test_five_hundred_sleepers_take_as_few_lines_as_in_a_list(crowd: Debugging) -> None:
    listed = crowd.reply("tasks sleeper", TaskList)
    assert len(listed.groups) == 1
    assert len(crowd.text("tasks sleeper").splitlines()) == 4
    tree = crowd.text("tree").splitlines()
    below = tree[index(tree, "sleeper#1 ") + 1]
    assert "and 499 more just like it" in below

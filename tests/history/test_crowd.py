"""`tasks` with more tasks than anybody reads: equal ones share a line, ranges are pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from stepdbg.engine.seeing import folding
from stepdbg.model.replies import TaskList
from stepdbg.model.task import TaskGroup
from tests.harness import Debugging, debugging


@pytest.fixture
def crowd() -> Iterator[Debugging]:
    with debugging("crowd") as dbg:
        dbg.do(f"break {dbg.line('stop')}")
        dbg.go("continue", line_mark="stop")
        yield dbg


def groups(dbg: Debugging, line: str) -> tuple[TaskGroup, ...]:
    return dbg.reply(line, TaskList).groups


def sizes(dbg: Debugging, line: str) -> list[tuple[str, int]]:
    return [(each.example.label.name, len(each.labels)) for each in groups(dbg, line)]


MAIN, WORKER, ITERATES = "__main__.main", "__main__.worker", "__main__.iterates"


def test_tasks_that_differ_in_an_outer_line_are_not_equal(crowd: Debugging) -> None:
    assert sizes(crowd, "tasks") == [(MAIN, 1), (WORKER, 15), (WORKER, 15), (ITERATES, 3)]
    assert "34 tasks" in crowd.text("tasks")


def test_of_very_many_the_innermost_line_counts(
    crowd: Debugging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "_EXACTLY", 10)
    assert sizes(crowd, "tasks") == [(MAIN, 1), (WORKER, 30), (ITERATES, 3)]


def test_filters_come_before_folding(crowd: Debugging) -> None:
    assert sizes(crowd, "tasks worker blocked") == [(WORKER, 15), (WORKER, 15)]
    assert sizes(crowd, "tasks iterates") == [(ITERATES, 1)] * 3
    assert sizes(crowd, "tasks exited") == []
    assert "34 tasks, 30 of them match worker" in crowd.text("tasks worker")


def test_a_range_of_numbers_is_a_page(crowd: Debugging) -> None:
    everybody = [task.label.number for task in crowd.call(crowd.inspector.tasks)]
    first, last = everybody[3], everybody[27]
    page = [group.labels[0].number for group in groups(crowd, f"tasks {first}..{last}")]
    assert page == everybody[3:28]
    assert [g.labels[0].number for g in groups(crowd, f"tasks {last}..")] == everybody[27:]
    assert [g.labels[0].number for g in groups(crowd, f"tasks ..{first}")] == everybody[:4]


def test_each_one_is_listed_with_the_option(crowd: Debugging) -> None:
    listed = groups(crowd, "tasks -a")
    assert all(len(group.labels) == 1 for group in listed)
    assert len(listed) == len(crowd.call(lambda: crowd.inspector.tasks(system=True)))


def test_a_group_says_who_else_is_in_it(crowd: Debugging) -> None:
    assert "and 14 more just like it: " in crowd.text("tasks")

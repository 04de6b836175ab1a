"""How tasks are called, and where they come from."""

from __future__ import annotations

import pytest

from stepdbg.model.facts import NOT_RECORDED, RunId, TaskNumber
from stepdbg.model.task import Spawn, TaskLabel
from tests.harness import Debugging, debugging

from .following import stops


def labels(dbg: Debugging, *, system: bool = False) -> list[TaskLabel]:
    return [each.label for each in dbg.call(lambda: dbg.inspector.tasks(system=system))]


def test_tasks_of_one_name_are_counted() -> None:
    with debugging("many_names") as dbg:
        assert [label.short for label in labels(dbg)] == ["main"]
        dbg.go("step", task="supervisor")
        assert [label.short for label in labels(dbg)] == [
            "main",
            "supervisor",
            *(f"worker#{number}" for number in range(1, 6)),
        ]


def test_a_name_counts_as_repeated_once_there_is_a_second_task_of_it() -> None:
    with debugging("many_names") as dbg:
        dbg.go("step", task="supervisor")
        before = labels(dbg)
    assert {label.short: label.repeated for label in before} == {
        "main": False,
        "supervisor": False,
        **{f"worker#{number}": True for number in range(1, 6)},
    }


def test_numbers_never_repeat_in_the_process() -> None:
    with debugging("two_runs") as dbg:
        first = {label.number for label in labels(dbg, system=True)}
        dbg.do("break task second")
        dbg.go("continue", task="second", run=2)
        second = {label.number for label in labels(dbg, system=True)}
    assert len(first) == len(second) == 3
    assert not first & second


def test_ordinals_begin_again_in_each_run() -> None:
    with debugging("thread_runs") as dbg:
        dbg.do("break task count")
        both = [dbg.expect_stop(), *stops(dbg)]
    assert {stop.run for stop in both} == {1, 2}
    assert all(stop.task is not None and stop.task.ordinal == 1 for stop in both)


def test_trios_own_tasks_are_hidden_unless_asked_for() -> None:
    with debugging("checkpoints") as dbg:
        assert [label.short for label in labels(dbg)] == ["main"]
        names = [label.name for label in labels(dbg, system=True)]
    assert names == ["<init>", "__main__.main", "<TrioToken.run_sync_soon task>"]


def test_a_task_knows_who_spawned_it_and_where() -> None:
    with debugging("many_names") as dbg:
        stop = dbg.go("step 2", task="worker#1")
        assert stop.task is not None
        number = stop.task.number
        spawn = dbg.call(lambda: dbg.inspector.task(number)).spawn
        assert isinstance(spawn, Spawn)
        assert spawn.by is not None
        assert spawn.by.short == "main"
        assert spawn.place is not None
        assert spawn.place.line == dbg.line("spawn")


def test_the_main_task_was_spawned_by_no_line() -> None:
    with debugging("checkpoints") as dbg:
        main = dbg.expect_stop().task
        assert main is not None
        number = main.number
        spawn = dbg.call(lambda: dbg.inspector.task(number)).spawn
        assert isinstance(spawn, Spawn)
        assert spawn.place is None or "checkpoints" not in spawn.place.filename


def test_where_a_task_comes_from_is_not_guessed() -> None:
    """With the recorder off and no breakpoint on tasks nobody notes where tasks come from."""
    with debugging("many_names", record=False) as dbg:
        dbg.go("step", task="supervisor")
        tasks = dbg.call(dbg.inspector.tasks)
        spawned = [each for each in tasks if each.label.short != "main"]
        assert len(spawned) == 6
        for each in spawned:
            assert each.spawn is NOT_RECORDED


def test_a_label_of_nobody_is_still_a_label() -> None:
    label = TaskLabel(RunId(1), TaskNumber(9), "__main__.job", 2, True)
    assert (label.short, str(label)) == ("job#2", "job#2 (9)")


@pytest.mark.parametrize("record", [True, None])
def test_names_that_are_no_texts(record: bool | None, capfd: pytest.CaptureFixture[str]) -> None:
    lines = (
        *("break task main on exit", "break task child* on wake", "break task 5", "tbreak task x*"),
        *("break :child, if False", "hold child#2", "release", "tasks", "tree", "log", "only 5"),
        *("release", "why -a", "tasks --ended", "set record on", "queue", "break"),
    )
    with debugging("odd_names", record=record) as dbg:
        dbg.do(f"tbreak odd_names.py:{dbg.line('named')}")
        dbg.go("continue", kind="breakpoint")
        for line in lines:
            assert "bug in stepdbg" not in str(dbg.do(line))
        dbg.do("clear")
        dbg.do(f"break odd_names.py:{dbg.line('later')}")
        for _ in range(9):
            dbg.go("continue", kind="breakpoint", line_mark="later")
        for line in lines:
            assert "bug in stepdbg" not in str(dbg.do(line))
        dbg.do("clear")
        dbg.resume("continue")
        dbg.expect_end()
    assert "bug in stepdbg" not in "".join(capfd.readouterr())

"""What tasks are called whose functions are a library's, and what the user calls them."""

from __future__ import annotations

from types import FunctionType

import pytest

from stepdbg.engine.lines.bytecode import called_arguments
from tests.harness import Debugging, debugging

FETCHES = [f"fetch#{number}" for number in range(1, 6)]


def names(dbg: Debugging) -> list[str]:
    """What the living tasks are called, besides the clients."""
    living = dbg.call(dbg.inspector.tasks)
    return [each.label.short for each in living if "client" not in each.label.short]


def at(dbg: Debugging, mark: str) -> None:
    dbg.do(f"tbreak served.py:{dbg.line(mark)}")
    dbg.go("continue", line_mark=mark)


@pytest.mark.parametrize("record", [True, False])
def test_by_the_users_function_that_they_run(record: bool) -> None:
    with debugging("served", record=record) as dbg:
        at(dbg, "jobs")
        # The one that the library keeps in an object is found when it runs, so it is the last.
        told = names(dbg)
        assert sorted(told) == sorted(["main", "trio.sleep_forever", "other", *FETCHES])
        living = {each.label.number: each.label for each in dbg.call(dbg.inspector.tasks)}
        (job,) = [each for each in living.values() if each.name == "handing_on.Job.run"]
        assert job.called == "__main__.fetch"
        at(dbg, "answer")
        both = [name for name in names(dbg) if "handle" in name]
        assert both == ["Service.handle#1", "Service.handle#2"]
        assert "trio.serve_tcp" in names(dbg)


def test_before_it_runs_it_keeps_its_own_name() -> None:
    with debugging("served") as dbg:
        at(dbg, "started")
        assert "handing_on.Job.run" in names(dbg)
        assert sorted(name for name in names(dbg) if "fetch" in name) == FETCHES[:3]


def test_once_chosen_it_stays() -> None:
    with debugging("served") as dbg:
        at(dbg, "jobs")
        before = names(dbg)
        at(dbg, "answer")
        assert [name for name in names(dbg) if "fetch" in name] == [
            name for name in before if "fetch" in name
        ]


def test_both_names_and_any_unique_part_find_it() -> None:
    with debugging("served") as dbg:
        at(dbg, "answer")
        for word in ("Service.handle#1", "handle#1", "*_run_handler#1", "ice.handle#1"):
            assert dbg.text(f"task {word}").startswith("Service.handle#1 (")
        assert dbg.text("why othe").startswith("other (")
        assert "trio._highlevel_serve_listeners._run_handler" in dbg.text("task handle#1")
        assert "matches 5 tasks: fetch#1" in dbg.failure("why fetc")
        assert "no living task is called `nothing`" in dbg.failure("why nothing")


def test_a_breakpoint_on_a_task_goes_by_either_name() -> None:
    with debugging("served") as dbg:
        dbg.do("tbreak task handle#2")
        dbg.go("continue", kind="breakpoint", task="Service.handle#2", step=1)
        dbg.do("tbreak task *_run_handler#1")
        dbg.go("continue", kind="breakpoint", task="Service.handle#1")


def test_the_name_that_the_user_chooses() -> None:
    with debugging("served") as dbg:
        at(dbg, "jobs")
        assert dbg.text("set task-name fetch#2 second").split()[2] == "second"
        assert "second" in names(dbg)
        assert "fetch#2" not in names(dbg)
        assert dbg.text("why second").startswith("second (")
        assert dbg.text("why fetch#1").startswith("fetch#1 (")
        dbg.do("tbreak task second on cancel")
        dbg.do("cancel second")
        dbg.go("continue", kind="breakpoint", task="second")
        number = dbg.text("set task-name").split()[1]
        dbg.do(f"set task-name {number} none")
        assert "fetch#2" in names(dbg)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("set task-name 99999 x", "no task 99999"),
        ("set task-name other 5", "is not a number"),
        ("set task-name other two words", "one word"),
        ("set task-name nobody x", "no living task is called `nobody`"),
        ("set task-name other " + "x" * 81, "at most 80 characters"),
    ],
)
def test_a_name_that_will_not_do(typed: str, told: str) -> None:
    with debugging("served") as dbg:
        at(dbg, "jobs")
        assert told in dbg.failure(typed)
        assert dbg.text("set task-name").split()[1] == "none"


TAKES = """
def takes(one, two, three, four, five, *, six):
    def inner():
        return four
    one(two, three=three)
    inner()
    four(one)
    return six(*five)
"""


def test_the_arguments_that_a_function_calls() -> None:
    names: dict[str, FunctionType] = {}
    exec(TAKES, names)
    assert called_arguments(names["takes"].__code__) == ("one", "four", "six")

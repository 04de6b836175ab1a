"""The first task that fails stops its run, with everybody else still in place."""

from __future__ import annotations

import traceback

import pytest
import trio
from trio._core._run import Nursery, Runner

from stepdbg._trio_internals import patches
from stepdbg.model.replies import Stack, TaskList, Variables
from stepdbg.model.stops import StopKind
from tests.harness import Debugging, debugging
from tests.traces import names_us


def where(dbg: Debugging) -> list[tuple[str, int | None]]:
    """The frames of the task in view: function and line."""
    return [(f.place.function, f.place.line) for f in dbg.reply("where -a", Stack).frames]


def local(dbg: Debugging, name: str) -> str:
    variables = dbg.reply("locals", Variables).variables
    return next(each.value.text for each in variables if each.name == name)


def state(dbg: Debugging, task: str) -> dict[str, str]:
    """What the living tasks of the run do, by name."""
    groups = dbg.reply(task, TaskList).groups
    return {label.short: str(group.example.state) for group in groups for label in group.labels}


@pytest.mark.parametrize(
    ("case", "task", "sibling"),
    [
        ("child", "fails", "waits"),
        ("block", "block", "waits"),
        ("alone", "alone", None),
        ("three_deep", "fails", "waits#1"),
        ("aexit", "leaves", "waits"),
        ("generator", "consumes", "waits"),
        ("thread", "in_thread", "waits"),
        ("before_started", "service", "waits"),
        ("after_started", "service", "waits"),
        ("system", "fails", "system"),
        ("from_group", "fails", "waits"),
    ],
)
def test_stops_where_it_fails_and_siblings_wait(case: str, task: str, sibling: str | None) -> None:
    with debugging("failing", args=[case], stops_on_failure=True) as dbg:
        dbg.resume()
        stop = dbg.expect_stop(kind="failure", task=task, line_mark="raise")
        assert stop.raised.startswith("ValueError: detail of ") or case == "alone"
        assert where(dbg)[0] == ("fail", dbg.line("raise"))
        assert local(dbg, "detail").startswith("'detail of ")
        assert dbg.text("p what.upper()").isupper()
        states = state(dbg, "tasks -a")
        if sibling is not None:
            assert states[sibling] == "blocked"
        dbg.resume()
        ended = dbg.expect_end(exit_code=1)
    # What follows from it has stopped nothing, and the program has ended as it does alone.
    assert ended.exception is not None
    if case == "system":
        assert isinstance(ended.exception, trio.TrioInternalError)


def test_frames_of_a_block_go_on_with_what_still_runs() -> None:
    with debugging("failing", args=["block"], stops_on_failure=True) as dbg:
        dbg.resume()
        stop = dbg.expect_stop(kind="failure", task="block")
        assert stop.in_step
        assert where(dbg) == [("fail", dbg.line("raise")), ("block", dbg.line("block"))]
        assert f"failing.py:{dbg.line('raise')} in fail" in dbg.text("why")
        dbg.do("up")
        assert local(dbg, "nursery").startswith("<trio.Nursery")
        dbg.do("task waits")
        assert local(dbg, "token") == "'sibling'"


def test_a_failure_that_is_caught_is_continued_over_and_the_next_one_stops() -> None:
    with debugging("failing", args=["caught"], stops_on_failure=True) as dbg:
        dbg.resume()
        dbg.expect_stop(kind="failure", task="fails")
        stop = dbg.go("continue", kind="failure", task="fails#2")
        assert stop.raised == "ValueError: detail of second"
        dbg.resume()
        dbg.expect_end(exit_code=1)


@pytest.mark.parametrize(
    ("case", "first"), [("same_pass", "fails#1"), ("during_cancellation", "fails")]
)
def test_only_the_first_failure_of_a_cascade_stops(case: str, first: str) -> None:
    with debugging("failing", args=[case], stops_on_failure=True) as dbg:
        dbg.resume()
        dbg.expect_stop(kind="failure", task=first)
        dbg.resume()
        ended = dbg.expect_end(exit_code=1)
    assert isinstance(ended.exception, ExceptionGroup)
    assert len(ended.exception.exceptions) == 2


def test_a_failure_while_a_timeout_cancels_is_a_first_one() -> None:
    with debugging("failing", args=["at_timeout"], stops_on_failure=True) as dbg:
        dbg.resume()
        dbg.expect_stop(kind="failure", task="cleans_up_badly")
        dbg.resume()
        dbg.expect_end(exit_code=1)


@pytest.mark.parametrize("case", ["interrupted", "leaves_with_code"])
def test_what_is_no_failure_stops_nothing(case: str) -> None:
    with debugging("failing", args=[case], stops_on_failure=True) as dbg:
        dbg.resume()
        dbg.expect_end(exit_code=None)


def test_recursion_error() -> None:
    with debugging("failing", args=["recursion"], stops_on_failure=True) as dbg:
        dbg.resume()
        stop = dbg.expect_stop(kind="failure", task="recurses")
        assert stop.raised.startswith("RecursionError")
        assert len(where(dbg)) > 100
        assert "depth" in dbg.text("locals")
        dbg.resume()
        dbg.expect_end(exit_code=1)


def test_an_exception_without_words() -> None:
    with debugging("failing", args=["unprintable"], stops_on_failure=True) as dbg:
        dbg.resume()
        assert dbg.expect_stop(kind="failure").raised.startswith("Unprintable")


def test_an_exception_that_has_no_memory_left_for_words() -> None:
    with debugging("failing", args=["memory"], stops_on_failure=True) as dbg:
        dbg.resume()
        stop = dbg.expect_stop(kind="failure", task="runs_out", line_mark="memory")
        assert stop.raised.startswith("OutOfMemory")
        assert "OutOfMemory" in dbg.text("exceptions")
        assert local(dbg, "wanted") == "'a lot'"
        assert state(dbg, "tasks")["waits"] == "blocked"
        dbg.resume()
        dbg.expect_end(exit_code=1)


def test_the_user_may_quit_there() -> None:
    for case in ("child", "block"):
        with debugging("failing", args=[case], stops_on_failure=True) as dbg:
            dbg.resume()
            dbg.expect_stop(kind="failure")
            dbg.resume("quit")
            dbg.expect_end(exit_code=125)


def test_next_goes_on_in_the_frames_that_still_run() -> None:
    with debugging("failing", args=["caught"], stops_on_failure=True) as dbg:
        dbg.resume()
        dbg.expect_stop(kind="failure")
        dbg.resume("next")
        assert dbg.stop.kind is not StopKind.FAILURE
    with debugging("failing", args=["block"], stops_on_failure=True) as dbg:
        dbg.resume()
        dbg.expect_stop(kind="failure")
        dbg.resume("next")
        assert dbg.ended is None or dbg.ended.exit_code == 1


def test_a_breakpoint_on_the_failure_comes_first_and_shows_the_same_frames() -> None:
    with debugging("failing", args=["child"], stops_on_failure=True) as dbg:
        dbg.do("break task fails on fail")
        dbg.resume()
        dbg.expect_stop(kind="breakpoint", task="fails", line_mark="raise")
        assert where(dbg)[0] == ("fail", dbg.line("raise"))
        dbg.resume()
        dbg.expect_end(exit_code=1)


@pytest.mark.parametrize("by_itself", [True, False])
def test_a_breakpoint_on_failures_is_about_the_block_of_a_nursery_too(by_itself: bool) -> None:
    with debugging("failing", args=["block"], stops_on_failure=by_itself) as dbg:
        dbg.do("break task * on fail")
        dbg.resume()
        dbg.expect_stop(kind="breakpoint", task="block", line_mark="raise")
        assert state(dbg, "tasks")["waits"] == "blocked"
        dbg.resume()
        dbg.expect_stop(kind="breakpoint", task="block")  # the group, when all is unwound
        assert "waits" not in state(dbg, "tasks")
        dbg.resume()
        dbg.expect_end(exit_code=1)


def test_nothing_stops_and_nothing_is_wrapped_unless_wanted() -> None:
    exits, adds = Runner.task_exited, Nursery._add_exc
    with debugging("failing", args=["child"]) as dbg:
        dbg.expect_stop(kind="start")
        assert (Runner.task_exited, Nursery._add_exc) == (exits, adds)
        dbg.resume()
        dbg.expect_end(exit_code=1)
    with debugging("failing", args=["child"], stops_on_failure=True) as dbg:
        dbg.expect_stop(kind="start")
        assert exits is not Runner.task_exited
        assert adds is not Nursery._add_exc
    assert (Runner.task_exited, Nursery._add_exc) == (exits, adds)


def test_a_trio_without_the_name_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(Nursery, "_add_exc")
    patches.watch_failing_nurseries(lambda _nursery, _error: None)()
    assert not hasattr(Nursery, "_add_exc")


def test_what_makes_trio_give_up_has_no_frame_of_ours() -> None:
    with debugging("failing", args=["system"], stops_on_failure=True) as dbg:
        dbg.resume()
        dbg.expect_stop(kind="failure")
        dbg.resume()
        ended = dbg.expect_end(exit_code=1)
    assert ended.exception is not None
    shown = "".join(traceback.format_exception(ended.exception))
    assert "TrioInternalError" in shown
    assert not names_us(shown)


def test_setting_up_what_watches_exits_keeps_both_apart() -> None:
    exits = Runner.task_exited
    with debugging("failing", args=["child"], stops_on_failure=True) as dbg:
        dbg.reply("break task waits on exit", object)
        dbg.resume()
        dbg.expect_stop(kind="failure")
        dbg.do("clear 1")
        dbg.do("break task waits on exit")
        dbg.go("continue", kind="breakpoint", task="waits")
        dbg.resume()
        dbg.expect_end(exit_code=1)
    assert Runner.task_exited is exits

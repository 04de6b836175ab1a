"""The harness itself: what it promises to the tests that use it."""

from __future__ import annotations

import threading

import pytest
import trio
import trio.testing

from stepdbg.model.replies import Failure, TaskList
from tests import debuggee
from tests.harness import debugging


def test_the_program_has_the_main_thread_and_the_test_does_not() -> None:
    assert threading.current_thread() is not threading.main_thread()
    with debugging("checkpoints") as dbg:
        assert dbg.call(threading.current_thread) is threading.main_thread()


def test_a_session_from_start_to_end(capsys: pytest.CaptureFixture[str]) -> None:
    with debugging("ping_pong") as dbg:
        dbg.expect_stop(kind="start", task="main", step=1, run=1)
        dbg.go("step", kind="step", task="pinger", step=1)
        dbg.go("step ponger", task="ponger")
        dbg.go("step ponger", task="ponger", line_mark="recv", step=2)
        assert isinstance(dbg.reply("tasks", TaskList), TaskList)
        assert "pinger" in dbg.text("tasks")
        assert "nobody" in dbg.failure("task nobody")
        dbg.resume("continue")
        ended = dbg.expect_end()
    assert ended.exception is None
    assert capsys.readouterr().out == "pong 0\npong 1\npong 2\n"


def test_a_wrong_expectation_fails_and_the_program_is_quit(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with (  # noqa: PT012 - both must be inside
        pytest.raises(AssertionError, match="'with_finally', not 'nobody'"),
        debugging("cleanup") as dbg,
    ):
        dbg.go("step", task="with_finally")
        dbg.expect_stop(task="nobody")
    assert "main left" in capsys.readouterr().out


def test_a_command_that_does_not_resume_is_no_resume() -> None:
    with debugging("checkpoints") as dbg, pytest.raises(AssertionError, match="did not resume"):
        dbg.resume("tasks")


def test_an_end_is_not_a_stop() -> None:
    with debugging("no_trio") as dbg:
        with pytest.raises(AssertionError, match="has ended"):
            dbg.expect_stop()
        assert dbg.expect_end(exit_code=3).detail == "SystemExit(3)"


def test_a_stop_is_not_an_end() -> None:
    with debugging("checkpoints") as dbg, pytest.raises(AssertionError, match="instead of ending"):
        dbg.expect_end()


def test_a_program_that_waits_for_ever_is_quit() -> None:
    with debugging("idle") as dbg:
        dbg.resume("continue")
        assert dbg.ended is None
    assert dbg.ended is not None
    assert dbg.ended.exit_code == 125


@pytest.mark.parametrize(("order", "first"), [("fifo", "pinger"), ("lifo", "ponger")])
def test_the_order_is_fixed(order: debuggee.Order, first: str) -> None:
    with debugging("ping_pong", order=order) as dbg:
        dbg.go("step", task=first)


def test_a_clock_replaces_the_real_one() -> None:
    clock = trio.testing.MockClock(autojump_threshold=0)
    with debugging("nested_nurseries", clock=clock) as dbg:
        dbg.resume("continue")
        dbg.expect_end()
    assert clock.current_time() >= 2


def test_arguments_reach_the_program(capsys: pytest.CaptureFixture[str]) -> None:
    with debugging("no_trio", args=["one", "two"]) as dbg:
        dbg.expect_end(exit_code=3)
    assert capsys.readouterr().out == "no Trio here one two\n"


def test_trio_is_as_it_was_afterwards() -> None:
    with debugging("checkpoints") as dbg:
        dbg.resume("continue")
        dbg.expect_end()

    async def count() -> int:
        from trio._core._run import GLOBAL_RUN_CONTEXT

        return len(GLOBAL_RUN_CONTEXT.runner.instruments["_all"])

    assert trio.run(count) == 0


def test_a_failure_is_a_reply(capsys: pytest.CaptureFixture[str]) -> None:
    with debugging("checkpoints") as dbg:
        (reply,) = dbg.do("no_such_thing()").replies
        assert isinstance(reply, Failure)
        dbg.resume("continue")
        dbg.expect_end()
    assert capsys.readouterr().out == "45\n"

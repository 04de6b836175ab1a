"""`await` at the prompt: inside the stopped task, at every kind of stop."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from trio.testing import MockClock

from tests.harness import Debugging, debugging

RESULT = "['cleaned up', 'one 3', 'two 3', 'waiter 0']\n"


@contextmanager
def at_pause() -> Iterator[Debugging]:
    """Held at a step stop of a worker that has begun."""
    with debugging("steered") as dbg:
        dbg.do("tbreak task worker#1")
        dbg.resume("continue")
        dbg.expect_stop(task="worker#1")
        dbg.go("step worker#1 2", task="worker#1", line_mark="pause")
        yield dbg


def finish(dbg: Debugging, capfd: pytest.CaptureFixture[str], result: str = RESULT) -> None:
    dbg.resume("continue")
    dbg.expect_end()
    assert capfd.readouterr().out == result


def test_at_a_step_stop(capfd: pytest.CaptureFixture[str]) -> None:
    with at_pause() as dbg:
        step = dbg.stop.step
        assert dbg.text("await answer(41)") == "41"
        assert dbg.text("_ + 1") == "42"
        assert dbg.text("await answer(step := 3)") == "3"
        assert dbg.call(lambda: dbg.inspector.task(dbg.stop.task.number).steps) == step - 1  # type: ignore[union-attr]
        finish(dbg, capfd)


def test_at_a_line_stop(capfd: pytest.CaptureFixture[str]) -> None:
    with debugging("steered") as dbg:
        dbg.do(f"tbreak {dbg.line('work')}")
        dbg.resume("continue")
        dbg.expect_stop(kind="breakpoint", line_mark="work")
        assert dbg.text("await answer(7)") == "7"
        assert dbg.text("who.get()") == "'one'"
        assert dbg.text("await in_thread()").endswith("__main__.worker'")
        finish(dbg, capfd)


def test_statements_change_the_locals_of_the_task(capfd: pytest.CaptureFixture[str]) -> None:
    with at_pause() as dbg:
        assert dbg.text("name = str(await answer(5))") == ""
        assert dbg.text("name") == "'5'"
        finish(dbg, capfd, "['5 3', 'cleaned up', 'two 3', 'waiter 0']\n")


def test_blocks_of_several_lines_may_await(capfd: pytest.CaptureFixture[str]) -> None:
    with at_pause() as dbg:
        assert dbg.do("async with trio.open_nursery() as inner:").wants_more
        assert dbg.do("    for n in range(3):").wants_more
        assert dbg.do("        inner.start_soon(answer, n)").wants_more
        assert dbg.do("").replies == ()
        assert dbg.do("seen = []").replies == ()
        assert dbg.text("[await answer(n) async for n in agen()]") != ""
        assert dbg.do("async def agen():\n    for n in range(2): yield n\n").replies == ()
        assert dbg.text("[await answer(n) async for n in agen()]") == "[0, 1]"
        finish(dbg, capfd)


def test_context_variables_are_those_of_the_task(capfd: pytest.CaptureFixture[str]) -> None:
    with at_pause() as dbg:
        dbg.do("async def context():\n    await trio.sleep(0)\n    return who.get()\n")
        assert dbg.text("await context()") == "'one'"
        assert dbg.text("trio.lowlevel.current_task().name") == "'__main__.worker'"
        finish(dbg, capfd)


def test_a_thread_answers(capfd: pytest.CaptureFixture[str]) -> None:
    with at_pause() as dbg:
        assert dbg.text("await in_thread()").endswith("__main__.worker'")
        finish(dbg, capfd)


def test_what_needs_another_task_is_given_up_and_named(capfd: pytest.CaptureFixture[str]) -> None:
    with at_pause() as dbg:
        failure = dbg.failure("await trio.Event().wait()")
        assert "it waits for Event.wait" in failure
        assert "worker#2" in failure
        assert "`await --free …` lets them run" in failure
        finish(dbg, capfd)


def test_a_lock_names_who_holds_it(capfd: pytest.CaptureFixture[str]) -> None:
    with at_pause() as dbg:
        assert "Lock.acquire (held by main)" in dbg.failure("await of_main.acquire()")
        finish(dbg, capfd)


def test_free_lets_the_others_run(capfd: pytest.CaptureFixture[str]) -> None:
    with at_pause() as dbg:
        dbg.do("task main")
        assert "blocked" in dbg.failure("await answer(1)")
        dbg.do("task worker#1")
        assert dbg.text("await --free answer_after('two 3', 2)") == "2"
        assert "worker#2" not in dbg.text("tasks")
        finish(dbg, capfd)


GATED = """async def gated():
    calls.append(1)
    await gate.wait()
    return len(calls)
"""


@pytest.mark.parametrize("agrees", [True, False])
def test_whoever_is_asked_decides_whether_the_others_run(
    agrees: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []
    times: list[float] = []
    with at_pause() as dbg:
        assert dbg.controller is not None

        def ask(question: str) -> bool:
            asked.append(question)
            # The time of the program stands still while its user thinks about it.
            times.append(dbg.inspector.run().time)
            times.append(dbg.inspector.run().time)
            return agrees

        dbg.controller.steering.ask_with(ask)
        dbg.do("task waiter")
        dbg.do("global gate, calls; gate, calls = event, []")
        dbg.do("task worker#1")
        dbg.do(GATED)
        assert dbg.text("await answer(41)") == "41"
        assert asked == []
        if agrees:
            assert dbg.text("await gated()") == "1"
        else:
            assert "given up: it waits for Event.wait, and" in dbg.failure("await gated()")
        assert ("runnable" in dbg.text("tasks waiter")) == agrees
        assert dbg.text("calls") == "[1]"
        (question,) = asked
        assert times[0] == times[1]
        assert question.startswith("it waits for Event.wait, and")
        assert "worker#2" in question
        finish(dbg, capfd)


def test_nobody_is_asked_twice(capfd: pytest.CaptureFixture[str]) -> None:
    asked: list[str] = []
    with at_pause() as dbg:
        assert dbg.controller is not None

        def ask(question: str) -> bool:
            asked.append(question)
            return True

        dbg.controller.steering.ask_with(ask)
        failure = dbg.failure("await trio.Event().wait()")
        assert "no task can bring that about" in failure
        assert len(asked) == 1
        dbg.resume("continue")
        dbg.expect_end()
    assert capfd.readouterr().out == RESULT


def test_free_says_when_nobody_can_help(capfd: pytest.CaptureFixture[str]) -> None:
    with at_pause() as dbg:
        failure = dbg.failure("await --free trio.Event().wait()")
        assert "no task can bring that about" in failure
        dbg.resume("continue")
        dbg.expect_end()
    assert capfd.readouterr().out == RESULT


def test_a_blocked_task_awaits_when_it_is_runnable(capfd: pytest.CaptureFixture[str]) -> None:
    with at_pause() as dbg:
        dbg.do("task waiter")
        failure = dbg.failure("await answer(3)")
        assert "blocked" in failure
        assert "--when-runnable" in failure
        assert "before the next step of waiter" in dbg.text("await --when-runnable answer(3)")
        finish(dbg, capfd)
        notes = [getattr(event, "text", "") for event in dbg.events]
        assert any("`await answer(3)` gave 3" in text for text in notes)


def test_a_runnable_task_needs_not_wait() -> None:
    with at_pause() as dbg:
        assert "not blocked" in dbg.failure("await --when-runnable answer(3)")


def test_inside_a_cancelled_scope(capfd: pytest.CaptureFixture[str]) -> None:
    with debugging("steered") as dbg:
        dbg.do(f"tbreak {dbg.line('cancelled')}")
        dbg.resume("continue")
        dbg.expect_stop(line_mark="cancelled")
        assert dbg.failure("await answer(3)").startswith("trio.Cancelled")
        shielded = "with trio.CancelScope(shield=True): value = await answer(3)"
        assert dbg.text(shielded) == ""
        assert dbg.text("value") == "3"
        finish(dbg, capfd)


def test_trios_own_scope_around_a_wait_does_not_count() -> None:
    """`trio.sleep` is a scope whose deadline has passed when its task is about to go on."""
    with debugging("situations") as dbg:
        dbg.do("tbreak task worker")
        dbg.go("continue", task="worker", step=1)
        dbg.go("step worker", task="worker", step=2)
        dbg.do("async def answered(): await trio.sleep(0.001); return 'slept'")
        assert dbg.text("await answered()") == "'slept'"
        dbg.resume("continue")
        dbg.expect_end()


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("what", ["trio.sleep(1000)", "spin()"])
def test_ctrl_c_cancels_the_expression_alone(what: str, capfd: pytest.CaptureFixture[str]) -> None:
    with at_pause() as dbg:
        before = dbg.call(lambda: signal.getsignal(signal.SIGINT))
        dbg.do("async def spin():\n    while True: await trio.lowlevel.checkpoint()\n")
        timer = threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT))
        timer.start()
        assert dbg.failure(f"await {what}") == "interrupted"
        timer.join()
        assert dbg.call(lambda: signal.getsignal(signal.SIGINT)) is before
        finish(dbg, capfd)


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("await 3", "TypeError"),
        ("await sys.exit(3)", "SystemExit"),
        ("await raiser(KeyboardInterrupt)", "interrupted"),
        ("await raiser(ValueError)", "ValueError"),
        ("await asyncio.sleep(0.1)", "RuntimeError"),
        ("await foreign()", "TypeError"),
        ("await", "`await` needs"),
    ],
)
def test_what_goes_wrong_stays_at_the_prompt(
    expression: str, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with at_pause() as dbg:
        dbg.do("import sys, asyncio")
        dbg.do("async def raiser(kind):\n    await trio.sleep(0)\n    raise kind\n")
        dbg.do("import types")
        dbg.do("@types.coroutine\ndef foreign():\n    yield 3\n")
        assert dbg.failure(expression).startswith(said)
        finish(dbg, capfd)


def test_what_shields_itself_is_given_up_all_the_same(capfd: pytest.CaptureFixture[str]) -> None:
    with at_pause() as dbg:
        stubborn = "with trio.CancelScope(shield=True): await trio.Event().wait()"
        assert "given up" in dbg.failure(stubborn)
        finish(dbg, capfd)


def test_a_mock_clock_jumps_for_what_is_awaited(capfd: pytest.CaptureFixture[str]) -> None:
    with debugging("steered", clock=MockClock(autojump_threshold=0)) as dbg:
        dbg.do("tbreak task worker#1")
        dbg.resume("continue")
        dbg.expect_stop(task="worker#1")
        dbg.go("step worker#1 2", task="worker#1", line_mark="pause")
        assert dbg.text("await trio.sleep(100)") == ""
        assert dbg.call(lambda: dbg.inspector.run().time) >= 100
        finish(dbg, capfd)


def test_a_clock_that_stands_still_is_told() -> None:
    with debugging("steered", clock=MockClock()) as dbg:
        dbg.do("tbreak task worker#1")
        dbg.resume("continue")
        dbg.expect_stop(task="worker#1")
        dbg.go("step worker#1 2", task="worker#1", line_mark="pause")
        assert "given up" in dbg.failure("await trio.sleep(100)")


@pytest.mark.parametrize("idempotent", [False, True])
def test_a_job_of_the_entry_queue_that_fails_ends_the_run_as_trio_does(
    capfd: pytest.CaptureFixture[str], *, idempotent: bool
) -> None:
    with debugging("entry_jobs") as dbg:
        dbg.do(f"tbreak {dbg.line('job')}")
        dbg.resume("continue")
        dbg.expect_stop(kind="breakpoint", line_mark="job")
        dbg.do(f"!token.run_sync_soon(fails, idempotent={idempotent})")
        dbg.do(f"!token.run_sync_soon(done.append, 'next', idempotent={idempotent})")
        assert dbg.text("await answer()") == "41"
        assert dbg.text("await answer() + 1") == "42"
        dbg.resume("continue")
        ended = dbg.expect_end(exit_code=1)
    assert ended.detail.startswith("TrioInternalError")
    assert capfd.readouterr().out == "['next', 'job']\n"

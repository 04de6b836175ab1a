"""`hold`, `release`, `only`, `pick`, `order`: at step, line and idle stops."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from trio.testing import MockClock

from tests.harness import Debugging, debugging

RESULT = "['cleaned up', 'one 3', 'two 3', 'waiter 0']\n"


@contextmanager
def at_first_worker(clock: MockClock | None = None) -> Iterator[Debugging]:
    """Held before the first step of a worker; three others are to come in this pass."""
    with debugging("steered", clock=clock) as dbg:
        dbg.do("tbreak task worker#1")
        dbg.resume("continue")
        dbg.expect_stop(task="worker#1")
        yield dbg


def finish(dbg: Debugging, capfd: pytest.CaptureFixture[str], result: str = RESULT) -> None:
    dbg.resume("continue")
    dbg.expect_end()
    assert capfd.readouterr().out == result


def next_tasks(dbg: Debugging, count: int) -> list[str]:
    """The tasks of the next steps."""
    names = []
    for _ in range(count):
        stop = dbg.go("step")
        assert stop.task is not None
        names.append(stop.task.short)
    return names


def test_without_steering() -> None:
    with at_first_worker() as dbg:
        assert next_tasks(dbg, 3) == ["worker#2", "waiter", "canceller"]


def test_hold_and_release(capfd: pytest.CaptureFixture[str]) -> None:
    with at_first_worker() as dbg:
        assert "worker#2" in dbg.text("hold worker#2")
        assert "held" in dbg.text("tasks worker#2")
        assert "held" in dbg.text("queue")
        assert next_tasks(dbg, 2) == ["waiter", "canceller"]
        assert "worker#2" in dbg.text("release worker#2")
        assert "worker#2" in next_tasks(dbg, 4)
        finish(dbg, capfd)


def test_hold_what_is_about_to_step(capfd: pytest.CaptureFixture[str]) -> None:
    with at_first_worker() as dbg:
        dbg.do("hold worker#1")
        assert next_tasks(dbg, 3) == ["worker#2", "waiter", "canceller"]
        task = dbg.call(lambda: next(t for t in dbg.inspector.tasks() if t.label.ordinal == 1))
        assert task.label.short == "main"
        assert dbg.call(lambda: dbg.inspector.queue().held[0].task.steps) == 0
        dbg.do("release")
        finish(dbg, capfd)


def test_hold_at_a_line(capfd: pytest.CaptureFixture[str]) -> None:
    with debugging("steered") as dbg:
        dbg.do(f"tbreak {dbg.line('work')}")
        dbg.resume("continue")
        dbg.expect_stop(line_mark="work", task="worker#1")
        assert "under way" in dbg.text("hold worker#1")
        dbg.resume("continue")
        stop = dbg.expect_stop(kind="halt", task=None)
        assert "worker#1" in stop.note
        dbg.do("release")
        finish(dbg, capfd)


def test_everything_held_stops_and_says_so(capfd: pytest.CaptureFixture[str]) -> None:
    with at_first_worker() as dbg:
        dbg.do("hold *")
        dbg.resume("continue")
        stop = dbg.expect_stop(task=None)
        assert "everything runnable is held" in stop.note
        dbg.do("release worker#2")
        dbg.resume("continue")
        dbg.expect_stop(task=None)
        assert "nobody" not in dbg.text("release")
        finish(dbg, capfd)


def test_only(capfd: pytest.CaptureFixture[str]) -> None:
    with at_first_worker() as dbg:
        assert "all others are held" in dbg.text("only worker#2")
        assert set(next_tasks(dbg, 3)) == {"worker#2"}
        dbg.do("release")
        finish(dbg, capfd)


def test_pick(capfd: pytest.CaptureFixture[str]) -> None:
    with at_first_worker() as dbg:
        step = dbg.stop.step
        said = dbg.text("pick waiter")
        assert "Trio would have run worker#1" in said
        assert next_tasks(dbg, 3) == ["waiter", "worker#1", "worker#2"]
        assert dbg.call(lambda: dbg.inspector.queue().this_pass[0].task.label.short) == "canceller"
        assert step == 1
        finish(dbg, capfd)


def test_pick_at_a_line(capfd: pytest.CaptureFixture[str]) -> None:
    with debugging("steered") as dbg:
        dbg.do(f"tbreak {dbg.line('wait')}")
        dbg.resume("continue")
        dbg.expect_stop(line_mark="wait")
        assert "after this step" in dbg.text("pick worker#1")
        assert next_tasks(dbg, 1) == ["worker#1"]
        finish(dbg, capfd)


def test_order(capfd: pytest.CaptureFixture[str]) -> None:
    with at_first_worker() as dbg:
        dbg.do("order canceller worker#2 worker#1")
        assert next_tasks(dbg, 4) == ["canceller", "worker#2", "worker#1", "waiter"]
        finish(dbg, capfd)


def test_a_postponed_task_still_can_be_quit() -> None:
    with at_first_worker() as dbg:
        dbg.do("order canceller worker#1")
        dbg.resume("quit")
        dbg.expect_end(exit_code=125)


def test_quit_while_everything_is_held(capfd: pytest.CaptureFixture[str]) -> None:
    with at_first_worker() as dbg:
        dbg.do("hold *")
        dbg.resume("quit")
        dbg.expect_end(exit_code=125)
    assert capfd.readouterr().out == ""


def test_await_in_a_held_task(capfd: pytest.CaptureFixture[str]) -> None:
    with at_first_worker() as dbg:
        dbg.do("hold *")
        assert dbg.text("await answer(3)") == "3"
        dbg.do("task worker#2")
        assert dbg.text("await answer(4)") == "4"
        dbg.do("release")
        finish(dbg, capfd)


def test_throw_into_a_held_task(capfd: pytest.CaptureFixture[str]) -> None:
    with at_first_worker() as dbg:
        dbg.do("hold worker#1")
        dbg.go("step")
        dbg.do("throw worker#1 KeyError")
        dbg.do("release")
        dbg.resume("continue")
        dbg.expect_end(exit_code=1)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("hold <init>", "Trio's own"),
        ("hold nobody", "no living task"),
        ("hold", "needs a task"),
        ("release main", "not held"),
        ("only <init>", "Trio's own"),
        ("pick main", "not runnable"),
        ("pick", "needs a task"),
        ("order worker#1 worker#1", "named twice"),
        ("order <init>", "Trio's own"),
    ],
)
def test_mistakes_are_sentences(line: str, said: str, capfd: pytest.CaptureFixture[str]) -> None:
    with at_first_worker() as dbg:
        assert said in dbg.failure(line)
        finish(dbg, capfd)


def test_a_held_task_cannot_be_picked() -> None:
    with at_first_worker() as dbg:
        dbg.do("hold worker#2")
        assert "release" in dbg.failure("pick worker#2")


def test_a_mock_clock_does_not_jump_over_who_is_held(capfd: pytest.CaptureFixture[str]) -> None:
    with at_first_worker(MockClock(autojump_threshold=0)) as dbg:
        dbg.do("hold worker#1")
        dbg.resume("continue")
        dbg.expect_stop(task=None)
        assert dbg.stop.time == 0
        dbg.do("release")
        finish(dbg, capfd)


def test_wait_all_tasks_blocked_waits_for_who_is_held() -> None:
    with debugging("quiescent") as dbg:
        dbg.do("tbreak task worker")
        dbg.resume("continue")
        dbg.expect_stop(task="worker")
        dbg.do("hold worker")
        dbg.resume("continue")
        dbg.expect_stop(task=None)
        dbg.do("release")
        dbg.resume("continue")
        dbg.expect_end()

"""`throw`, `cancel`, `deadline`, `interrupt`: at step, line and idle stops."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from trio.testing import MockClock

from tests.harness import Debugging, debugging

ALL = ["child done", "line 1", "one done", "parent done", "two done"]


@contextmanager
def everybody_waits(clock: MockClock | None = None) -> Iterator[Debugging]:
    """Held at a line of the main task, while all the others wait."""
    with debugging("targets", clock=clock) as dbg:
        dbg.do(f"tbreak {dbg.line('line')}")
        dbg.resume("continue")
        dbg.expect_stop(line_mark="line")
        yield dbg


def finish(dbg: Debugging, capfd: pytest.CaptureFixture[str], *expected: str) -> None:
    dbg.resume("continue")
    dbg.expect_end()
    assert capfd.readouterr().out == f"{sorted(expected)}\n"


def test_throw_into_a_blocked_task(capfd: pytest.CaptureFixture[str]) -> None:
    with everybody_waits() as dbg:
        assert "where it waits" in dbg.text("throw sleeper#1 ValueError('x')")
        finish(dbg, capfd, *(set(ALL) - {"one done"}), "one got x")


def test_throw_names_what_woke_the_task() -> None:
    with everybody_waits() as dbg:
        dbg.do("throw sleeper#1 ValueError('x')")
        assert "you" in dbg.text("queue") or "debugger" in dbg.text("queue")


def test_throw_into_a_task_that_has_not_started(capfd: pytest.CaptureFixture[str]) -> None:
    with debugging("targets") as dbg:
        dbg.do("tbreak task sleeper#1")
        dbg.resume("continue")
        dbg.expect_stop(task="sleeper#1")
        assert "before its first line" in dbg.text("throw parent Exception('early')")
        dbg.do(f"break {dbg.line('line')}")
        dbg.resume("continue")
        dbg.expect_end(exit_code=1)
    assert capfd.readouterr().out == ""


def test_throw_at_the_next_step(capfd: pytest.CaptureFixture[str]) -> None:
    with everybody_waits() as dbg:
        dbg.do("throw sleeper#1 KeyError")
        answer = dbg.text("throw sleeper#1 ValueError('second')")
        assert "next step" in answer
        assert "KeyError" in answer
        finish(dbg, capfd, *(set(ALL) - {"one done"}), "one got second")


def test_throw_at_this_line(capfd: pytest.CaptureFixture[str]) -> None:
    with debugging("targets") as dbg:
        dbg.do(f"break {dbg.line('sleep')}")
        dbg.resume("continue")
        dbg.expect_stop(line_mark="sleep", task="sleeper#1")
        assert "at this line" in dbg.text("throw sleeper#1 ValueError('here')")
        dbg.do("clear 1")
        finish(dbg, capfd, *(set(ALL) - {"one done"}), "one got here")


def test_lines_go_on_after_a_throw_at_a_line() -> None:
    with debugging("targets") as dbg:
        dbg.do(f"break {dbg.line('sleep')}")
        dbg.resume("continue")
        dbg.expect_stop(line_mark="sleep", task="sleeper#1")
        dbg.do("throw sleeper#1 ValueError('here')")
        dbg.resume("continue")
        dbg.expect_stop(line_mark="sleep", task="sleeper#2")


def test_a_thread_and_a_nursery_are_refused_by_name(capfd: pytest.CaptureFixture[str]) -> None:
    with everybody_waits() as dbg:
        assert "a worker thread" in dbg.failure("throw in_thread ValueError('x')")
        assert "the end of a nursery" in dbg.failure("throw parent ValueError('x')")
        said = dbg.text("throw --when-runnable in_thread ValueError('late')")
        assert "when its wait has ended" in said
        finish(dbg, capfd, *ALL, "thread got late")


def test_a_throw_at_the_end_of_a_nursery_comes_with_its_group() -> None:
    with everybody_waits() as dbg:
        dbg.do("throw --when-runnable parent ValueError('grouped')")
        dbg.do("break exception ValueError uncaught")
        dbg.resume("continue")
        ended = dbg.expect_end(exit_code=1) if dbg.ended else None
        assert ended is None or "grouped" in ended.detail


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("throw sleeper#1 3", "not an exception"),
        ("throw sleeper#1 nonsense", "NameError"),
        ("throw sleeper#1 trio.Cancelled", "cannot be made"),
        ("throw nobody ValueError", "no living task"),
        ("throw sleeper#1", "needs a task and an exception"),
        ("throw <init> ValueError", "Trio's own"),
        ("cancel <init>", "Trio's own"),
        ("cancel scope 99", "no task is inside"),
        ("cancel nobody", "no living task"),
        ("cancel", "needs a task"),
        ("deadline scope 99 +5s", "no task is inside"),
        ("deadline scope x +5s", "number of a scope"),
        ("deadline scope 1 soon", "not a time"),
    ],
)
def test_mistakes_are_sentences(line: str, said: str, capfd: pytest.CaptureFixture[str]) -> None:
    with everybody_waits() as dbg:
        assert said in dbg.failure(line)
        finish(dbg, capfd, *ALL)


def test_cancel_a_task_and_nobody_else(capfd: pytest.CaptureFixture[str]) -> None:
    with everybody_waits() as dbg:
        assert "sleeper#1" in dbg.text("cancel sleeper#1")
        finish(dbg, capfd, *(set(ALL) - {"one done"}), "one cancelled")


def test_cancel_a_task_with_its_children(capfd: pytest.CaptureFixture[str]) -> None:
    with everybody_waits() as dbg:
        said = dbg.text("cancel parent")
        assert "parent" in said
        assert "sleeper#3" in said
        rest = set(ALL) - {"parent done", "child done"}
        finish(dbg, capfd, *rest, "child cancelled")


def test_cancel_the_main_task() -> None:
    with everybody_waits() as dbg:
        dbg.do("let_go.set()")
        dbg.do("cancel main")
        dbg.resume("continue")
        dbg.expect_end()


def scope_of(dbg: Debugging, task: str) -> int:
    """The number of the scope with a deadline that a task is inside of."""
    for timer in dbg.call(lambda: dbg.inspector.timers()):
        if [label.short for label in timer.tasks] == [task]:
            return timer.scope.number
    raise AssertionError(task)


def test_cancel_a_scope(capfd: pytest.CaptureFixture[str]) -> None:
    with everybody_waits() as dbg:
        number = scope_of(dbg, "sleeper#1")
        assert "sleeper#1" in dbg.text(f"cancel scope {number}")
        assert "sleeper#1" in dbg.text("queue")
        finish(dbg, capfd, *ALL)


def test_a_deadline_moves(capfd: pytest.CaptureFixture[str]) -> None:
    with everybody_waits() as dbg:
        number = scope_of(dbg, "sleeper#2")
        assert "never" in dbg.text(f"deadline scope {number} none")
        assert "in 0.001 s" in dbg.text(f"deadline scope {number} +1ms")
        assert "at once" in dbg.text(f"deadline scope {number} -1s")
        (timer,) = (each for each in dbg.call(dbg.inspector.timers) if each.scope.number == number)
        assert timer.left == pytest.approx(-1, abs=0.01)
        finish(dbg, capfd, *ALL)


def test_interrupt_at_a_line_raises_there() -> None:
    with debugging("targets") as dbg:
        dbg.do(f"tbreak {dbg.line('sleep')}")
        dbg.resume("continue")
        dbg.expect_stop(line_mark="sleep")
        assert "at this line" in dbg.text("interrupt")
        dbg.do("let_go.set()")
        dbg.resume("continue")
        assert "KeyboardInterrupt" in dbg.expect_end(exit_code=None).detail


def test_interrupt_at_a_step_reaches_the_main_task() -> None:
    with debugging("targets") as dbg:
        dbg.do("tbreak task sleeper#1")
        dbg.resume("continue")
        dbg.expect_stop(task="sleeper#1")
        assert "main task" in dbg.text("interrupt")
        dbg.do("let_go.set()")
        dbg.resume("continue")
        assert "KeyboardInterrupt" in dbg.expect_end(exit_code=None).detail


@pytest.mark.parametrize("line", ["throw waiter ValueError", "cancel waiter", "interrupt"])
def test_an_idle_run_reacts_at_once(line: str) -> None:
    with debugging("idle") as dbg:
        dbg.do("break idle")
        dbg.resume("continue")
        stop = dbg.expect_stop(kind="breakpoint")
        assert stop.task is None
        name = dbg.call(lambda: dbg.inspector.tasks()[-1].label.short)
        dbg.do(line.replace("waiter", name))
        dbg.do("clear 1")
        dbg.resume("continue")
        dbg.expect_end(exit_code=None)

"""Every way to steer, in every situation: a row and a column for each of them.

The rows say what a command does to `tests/programs/situations.py`, the columns where its user
is when he gives it.  What one of them does in particular is tested beside its likes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from trio.testing import MockClock

from stepdbg.model.replies import TaskShown
from stepdbg.model.stops import RunEnded, StopKind
from stepdbg.model.task import TaskState
from tests.harness import Debugging, debugging

PLAIN = {"work": "worked", "wait": "cancelled", "cancelled": "left its scope", "note": "as it was"}
"""What comes of the tasks when nobody has a hand in it."""


# -- where its user is ------------------------------------------------------------------


def at_a_step(dbg: Debugging) -> None:
    dbg.do("tbreak task worker")
    dbg.go("continue", task="worker")


def at_a_line(dbg: Debugging) -> None:
    dbg.do(f"tbreak {dbg.line('work')}")
    dbg.go("continue", task="worker", line_mark="work")


def idle(dbg: Debugging) -> None:
    """Waiting for a deadline: whatever is changed must take effect at once."""
    dbg.do("tbreak idle")
    dbg.go("continue", task=None)


def halted(dbg: Debugging) -> None:
    """By `halt` from elsewhere, while it waits."""
    dbg.do("tbreak idle")
    dbg.go("continue", task=None)
    dbg.controller.halt()
    dbg.resume("continue")
    assert dbg.stop.kind is StopKind.HALT


def everything_held(dbg: Debugging) -> None:
    dbg.do("tbreak task worker")
    dbg.go("continue", task="worker")
    dbg.do("hold *")
    dbg.resume("continue")
    assert "everything runnable is held" in dbg.stop.note
    dbg.do("release")


def in_a_cancelled_scope(dbg: Debugging) -> None:
    """Inside a step; the next checkpoint raises Cancelled."""
    dbg.do(f"tbreak {dbg.line('cancelled')}")
    dbg.go("continue", task="prisoner", line_mark="cancelled")


@dataclass(frozen=True)
class Column:
    """A situation.  place: gets there.  words, clock: of the program."""

    place: Callable[[Debugging], None]
    words: tuple[str, ...] = ()
    jumps: bool = False


COLUMNS: Mapping[str, Column] = {
    "step": Column(at_a_step),
    "line": Column(at_a_line),
    "idle": Column(idle),
    "halted": Column(halted),
    "everything held": Column(everything_held),
    "cancelled scope": Column(in_a_cancelled_scope),
    "autojump, step": Column(at_a_step, jumps=True),
    "autojump, line": Column(at_a_line, jumps=True),
    "autojump, idle": Column(idle, jumps=True),
    "wait_all_tasks_blocked, step": Column(at_a_step, ("quiescent",)),
    "wait_all_tasks_blocked, line": Column(at_a_line, ("quiescent",)),
    "wait_all_tasks_blocked, idle": Column(idle, ("quiescent",)),
    "guest, step": Column(at_a_step, ("guest",)),
    "guest, line": Column(at_a_line, ("guest",)),
    "guest, idle": Column(idle, ("guest",)),
}


# -- what he does -----------------------------------------------------------------------


def finish(dbg: Debugging, **changed: str) -> None:
    """Let it run to its end, where only what was named has come out otherwise."""
    dbg.resume("continue")
    dbg.expect_end()
    assert ends(dbg) == PLAIN | changed


def ends(dbg: Debugging) -> object:
    """What came of the tasks."""
    return dbg.program.names["ENDS"]


def await_(dbg: Debugging) -> None:
    dbg.do("task main")
    if dbg.reply("task main", TaskShown).task.state is TaskState.BLOCKED:
        dbg.do("task worker")
    inside = dbg.do("await trio.sleep(0)").replies
    if inside and "is blocked" in str(inside):
        assert "before the next step" in dbg.text("await --when-runnable trio.sleep(0)")
    finish(dbg)


def hold(dbg: Debugging) -> None:
    assert "held until `release`" in dbg.text("hold worker")
    dbg.do("release worker")
    finish(dbg)


def only(dbg: Debugging) -> None:
    dbg.do("only worker")
    assert "no longer held" in dbg.text("release")
    finish(dbg)


def order(dbg: Debugging) -> None:
    for name in ("prisoner", "worker", "waiter", "main"):
        dbg.do(f"pick {name}")
        dbg.do(f"order {name}")
    finish(dbg)


def throw(dbg: Debugging) -> None:
    before = dbg.text("throw waiter KeyError")
    assert "raises KeyError" in before
    # One that has not started raises before its first line, where nothing catches it.
    if "before its first line" in before:
        dbg.resume("continue")
        dbg.expect_end(exit_code=1)
    else:
        finish(dbg, wait="thrown at")


def cancel_task(dbg: Debugging) -> None:
    assert "cancelled waiter" in dbg.text("cancel -y waiter")
    finish(dbg)


def cancel_scope(dbg: Debugging) -> None:
    time = dbg.call(dbg.inspector.run).time
    assert "cancelled scope" in dbg.text(f"cancel -y scope {outer_scope(dbg)}")
    dbg.resume("continue")
    dbg.expect_end()
    (ended,) = (event for event in dbg.events if isinstance(event, RunEnded))
    assert ended.time - time < 15  # long before the deadline


def deadline(dbg: Debugging) -> None:
    time = dbg.call(dbg.inspector.run).time
    assert "expires in 0.001 s" in dbg.text(f"deadline -y scope {outer_scope(dbg)} +1ms")
    dbg.resume("continue")
    dbg.expect_end()
    (ended,) = (event for event in dbg.events if isinstance(event, RunEnded))
    assert ended.time - time < 15


def outer_scope(dbg: Debugging) -> int:
    """The number of the scope that ends it all: the one with a deadline."""
    (timer,) = (each for each in dbg.call(dbg.inspector.timers) if each.left > 1)
    return int(timer.scope.number)


def write(dbg: Debugging) -> None:
    """A local of a task that is suspended."""
    dbg.do("task main")
    dbg.do("!note = 'by hand'")
    finish(dbg, note="by hand")


def time(dbg: Debugging) -> None:
    before = dbg.call(dbg.inspector.run).time
    assert "program time" in dbg.text("time +1s")
    dbg.resume("continue")
    dbg.expect_end()
    (ended,) = (event for event in dbg.events if isinstance(event, RunEnded))
    assert before + 1 <= ended.time < before + 15


def time_next(dbg: Debugging) -> None:
    dbg.text("time next")
    dbg.resume("continue")
    dbg.expect_end()


def speed(dbg: Debugging) -> None:
    dbg.text("speed 2")
    finish(dbg)


def interact(dbg: Debugging) -> None:
    dbg.do("interact")
    assert dbg.text("1 + 1") == "2"
    dbg.do("exit()")
    finish(dbg)


def interrupt(dbg: Debugging) -> None:
    dbg.do("interrupt")
    dbg.resume("continue")
    error = dbg.expect_end(exit_code=None).exception
    while isinstance(error, BaseExceptionGroup):
        (error,) = error.exceptions
    assert isinstance(error, KeyboardInterrupt)


def detach(dbg: Debugging) -> None:
    dbg.do("hold worker")
    dbg.resume("detach")
    dbg.expect_end()
    assert ends(dbg) == PLAIN


def quit_(dbg: Debugging) -> None:
    dbg.resume("quit")
    dbg.expect_end(exit_code=125)


ROWS = (
    await_,
    hold,
    only,
    order,
    throw,
    cancel_task,
    cancel_scope,
    deadline,
    write,
    time,
    time_next,
    speed,
    interact,
    interrupt,
    detach,
    quit_,
)


@contextmanager
def situation(column: Column) -> Iterator[Debugging]:
    clock = MockClock(autojump_threshold=1e-6) if column.jumps else None
    with debugging("situations", args=column.words, clock=clock) as dbg:
        column.place(dbg)
        yield dbg


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.__name__.rstrip("_"))
def test_in(
    row: Callable[[Debugging], None], column: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with situation(COLUMNS[column]) as dbg:
        row(dbg)
    assert "bug in stepdbg" not in capfd.readouterr().err

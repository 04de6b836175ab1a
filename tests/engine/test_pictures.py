"""Pictures of a held run: the queue, the timers and the tree, against what Trio then does."""

from __future__ import annotations

import pytest
import trio.testing

from stepdbg.model.replies import Queue, Timers, Tree
from stepdbg.model.stops import Stop
from stepdbg.model.task import (
    NurserySnapshot,
    QueueSnapshot,
    ScopeSnapshot,
    TaskNode,
    TaskState,
    TimerSnapshot,
)
from tests.debuggee import Order
from tests.harness import Debugging, debugging

from .following import seen, task_of

ORDERS: tuple[Order, ...] = ("fifo", "lifo", "random")


def frozen() -> trio.testing.MockClock:
    """A clock that jumps when nothing else can happen, so that times are exact."""
    return trio.testing.MockClock(autojump_threshold=0)


def names(queue: QueueSnapshot) -> tuple[list[str], list[str]]:
    """Who is in this pass and in the next one."""
    this_pass, next_pass = (
        [entry.task.label.short for entry in part] for part in (queue.this_pass, queue.next_pass)
    )
    return this_pass, next_pass


# ---- the queue ---------------------------------------------------------------------


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("program", ["many_names", "ping_pong", "nested_nurseries"])
def test_the_queue_is_the_order_that_follows(program: str, order: Order) -> None:
    with debugging(program, clock=frozen(), order=order) as dbg:
        history = seen(dbg, lambda: names(dbg.inspector.queue()))
    assert any(this_pass for _, (this_pass, _) in history)
    tasks = [task for task, _ in history]
    for index, (_, (this_pass, next_pass)) in enumerate(history):
        after = index + 1 + len(this_pass)
        assert tasks[index + 1 : after] == this_pass
        if next_pass:
            whole_next_pass = {tasks[after], *history[after][1][0]}
            assert set(next_pass) <= whole_next_pass


def test_the_current_task_is_in_neither_pass() -> None:
    with debugging("many_names") as dbg:
        stop = dbg.go("step 3", task="worker#2")
        queue = dbg.reply("queue", Queue).queue
        assert queue.current == stop.task
        assert names(queue) == (
            ["worker#3", "worker#4", "worker#5"],
            ["worker#1"],
        )


def test_a_queue_has_no_task_of_trios_own_unless_asked() -> None:
    with debugging("entry_queue") as dbg:
        history = seen(
            dbg,
            lambda: (names(dbg.inspector.queue()), names(dbg.inspector.queue(system=True))),
        )
    hidden = {"<init>", "<TrioToken.run_sync_soon task>"}
    without = {name for _, (own, _) in history for part in own for name in part}
    with_them = {name for _, (_, every) in history for part in every for name in part}
    assert not without & hidden
    assert with_them & hidden


def test_looking_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """The same schedule with every picture taken at every stop as with none."""
    looks = ["tasks -a", "tree -a", "queue -a", "timers", "where -a", "locals", "list", "runs"]
    schedules: list[list[str]] = []
    for lines in looks, []:
        with debugging("scopes", clock=frozen()) as dbg:
            held = _steps(dbg, lines)
            schedules.append([f"{task_of(stop)} {stop.step} {stop.time}" for stop in held])
    assert schedules[0] == schedules[1]
    out = capsys.readouterr().out.splitlines()
    assert out[: len(out) // 2] == out[len(out) // 2 :]


def _steps(dbg: Debugging, lines: list[str]) -> list[Stop]:
    stops = [dbg.expect_stop()]
    while dbg.ended is None:
        for line in lines:
            dbg.do(line)
        dbg.resume("step")
        try:
            stops.append(dbg.expect_stop())
        except AssertionError:
            assert dbg.ended is not None
    return stops


# ---- the timers --------------------------------------------------------------------


def timers_of(dbg: Debugging) -> list[tuple[float, list[str], str | None]]:
    """Seconds left, whom it would cancel, and the mark of the line that set it."""
    return [
        (
            round(timer.left, 6),
            [label.short for label in timer.tasks],
            None if timer.scope.place is None else dbg.program.mark(timer.scope.place.line),
        )
        for timer in dbg.reply("timers", Timers).timers
    ]


def test_the_timers_with_the_lines_that_set_them() -> None:
    with debugging("scopes", clock=frozen()) as dbg:
        stop = dbg.go("step main 3", task="main")
        assert stop.time == 0.25
        assert timers_of(dbg) == [
            (0.25, ["shielded"], "shielded deadline"),
            (0.75, ["nested"], "near"),
            (1.25, ["shielded"], "shielded wait"),
            (19.75, ["nested"], "middle"),
            (29.75, ["nested"], "far"),
        ]


def test_no_timers() -> None:
    with debugging("checkpoints") as dbg:
        assert timers_of(dbg) == []


def test_a_timer_of_many_tasks_shows_some_and_counts_all() -> None:
    with debugging("scopes", clock=frozen()) as dbg:
        dbg.go("step main 3")
        timers: tuple[TimerSnapshot, ...] = dbg.call(dbg.inspector.timers)
        assert all(timer.task_count >= len(timer.tasks) for timer in timers)


# ---- the tree ----------------------------------------------------------------------


def outline(node: TaskNode) -> list[str]:
    """The tree as indented lines."""
    lines = [node.task.label.short]
    depth = 1
    for inside in node.inside:
        indent = "  " * depth
        if isinstance(inside, ScopeSnapshot):
            lines.append(f"{indent}scope{' shielded' * inside.shield}")
        else:
            assert isinstance(inside, NurserySnapshot)
            starting = f" starting {inside.starting[0].short}" if inside.starting else ""
            lines.append(f"{indent}nursery{starting}")
            for child in inside.children:
                lines += [f"{indent}  {line}" for line in outline(child)]
        depth += 1
    return lines


def test_the_tree_of_nested_nurseries() -> None:
    with debugging("nested_nurseries", clock=frozen()) as dbg:
        dbg.do("tbreak task leaf*")
        dbg.go("continue", task="leaf a.1")
        root = dbg.reply("tree", Tree).root
    assert outline(root) == [
        "main",
        "  nursery starting starter",
        "    branch a",
        "      nursery",
        "        leaf a.1",
        "        leaf a.2",
        "    nursery",
        "      branch b",
        "        nursery",
        "          leaf b.1",
        "          leaf b.2",
        "      nursery",
        "        starter",
    ]


def test_the_tree_shows_scopes() -> None:
    with debugging("scopes", clock=frozen()) as dbg:
        dbg.go("step main 3")
        root = dbg.reply("tree", Tree).root
    assert outline(root) == [
        "main",
        "  nursery",
        "    nested",
        "      scope",
        "        scope",
        "          scope",
        "    shielded",
        "      scope",
        "        scope shielded",
    ]


def test_the_root_of_everything_is_trios_own() -> None:
    with debugging("checkpoints") as dbg:
        everything = dbg.reply("tree -a", Tree).root
        own = dbg.reply("tree", Tree).root
    assert everything.task.label.name == "<init>"
    assert own.task.label.short == "main"


# ---- states ------------------------------------------------------------------------


def test_the_states_of_tasks() -> None:
    with debugging("many_names", clock=frozen()) as dbg:
        dbg.go("step 3", task="worker#2")
        states = {each.label.short: each.state for each in dbg.call(dbg.inspector.tasks)}
    assert states == {
        "main": TaskState.BLOCKED,
        "supervisor": TaskState.BLOCKED,
        "worker#1": TaskState.RUNNABLE,
        "worker#2": TaskState.CURRENT,
        "worker#3": TaskState.NOT_STARTED,
        "worker#4": TaskState.NOT_STARTED,
        "worker#5": TaskState.NOT_STARTED,
    }

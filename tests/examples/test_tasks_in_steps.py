"""What the debugger must show of tasks.py, moment by moment, on a clock that stands still."""

from __future__ import annotations

import trio.testing

from stepdbg.model.replies import Queue, TaskList, Timers
from stepdbg.model.task import TaskState
from tests.harness import Debugging, debugging


def states(dbg: Debugging) -> dict[str, TaskState]:
    tasks = dbg.reply("tasks", TaskList)
    return {label.short: group.example.state for group in tasks.groups for label in group.labels}


def test_main_then_two_in_the_queue_then_two_timers_then_two_runnable() -> None:
    clock = trio.testing.MockClock()
    with debugging("examples/tasks", clock=clock) as dbg:
        # The main task, and nobody else.
        dbg.expect_stop(kind="start", task="parent", step=1)
        assert states(dbg) == {"parent": TaskState.CURRENT}

        # The parent waits in its nursery, both children are in the queue.
        dbg.go("step", task="left_child", step=1)
        assert states(dbg) == {
            "parent": TaskState.BLOCKED,
            "left_child": TaskState.CURRENT,
            "right_child": TaskState.NOT_STARTED,
        }
        queue = dbg.reply("queue", Queue).queue
        assert [entry.task.label.short for entry in queue.this_pass] == ["right_child"]
        assert queue.next_pass == ()

        # Both sleep: nothing can run, two timers are left.
        dbg.go("step", task="right_child", step=1)
        dbg.resume("continue")
        dbg.controller.halt()
        dbg.expect_stop(kind="halt", task=None)
        assert set(states(dbg).values()) == {TaskState.BLOCKED}
        timers = dbg.reply("timers", Timers).timers
        sleepers = [label.short for timer in timers for label in timer.tasks]
        assert sorted(sleepers) == ["left_child", "right_child"]
        assert [round(timer.left, 6) for timer in timers] == [0.2, 0.2]

        # Their time has come: both are runnable, in this pass.
        dbg.call(lambda: clock.jump(0.2))
        dbg.go("step", kind="step")
        assert sorted(str(state) for state in states(dbg).values()) == [
            "blocked",
            "current",
            "runnable",
        ]
        dbg.resume("continue")
        dbg.expect_end()

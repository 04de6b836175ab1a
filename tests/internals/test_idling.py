"""The last entry in the heap of deadlines, which is asked when a run is idle and nothing else."""

from __future__ import annotations

import math

import pytest
import trio
import trio.testing
from trio._core import _run

from stepdbg._trio_internals import idling, runs


class Idle:
    """Sets an event when it is told that the run is idle."""

    def __init__(self) -> None:
        self.times = 0
        self.event = trio.Event()
        self.wakes = True

    def __call__(self) -> None:
        """The run is idle."""
        self.times += 1
        if self.wakes:
            self.event.set()
            runner = runs.current_runner()
            assert runner is not None
            runs.wake_loop(runner)


def _runner() -> runs.Runner:
    runner = runs.current_runner()
    assert runner is not None
    return runner


@pytest.mark.parametrize("threshold", [0, math.inf])
def test_it_is_asked_only_without_a_deadline(threshold: float) -> None:
    async def main() -> None:
        idle = Idle()
        idling.LastDeadline(_runner(), idle)
        clock = trio.lowlevel.current_clock()
        assert isinstance(clock, trio.testing.MockClock)
        for _ in range(20):
            await trio.lowlevel.checkpoint()
        if threshold == 0:
            await trio.sleep(50)
        else:
            with trio.move_on_after(1):
                await trio.testing.wait_all_tasks_blocked()
        assert idle.times == 0
        await idle.event.wait()
        assert idle.times == 1

    trio.run(main, clock=trio.testing.MockClock(autojump_threshold=threshold))


def test_nobody_else_sees_a_deadline() -> None:
    async def main() -> None:
        runner, idle = _runner(), Idle()
        last = idling.LastDeadline(runner, idle)
        assert list(runs.live_deadlines(runner)) == []
        assert runs.next_deadline(runner) == math.inf
        assert trio.lowlevel.current_statistics().seconds_to_next_deadline == math.inf
        with trio.move_on_after(100) as scope:
            assert [each for _, each in runs.live_deadlines(runner)] == [scope]
            assert trio.lowlevel.current_statistics().seconds_to_next_deadline < 101
        assert idle.times == 0
        last.remove()
        last.remove()
        assert id(last) not in [number for _, number, _ in runner.deadlines._heap]
        assert runner.deadlines._active == 0

    trio.run(main)


def test_it_stays_when_the_heap_is_pruned() -> None:
    async def main() -> None:
        runner, idle = _runner(), Idle()
        last = idling.LastDeadline(runner, idle)
        now = trio.current_time()
        with trio.CancelScope() as scope:
            for _ in range(_run.DEADLINE_HEAP_MIN_PRUNE_THRESHOLD):
                scope.deadline = now + 9998
                scope.deadline = now + 9999
            before = len(runner.deadlines._heap)
            await trio.sleep(0.001)
            assert len(runner.deadlines._heap) < before
        assert id(last) in [number for _, number, _ in runner.deadlines._heap]
        await idle.event.wait()
        assert idle.times == 1

    trio.run(main)

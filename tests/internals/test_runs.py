"""What is read off Trio's runner without walking through all of it."""

from __future__ import annotations

import random

import trio
import trio.testing

from stepdbg._trio_internals import runs


def test_the_next_deadline_is_the_soonest_that_still_counts() -> None:
    trio.run(_change_deadlines)


def test_system_tasks_are_those_that_belong_to_no_nursery_of_the_program() -> None:
    trio.run(_spawn_system_tasks)


async def _change_deadlines() -> None:
    rng = random.Random(7)
    runner = runs.current_runner()
    assert runner is not None
    with trio.CancelScope() as scope:
        scopes = [trio.CancelScope() for _ in range(40)]
        for each in scopes:
            each.__enter__()
        for _ in range(300):
            # Each change leaves a stale entry in the heap.
            rng.choice(scopes).deadline = trio.current_time() + rng.choice([50, 500, float("inf")])
            expected = min((at for at, _ in runs.live_deadlines(runner)), default=float("inf"))
            assert runs.next_deadline(runner) == expected
        for each in reversed(scopes):
            each.__exit__(None, None, None)
        scope.cancel()
    assert runs.next_deadline(runner) == float("inf")


async def _spawn_system_tasks() -> None:
    runner = runs.current_runner()
    assert runner is not None
    trio.lowlevel.spawn_system_task(trio.sleep_forever, name="theirs")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.sleep_forever)
        await trio.testing.wait_all_tasks_blocked()
        found = runs.system_tasks(runner)
        assert {task.name for task in found} >= {"theirs", "<init>"}
        assert set(found) == {task for task in runner.tasks if runs.is_system(runner, task)}
        nursery.cancel_scope.cancel()

"""`stepdbg.print_tasks` and `stepdbg.explain`, in a program that nobody debugs."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable

import pytest
import trio
import trio.testing

import stepdbg
from stepdbg.engine.seeing.inspector import LiveInspector
from stepdbg.launcher.telling import page_of
from tests.harness import debugging


async def holder(lock: trio.Lock) -> None:
    async with lock:
        await trio.sleep_forever()


async def waiter(lock: trio.Lock) -> None:
    async with lock:
        pass


async def with_tasks(
    look: Callable[[list[trio.lowlevel.Task]], Awaitable[None]], waiters: int = 1
) -> None:
    """Let `look` see a holder of a lock and those that wait for it."""
    lock = trio.Lock()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(holder, lock)
        await trio.testing.wait_all_tasks_blocked()
        for _ in range(waiters):
            nursery.start_soon(waiter, lock)
        await trio.testing.wait_all_tasks_blocked()
        await look(sorted(nursery.child_tasks, key=lambda task: task.name))
        nursery.cancel_scope.cancel()


def printed() -> str:
    stream = io.StringIO()
    stepdbg.print_tasks(stream)
    return stream.getvalue()


def test_the_run_of_this_thread() -> None:
    async def look(tasks: list[trio.lowlevel.Task]) -> None:
        del tasks
        lines = printed().splitlines()
        assert lines[0].startswith("run 1: 3 tasks, 0 runnable, thread ")
        assert " does not wait, it is the current task, at test_in_code.py:" in lines[1]
        assert lines[-2].lstrip().startswith("holder (")
        assert lines[-2].endswith(": only a cancellation ends that")
        assert "waits for Lock `lock` at test_in_code.py:" in lines[-1]

    trio.run(with_tasks, look)


def test_tasks_that_are_alike_are_counted() -> None:
    async def look(tasks: list[trio.lowlevel.Task]) -> None:
        del tasks
        lines = printed().splitlines()
        assert lines[-1].strip().startswith("and 1999 more just like it: ")
        assert sum("waits for Lock" in line for line in lines) == 1

    trio.run(with_tasks, look, 2_000)


def test_who_is_not_followed_has_a_line_all_the_same() -> None:
    told = ""

    async def looks() -> None:
        nonlocal told
        await trio.testing.wait_all_tasks_blocked()
        told = printed()
        assert "not followed here" in stepdbg.explain(nurseries[0].parent_task)
        nurseries[0].cancel_scope.cancel()

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            nurseries.append(nursery)
            nursery.start_soon(looks)
            for _ in range(8):
                nursery.start_soon(trio.sleep_forever)

    nurseries: list[trio.Nursery] = []
    trio.run(main)
    assert ": 9 children still running\n" in told
    assert "not followed here" not in told


def test_it_leaves_no_trace() -> None:
    async def look(tasks: list[trio.lowlevel.Task]) -> None:
        runner = trio.lowlevel.current_task()._runner
        before = type(runner.clock), type(runner.runq), list(runner.instruments)
        printed()
        stepdbg.explain(tasks[0])
        assert before == (type(runner.clock), type(runner.runq), list(runner.instruments))

    trio.run(with_tasks, look)


class Paper(io.StringIO):
    """Notes what time it is before and after a moment that passes while it is written to."""

    times: tuple[float, float] = (0.0, 0.0)

    def write(self, text: str) -> int:
        first, until = trio.current_time(), time.perf_counter() + 0.001
        while time.perf_counter() < until:
            pass
        self.times = first, trio.current_time()
        return super().write(text)


@pytest.mark.parametrize("clock", [None, trio.testing.MockClock(rate=1.0)])
def test_time_stands_still_while_it_looks(clock: trio.abc.Clock | None) -> None:
    """Else what it says of deadlines would be short of the time that the look itself takes."""

    async def look(tasks: list[trio.lowlevel.Task]) -> None:
        del tasks
        clock, paper = trio.lowlevel.current_task()._runner.clock, Paper()
        stepdbg.print_tasks(paper)
        assert paper.times[0] == paper.times[1]
        assert paper.times[0] < trio.current_time()
        assert trio.lowlevel.current_task()._runner.clock is clock

    trio.run(with_tasks, look, clock=clock)


def test_why_a_task_does_not_go_on() -> None:
    async def look(tasks: list[trio.lowlevel.Task]) -> None:
        waits, holds = stepdbg.explain(tasks[1]).splitlines()
        assert "waiter (" in waits
        assert "waits for Lock `lock` at test_in_code.py:" in waits
        assert "sleeps for ever" in holds
        there = await trio.to_thread.run_sync(stepdbg.explain, tasks[1])
        assert there.splitlines() == [waits, holds]
        assert "is the current task" in stepdbg.explain(trio.lowlevel.current_task())

    trio.run(with_tasks, look)


def test_from_another_thread_it_is_about_all_runs() -> None:
    async def look(tasks: list[trio.lowlevel.Task]) -> None:
        del tasks
        told = await trio.to_thread.run_sync(printed)
        assert "waits for the thread printed" in told
        assert "waits for Lock `lock` at test_in_code.py:" in told

    trio.run(with_tasks, look)


def test_a_task_that_has_exited() -> None:
    async def main() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.lowlevel.checkpoint)
            (task,) = nursery.child_tasks
        assert stepdbg.explain(task).endswith("checkpoint has exited")

    trio.run(main)


def test_what_is_no_task() -> None:
    with pytest.raises(TypeError, match=r"explain\(\) needs a trio.lowlevel.Task, not int"):
        stepdbg.explain(3)  # type: ignore[arg-type]  # on purpose


@pytest.mark.parametrize("imports", ["stepdbg", "trio, stepdbg", "stepdbg, trio"])
def test_where_no_run_is_under_way(imports: str) -> None:
    lines = f"import sys, {imports}\nstepdbg.print_tasks(sys.stdout)\nprint('trio' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True)
    known = "trio" in imports
    assert done.stdout == f"no Trio run is under way in this process\n{known}\n"


def test_in_a_program_under_stepdbg_it_knows_more() -> None:
    with debugging("tests/programs/why/primitives") as dbg:
        dbg.do("break :look")
        dbg.go("continue", kind="breakpoint")
        inspector = dbg.inspector
        assert isinstance(inspector, LiveInspector)
        told = dbg.call(lambda: page_of(inspector))
    assert re.search(r"held by owner \(\d+\) \[since step 1, primitives.py:", told)
    assert re.search(r"is cancelled by main \(\d+\) \[primitives.py:\d+\]", told)


def test_a_deadlock_is_named() -> None:
    with debugging("tests/programs/why/deadlocks", args=["crossed"]) as dbg:
        dbg.go("continue", kind="deadlock", task=None)
        inspector = dbg.inspector
        assert isinstance(inspector, LiveInspector)
        told = dbg.call(lambda: page_of(inspector))
    assert "  a deadlock: " in told
    assert "cancelling any of them would let the others go on" in told

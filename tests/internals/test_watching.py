"""The hook for steps, called for some tasks alone."""

from __future__ import annotations

import trio
from trio.lowlevel import Task

from stepdbg._trio_internals import runs
from stepdbg._trio_internals.watching import limit_steps


class _Steps(trio.abc.Instrument):
    """Notes whose steps it is told of."""

    def __init__(self) -> None:
        self.of: list[str] = []

    def before_task_step(self, task: Task) -> None:
        self.of.append(task.name)


class _Exits(trio.abc.Instrument):
    """Has another hook."""

    def __init__(self) -> None:
        self.of: list[str] = []

    def task_exited(self, task: Task) -> None:
        self.of.append(task.name)


async def _run_two(steps: int = 3) -> None:
    async with trio.open_nursery() as nursery:
        for name in ("watched", "other"):
            nursery.start_soon(_take_steps, steps, name=name)


async def _take_steps(count: int) -> None:
    for _ in range(count):
        await trio.lowlevel.checkpoint()


def _watch(watched: set[Task]) -> runs.Runner:
    runner = runs.current_runner()
    assert runner is not None
    limit_steps(runner, watched)
    return runner


async def _with_watched(ours: _Steps, *after: trio.abc.Instrument) -> None:
    watched: set[Task] = set()

    class Watch(trio.abc.Instrument):
        def task_spawned(self, task: Task) -> None:
            if task.name == "watched":
                watched.add(task)

    trio.lowlevel.add_instrument(Watch())
    trio.lowlevel.add_instrument(ours)
    _watch(watched)
    for each in after:
        trio.lowlevel.add_instrument(each)
    await _run_two()


def test_the_hook_is_called_for_watched_tasks_alone() -> None:
    ours = _Steps()
    trio.run(_with_watched, ours)
    assert ours.of == ["watched"] * 4


def test_whoever_else_has_the_hook_hears_of_every_step() -> None:
    ours, theirs = _Steps(), _Steps()
    trio.run(_with_watched, ours, theirs)
    assert theirs.of.count("other") == theirs.of.count("watched") == 4


def test_other_hooks_are_called_as_ever() -> None:
    exits = _Exits()
    trio.run(_with_watched, _Steps(), exits)
    assert {"other", "watched"} <= set(exits.of)


def test_without_the_hook_there_is_nothing_to_limit() -> None:
    async def main() -> None:
        runner = _watch(set())
        assert type(runner.instruments).__name__ == "Instruments"
        await _run_two()

    trio.run(main)

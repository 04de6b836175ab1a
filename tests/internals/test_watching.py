"""The hook for steps, called for some tasks alone."""

from __future__ import annotations

from functools import partial

import pytest
import trio
from trio._core._instrumentation import Instruments
from trio.lowlevel import Task

from stepdbg._trio_internals import runs
from stepdbg._trio_internals.recording import RecordingHook
from stepdbg._trio_internals.watching import Passing, StepFilter


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


def _runner() -> runs.Runner:
    runner = runs.current_runner()
    assert runner is not None
    return runner


def _limit(ours: _Steps, watched: set[Task], passing: Passing | None = None) -> runs.Runner:
    runner = _runner()
    StepFilter(ours, watched).limit(runner, passing)
    return runner


def _record() -> RecordingHook:
    """Have this run recorded, too."""

    def fail(error: BaseException) -> None:
        raise error

    def ignore(*_: object) -> None:
        pass

    hook = RecordingHook(ignore, fail)
    hook.woken = hook.blocked = hook.exited = ignore
    hook.begin(_runner())
    return hook


async def _with_watched(
    ours: _Steps,
    *after: trio.abc.Instrument,
    passing: Passing | None = None,
    record: bool = False,
) -> None:
    watched: set[Task] = set()

    class Watch(trio.abc.Instrument):
        def task_spawned(self, task: Task) -> None:
            if task.name == "watched":
                watched.add(task)

    trio.lowlevel.add_instrument(Watch())
    trio.lowlevel.add_instrument(ours)
    if record:
        _record()
    _limit(ours, watched, passing)
    for each in after:
        trio.lowlevel.add_instrument(each)
    await _run_two()


both_ways = pytest.mark.parametrize("record", [False, True], ids=["alone", "recorded"])


@both_ways
def test_the_hook_is_called_for_watched_tasks_alone(record: bool) -> None:
    ours = _Steps()
    trio.run(partial(_with_watched, ours, record=record))
    assert ours.of == ["watched"] * 4


@both_ways
def test_who_passes_by_is_counted_and_not_told_of(record: bool) -> None:
    class Counts(_Steps):
        def before_task_step(self, task: Task) -> None:
            super().before_task_step(task)
            if task.name == "other":
                passing.tasks.add(task._counter)

    passing, ours = Passing(), Counts()
    trio.run(partial(_with_watched, ours, passing=passing, record=record))
    # The watched one at each of its steps, the other at its first.
    assert ours.of.count("watched") == 4
    assert ours.of.count("other") == 1
    assert passing.steps == 3


@both_ways
def test_after_the_end_the_hook_is_called_for_every_task(record: bool) -> None:
    async def main() -> None:
        trio.lowlevel.add_instrument(ours)
        if record:
            _record()
        limiting = StepFilter(ours, set())
        limiting.limit(_runner())
        await _run_two()
        assert ours.of == []
        limiting.end(_runner())
        await _run_two()

    ours = _Steps()
    trio.run(main)
    assert ours.of.count("other") == ours.of.count("watched") == 4


@both_ways
def test_whoever_else_has_the_hook_hears_of_every_step(record: bool) -> None:
    ours, theirs = _Steps(), _Steps()
    trio.run(partial(_with_watched, ours, theirs, record=record))
    assert theirs.of.count("other") == theirs.of.count("watched") == 4


def test_other_hooks_are_called_as_ever() -> None:
    exits = _Exits()
    trio.run(_with_watched, _Steps(), exits)
    assert {"other", "watched"} <= set(exits.of)


@pytest.mark.parametrize("others", [[], [_Steps()]], ids=["nobody", "somebody else"])
def test_without_the_hook_there_is_nothing_to_limit(others: list[_Steps]) -> None:
    async def main() -> None:
        runner = _limit(_Steps(), set())
        assert type(runner.instruments) is Instruments
        await _run_two()

    trio.run(main, instruments=others)
    assert all(len(steps.of) > 8 for steps in others)

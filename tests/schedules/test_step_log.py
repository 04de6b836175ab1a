"""The step log of real runs: every step in order, deadlines, time, and where it ends."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import trio
import trio.testing

from stepdbg._trio_internals import runs
from stepdbg._trio_internals.spawns import Which
from stepdbg.engine.recording.step_log import TIME
from stepdbg.engine.running.run import DebuggedRun
from stepdbg.engine.running.session import Session
from stepdbg.model.errors import NotNow
from stepdbg.model.facts import RunId
from stepdbg.model.options import SessionOptions
from stepdbg.model.schedules import Schedule, Turn, TurnKind, turns_of
from stepdbg.model.silent_front_end import SilentFrontEnd


@contextmanager
def logging(*, record: bool = True) -> Iterator[Session]:
    session = Session(SilentFrontEnd(), SessionOptions(record=record, stops_at_start=False))
    session.install()
    try:
        yield session
    finally:
        session.uninstall()


class Steps(trio.abc.Instrument):
    """What Trio tells of steps; not of its own tasks."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        runner = runs.current_runner()
        assert runner is not None
        if not runs.is_system(runner, task):
            self.names.append(task.name.rpartition(".")[2])


def logged(
    main: Callable[[], object], *instruments: trio.abc.Instrument
) -> tuple[list[str], Schedule]:
    """Run and log; every turn as text, and the schedule."""
    with logging() as session:
        trio.run(main, instruments=instruments)  # type: ignore[arg-type]
        schedule = session.controller.schedule(RunId(1))
    return [said(schedule, turn) for turn in turns_of(schedule.log)], schedule


def said(schedule: Schedule, turn: Turn) -> str:
    if turn.kind is TurnKind.TIME:
        return f"time {turn.time}"
    who = schedule.log.tasks[turn.task]
    return f"deadline {who}" if turn.kind is TurnKind.DEADLINE else str(who)


async def worker(steps: int) -> None:
    for _ in range(steps):
        await trio.lowlevel.checkpoint()


async def family() -> None:
    async with trio.open_nursery() as nursery:
        for index in range(5):
            nursery.start_soon(worker, index, name=f"main/{index}")
        await trio.lowlevel.checkpoint()
        nursery.start_soon(nested, name="main/5")


async def nested() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(worker, 2, name="main/5/0")
        nursery.start_soon(trio.sleep, 0.001, name="main/5/1")


@pytest.mark.parametrize("seed", range(10))
def test_every_step_in_order(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trio._core._run._r", random.Random(seed))
    seen = Steps()
    turns, schedule = logged(family, seen)
    steps = [each for each in turns if each.startswith("main")]
    assert steps == ["main" if name == "family" else name for name in seen.names]
    assert schedule.log.steps == len(steps)


def test_deadlines_are_noted_where_they_pass_with_whose_they_are() -> None:
    async def main() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.sleep, 0.3)
            nursery.start_soon(trio.sleep, 0.1)

    turns, _ = logged(main)
    told = [each for each in turns if not each.startswith("time")]
    assert told[-5:] == ["deadline main/1", "main/1", "deadline main/0", "main/0", "main"]


def test_a_deadline_of_a_scope_with_children_is_that_of_who_has_entered_it() -> None:
    async def main() -> None:
        with trio.move_on_after(0.01):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(trio.sleep_forever)

    turns, _ = logged(main)
    assert [each for each in turns if each.startswith("deadline")] == ["deadline main"]


def test_a_deadline_that_passes_while_its_task_is_runnable_is_noted() -> None:
    async def main() -> None:
        with trio.move_on_after(0.001):
            while trio.current_effective_deadline() > -math.inf:
                await trio.lowlevel.cancel_shielded_checkpoint()

    turns, _ = logged(main)
    assert "deadline main" in turns


def test_a_scope_that_is_entered_too_late_is_no_deadline_of_the_loop() -> None:
    async def main() -> None:
        with trio.move_on_at(trio.current_time() - 1):
            await trio.lowlevel.checkpoint()

    turns, _ = logged(main)
    assert not any(each.startswith("deadline") for each in turns)


def test_time_is_noted_at_the_end_of_a_step() -> None:
    async def main() -> None:
        end = trio.current_time() + 0.05
        while trio.current_time() < end:
            await trio.lowlevel.checkpoint()

    turns, _ = logged(main)
    times = [int(each.split()[1]) for each in turns if each.startswith("time")]
    assert 2 <= len(times) <= 6  # one each ten milliseconds
    assert times == sorted(times)
    assert times[-1] >= 40


def test_time_of_a_clock_of_the_program_is_not_noted() -> None:
    with logging() as session:
        trio.run(trio.sleep, 100, clock=trio.testing.MockClock(autojump_threshold=0))
        schedule = session.controller.schedule(RunId(1))
    assert schedule.header.clock == "own"
    assert not any(turn.kind is TurnKind.TIME for turn in turns_of(schedule.log))


def test_a_run_that_nobody_records_has_none() -> None:
    with logging(record=False) as session:
        trio.run(worker, 3)
        with pytest.raises(NotNow, match="--record"):
            session.controller.schedule(RunId(1))


def test_recording_that_begins_late_makes_none() -> None:
    async def main(session: Session) -> None:
        session.settings.record.change("on")
        await worker(3)
        with pytest.raises(NotNow, match="--record"):
            session.controller.schedule(RunId(1))

    with logging(record=False) as session:
        trio.run(main, session)


def test_recording_that_ends_ends_the_log() -> None:
    async def main(session: Session) -> None:
        await worker(3)
        session.settings.record.change("off")
        await worker(3)
        session.settings.record.change("on")
        await worker(3)

    with logging() as session:
        trio.run(main, session)
        assert session.controller.schedule(RunId(1)).log.steps == 3


def test_where_recording_has_ended_spawns_are_noted_no_more() -> None:
    """They would be paid for, and nobody needs them."""

    async def main(session: Session) -> None:
        run = _run(session)
        before = run.registry.spawns.which
        session.settings.record.change("off")
        after.append((before, run.registry.spawns.which))

    after: list[tuple[Which, Which]] = []
    with logging() as session:
        trio.run(main, session)
    assert after == [(Which.ALL, Which.NONE)]


def test_a_full_log_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stepdbg.engine.recording.step_log.MOST_WORDS", 50)

    async def main(session: Session) -> None:
        run = _run(session)
        while not run.steps().ended:
            await trio.lowlevel.checkpoint()
        kept.append(len(run.steps().words))
        await worker(1000)
        kept.append(len(run.steps().words))

    kept: list[int] = []
    with logging() as session:
        trio.run(main, session)
        assert "full" in _ended(session).steps().ended
        assert session.controller.schedule(RunId(1)).log.steps >= 40
    assert kept[0] == kept[1] >= 50


def _run(session: Session) -> DebuggedRun:
    run = session.runs.of_thread()
    assert run is not None
    return run


def _ended(session: Session) -> DebuggedRun:
    return session.runs.get(RunId(1))


def test_four_bytes_a_step() -> None:
    sizes: list[int] = []

    async def main(session: Session) -> None:
        words = _run(session).steps().words
        assert words.itemsize == 4
        await worker(10_000)
        kinds = Counter("time" if word >= TIME else "step" for word in words)
        sizes.extend((kinds["step"], kinds["time"]))

    with logging() as session:
        trio.run(main, session)
    assert 10_000 <= sizes[0] < 10_010
    assert sizes[1] < 200


def test_the_header_says_what_the_run_is_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    _, schedule = logged(family)
    header = schedule.header
    assert (header.trio, header.clock, header.hash_seed, header.run) == (
        trio.__version__,
        "system",
        "7",
        1,
    )
    assert 1 <= len(header.files) <= 20

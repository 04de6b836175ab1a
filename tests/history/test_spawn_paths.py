"""The logical ids of tasks: counted for who called `start_soon`, and the same in every run."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import trio
import trio.testing

from stepdbg._trio_internals import runs, tasks
from stepdbg.engine.running.session import Session
from stepdbg.model.facts import NOT_RECORDED, LogicalId
from stepdbg.model.options import SessionOptions
from stepdbg.model.silent_front_end import SilentFrontEnd

Ids = dict[str, str]


@contextmanager
def counting(*, spawn_paths: bool = True, record: bool = False) -> Iterator[Session]:
    """A session whose runs nobody stops."""
    options = SessionOptions(record=record, stops_at_start=False, spawn_paths=spawn_paths)
    session = Session(SilentFrontEnd(), options)
    session.install()
    try:
        yield session
    finally:
        session.uninstall()


def ids_here(session: Session) -> Ids:
    """The logical id of each living task of this run, by its name."""
    run = session.runs.of_thread()
    assert run is not None
    living = runs.living_tasks(run.runner)
    return {
        task.name.removeprefix(f"{__name__}."): str(run.registry.logical_id_of(task))
        for task in living
    }


async def family(session: Session, found: list[Ids]) -> None:
    """Tasks in every way in which a task may come to be; notes their ids when all wait."""
    async with trio.open_nursery() as outer:
        outer.start_soon(two_children, outer, name="first")
        await trio.testing.wait_all_tasks_blocked()
        async with trio.open_nursery() as inner:
            await inner.start(ready, name="started")
            trio.lowlevel.spawn_system_task(trio.sleep_forever, name="theirs")
            inner.start_soon(grandparent, name="nested")
            token = trio.lowlevel.current_trio_token()
            token.run_sync_soon(lambda: inner.start_soon(trio.sleep_forever, name="called"))
            trio.lowlevel.spawn_system_task(two_children, inner, name="busy")
            await trio.testing.wait_all_tasks_blocked()
            found.append(ids_here(session))
            outer.cancel_scope.cancel()


async def two_children(elsewhere: trio.Nursery) -> None:
    """Spawns into its own nursery, and into somebody else's."""
    name = trio.lowlevel.current_task().name
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.sleep_forever, name=f"{name}'s own")
        elsewhere.start_soon(trio.sleep_forever, name=f"{name}'s guest")


async def ready(task_status: trio.TaskStatus[None]) -> None:
    """Started, and then still there."""
    task_status.started()
    await trio.sleep_forever()


async def grandparent() -> None:
    """A child, in nested nurseries, after one that has ended long ago."""
    async with trio.open_nursery() as outer, trio.open_nursery() as inner:
        inner.start_soon(trio.lowlevel.checkpoint)
        outer.start_soon(trio.lowlevel.checkpoint)
        while inner.child_tasks or outer.child_tasks:
            await trio.lowlevel.checkpoint()
        outer.start_soon(trio.sleep_forever, name="grandchild")


EXPECTED = {
    "<init>": "system/0",
    "family": "main",
    "<TrioToken.run_sync_soon task>": "system/1",
    "first": "main/0",
    "first's own": "main/0/0",
    "first's guest": "main/0/1",
    "started": "main/1",
    "theirs": "system/2",
    "nested": "main/2",
    "grandchild": "main/2/2",
    "called": "loop/0",
    "busy": "system/3",
    "busy's own": "system/3/0",
    "busy's guest": "system/3/1",
}


@pytest.mark.parametrize("record", [True, False])
@pytest.mark.parametrize("seed", range(5))
def test_who_spawned_whom(seed: int, *, record: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trio._core._run._r", random.Random(seed))
    found: list[Ids] = []
    with counting(record=record) as session:
        trio.run(family, session, found)
    assert found == [EXPECTED]


def test_a_guest_of_another_loop() -> None:
    """A call-back of the host spawns, while no task of Trio's steps."""
    todo: list[object] = []
    found: list[Ids] = []

    async def main(session: Session) -> None:
        async with trio.open_nursery() as nursery:
            todo.append(lambda: nursery.start_soon(trio.sleep_forever, name="hosts"))
            await trio.testing.wait_all_tasks_blocked()
            while len(runs.living_tasks(_runner())) < 4:
                await trio.lowlevel.checkpoint()
            found.append(ids_here(session))
            nursery.cancel_scope.cancel()

    with counting() as session:
        ended: list[object] = []
        trio.lowlevel.start_guest_run(
            main, session, run_sync_soon_threadsafe=todo.append, done_callback=ended.append
        )
        while not ended:
            if todo:
                call = todo.pop(0)
                assert callable(call)
                call()
    assert found[0]["hosts"] == "loop/0"


def _runner() -> runs.Runner:
    runner = runs.current_runner()
    assert runner is not None
    return runner


def test_where_nobody_asked_nothing_is_counted() -> None:
    found: list[Ids] = []
    with counting(spawn_paths=False) as session:
        trio.run(family, session, found)
    assert found
    assert set(found[0].values()) == {str(NOT_RECORDED)}


def test_asked_too_late() -> None:
    found: list[Ids] = []

    async def main() -> None:
        with counting() as session:
            session.join_run_here()
            async with trio.open_nursery() as nursery:
                nursery.start_soon(trio.sleep_forever, name="child")
                found.append(ids_here(session))
                nursery.cancel_scope.cancel()

    trio.run(main)
    assert found
    assert set(found[0].values()) == {str(NOT_RECORDED)}


def test_they_sort_by_the_order_of_spawns() -> None:
    ids = [
        LogicalId("main", (10,)),
        LogicalId("main", (2, 1)),
        LogicalId("main"),
        LogicalId("loop"),
    ]
    assert list(map(str, sorted(ids))) == ["loop", "main", "main/2/1", "main/10"]


def test_who_records_counts() -> None:
    found: list[Ids] = []
    with counting(spawn_paths=False, record=True) as session:
        trio.run(family, session, found)
    assert found == [EXPECTED]


def test_tasks_that_have_ended_keep_their_id() -> None:
    async def main(session: Session) -> None:
        run = session.runs.of_thread()
        assert run is not None
        assert run.registry.paths is not None
        ended: list[int] = []

        async def note() -> None:
            ended.append(tasks.number(trio.lowlevel.current_task()))

        for _ in range(3):
            async with trio.open_nursery() as nursery:
                for _ in range(50):
                    nursery.start_soon(note)
        ids = {str(run.registry.paths.of_number(number)) for number in ended}
        assert ids == {f"main/{index}" for index in range(150)}

    with counting() as session:
        trio.run(main, session)

"""`why -a` names the children that a nursery waits for in their order, and says where they are."""

from __future__ import annotations

import re

import trio
import trio.testing

from stepdbg._trio_internals import runs, tasks
from stepdbg.engine.running.onlooking import run_here
from stepdbg.model.facts import TaskNumber
from stepdbg.model.replies import Why
from stepdbg.render.explanations import render_why
from stepdbg.render.spans import plain

COUNT = 8


async def takes_both(mine: trio.Lock, other: trio.Lock) -> None:
    async with mine:
        await trio.lowlevel.checkpoint()
        async with other:
            pass


async def waits(locks: list[trio.Lock], looks: trio.Event) -> None:
    """A parent whose children wait for one another, each for the one that began before it."""
    async with trio.open_nursery() as nursery:
        for number in range(1, COUNT + 1):
            nursery.start_soon(takes_both, locks[number], locks[number - 1])
        await trio.testing.wait_all_tasks_blocked()
        looks.set()
    raise AssertionError("cancelled before")


def answers(parent: str) -> tuple[str, str]:
    """What `why` of the parent says, and `why -a`."""
    inspector = run_here(None)
    assert inspector is not None
    living = runs.living_tasks(inspector._live_run().runner)
    numbers = [TaskNumber(tasks.number(task)) for task in living]
    of_parent = [TaskNumber(tasks.number(task)) for task in living if task.name == parent]
    found = []
    for asked in (of_parent, numbers):
        reply = Why(tuple(inspector.whys(asked, once=True)))
        found.append(plain(render_why(reply, 400)))
    return found[0], found[1]


def test_all_children_are_said_to_be_below() -> None:
    told: list[str] = []

    async def main() -> None:
        locks = [trio.Lock() for _ in range(COUNT + 1)]
        await locks[0].acquire()
        looks = trio.Event()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(waits, locks, looks, name="parent")
            await looks.wait()
            await trio.testing.wait_all_tasks_blocked()
            told.extend(answers("parent"))
            nursery.cancel_scope.cancel()

    trio.run(main)
    alone, everybody = told
    lines = everybody.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("parent"))
    assert f"{COUNT} children still running" in lines[at]
    assert "not followed" not in lines[at]
    named = lines[at + 1].strip()
    wanted = [rf"takes_both#{number} \(\d+\)" for number in (1, 2, 3, 4)]
    assert re.fullmatch(f"{', '.join(wanted)} and {COUNT - 4} more: see below", named), named
    # Of the parent by itself, some are told, and the others are counted.
    assert "see below" not in alone
    assert "; 4 of them are not followed here" in alone

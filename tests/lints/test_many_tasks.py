"""`lints` among many stuck tasks: all of them are looked at together, and each once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import trio
import trio.testing

from stepdbg.engine.linting.looking import LintSearch
from stepdbg.engine.running.onlooking import run_here
from stepdbg.model.lints import Lint, LintName

ON = frozenset((LintName.LOST_EVENT, LintName.LOST_SENDER))


async def sets_later(mine: trio.Event, other: trio.Event) -> None:
    await mine.wait()
    other.set()


async def asks(send: trio.MemorySendChannel[int], answers: trio.MemoryReceiveChannel[int]) -> None:
    async for answer in answers:
        await send.send(answer)


def ring_of_events(nursery: trio.Nursery, count: int) -> None:
    """Each waits for an Event that only the next one has."""
    events = [trio.Event() for _ in range(count)]
    for number, event in enumerate(events):
        nursery.start_soon(sets_later, event, events[number - 1])


def ring_of_channels(nursery: trio.Nursery, count: int) -> None:
    """Each receives from a channel into which only the next one sends."""
    ends = [trio.open_memory_channel[int](0) for _ in range(count)]
    for number, (send, _) in enumerate(ends):
        nursery.start_soon(asks, send, ends[number - 1][1])


def looked_at(make: Callable[[trio.Nursery, int], None], count: int) -> tuple[int, list[Lint]]:
    """How many calls it takes to look at so many tasks, and what is found."""
    calls, found = 0, list[Lint]()

    def note(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            make(nursery, count)
            await trio.testing.wait_all_tasks_blocked()
            inspector = run_here(None)
            assert inspector is not None
            search = LintSearch(inspector._live_run())
            sys.setprofile(note)
            try:
                found.extend(search.look_at_all(ON))
            finally:
                sys.setprofile(None)
            assert not search.to_come
            nursery.cancel_scope.cancel()

    trio.run(main)
    return calls, found


def test_all_are_found_together() -> None:
    for make, name in (
        (ring_of_events, LintName.LOST_EVENT),
        (ring_of_channels, LintName.LOST_SENDER),
    ):
        looked_at(make, 5)  # what is imported or worked out once is not counted
        few, _ = looked_at(make, 40)
        many, found = looked_at(make, 160)
        (lint,) = found  # one for each line
        assert lint.name is name
        assert many < 6 * few, (make.__name__, few, many)

"""What looks wrong in a schedule, as a failure of it."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import trio

import stepdbg
from stepdbg.launcher.pytest_exploring import _wish_of_mark
from stepdbg.model.errors import FoundFailure
from tests.explore.test_exhaustive import explored
from tests.explore.test_script import RUN, again, explore


def keeps_lock(*, always_releases: bool) -> Any:
    """A worker forgets its lock if another one has closed the pool in the meantime."""

    async def main() -> None:
        lock, closed = trio.Lock(), trio.Event()

        async def works() -> None:
            await lock.acquire()
            if closed.is_set() and not always_releases:
                return
            lock.release()

        async def closes() -> None:
            for _ in range(3):
                await trio.lowlevel.checkpoint()
            closed.set()
            await trio.sleep(1)

        async with trio.open_nursery() as nursery:
            nursery.start_soon(works)
            nursery.start_soon(closes)
            await trio.sleep(2)
        assert lock is not None

    return main


def drops(what: str) -> Any:
    """Something waits for a second for what nobody can do; ``right``: for what somebody does."""

    async def waits(event: trio.Event) -> None:
        await event.wait()

    async def receives(receive: trio.MemoryReceiveChannel[int]) -> None:
        async for _ in receive:
            pass

    async def cleans_up() -> None:
        with trio.CancelScope(shield=True) as scope:
            scopes.append(scope)
            await trio.sleep_forever()

    async def shielded() -> None:
        async with trio.open_nursery() as inner:
            inner.start_soon(cleans_up)
            await trio.sleep(0.1)
            inner.cancel_scope.cancel()

    async def swallows() -> None:
        with trio.move_on_after(0.1):
            try:  # noqa: SIM105 - an `except` of the program's own is what is looked for
                await trio.sleep(1)
            except trio.Cancelled:
                pass
            await trio.lowlevel.cancel_shielded_checkpoint()

    async def generates() -> Any:
        try:
            yield 1
        finally:
            await trio.lowlevel.checkpoint()

    async def leaves_generator() -> None:
        async for _ in generates():
            break
        await trio.lowlevel.checkpoint()

    async def forgets_await() -> None:
        trio.lowlevel.checkpoint()  # type: ignore[unused-coroutine]
        await trio.lowlevel.checkpoint()

    async def right(event: trio.Event, receive: trio.MemoryReceiveChannel[int]) -> None:
        await event.wait()
        await receives(receive)
        with trio.move_on_after(0.1, shield=True):
            await trio.sleep_forever()
        with trio.move_on_after(0.1):
            await trio.sleep(1)

    scopes: list[trio.CancelScope] = []

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            if what == "lost-event":
                nursery.start_soon(waits, trio.Event())
            elif what == "lost-sender":
                nursery.start_soon(receives, trio.open_memory_channel[int](1)[1])
            elif what == "endless-shield":
                nursery.start_soon(shielded)
            elif what == "swallowed-cancel":
                nursery.start_soon(swallows)
            elif what == "lost-generator":
                nursery.start_soon(leaves_generator)
            elif what == "never-awaited":
                nursery.start_soon(forgets_await)
            else:
                event, (send, receive) = trio.Event(), trio.open_memory_channel[int](1)
                nursery.start_soon(right, event, receive)
                await trio.sleep(0.5)
                event.set()
                await trio.sleep(0.5)
                await send.aclose()
            await trio.sleep(1)
            for scope in scopes:
                scope.cancel()
            nursery.cancel_scope.cancel()

    return main


def test_an_order_that_loses_a_lock() -> None:
    with pytest.raises(FoundFailure) as raised:
        stepdbg.explore(keeps_lock(always_releases=False), budget=100, lints=True)
    told = str(raised.value)
    assert re.search(r"\n1\. lost-lock: [\w.]*keeps_lock\.<locals>\.main\.<locals>\.works \(", told)
    assert "has exited without releasing a Lock" in " ".join(told.split())
    assert "20 of 20 replays failed" in told
    assert raised.value.token.startswith("stepdbg:1:")


@pytest.mark.parametrize("lints", [False, True])
def test_an_order_that_is_right(lints: bool) -> None:
    main = keeps_lock(always_releases=lints)
    assert explored(main, lints=lints, budget=50).faults == ()


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize(
    "name",
    [
        "lost-event",
        "lost-sender",
        "endless-shield",
        "lost-generator",
        "swallowed-cancel",
        "never-awaited",
    ],
)
def test_each_lint(name: str) -> None:
    (found,) = explored(drops(name), lints=True, strategy="rw", budget=3).faults
    assert found.fault.key.startswith(f"lint {name} test_lints.py:"), found.fault
    assert found.fault.title.startswith(f"{name}: ")


def test_what_is_right_is_none() -> None:
    assert explored(drops("right"), lints=True, strategy="rw", budget=20).faults == ()


SCRIPT = """
import trio

async def main():
    lock, closed = trio.Lock(), trio.Event()

    async def works():
        await lock.acquire()
        if not closed.is_set():
            lock.release()

    async def closes():
        await trio.lowlevel.checkpoint()
        await trio.lowlevel.checkpoint()
        closed.set()
        await trio.sleep(1)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(works)
        nursery.start_soon(closes)
    assert lock
"""


LOSES_EVENT = """
import trio

async def main():
    closed = []

    async def works():
        await trio.lowlevel.checkpoint()
        if closed:
            await trio.Event().wait()

    async def closes():
        for _ in range(3):
            await trio.lowlevel.checkpoint()
        closed.append(1)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(works)
        nursery.start_soon(closes)
        await trio.sleep(0.1)
        nursery.cancel_scope.cancel()
"""


def test_a_replay_tells_of_a_lint_that_no_stop_sees(tmp_path: Path) -> None:
    """The task waits for a moment only, and nobody has asked for lints but the token."""
    script = tmp_path / "program.py"
    script.write_text(LOSES_EVENT + RUN, encoding="utf-8")
    names: dict[str, Any] = {}
    exec(compile(LOSES_EVENT, str(script), "exec"), names)
    (found,) = explored(names["main"], lints=True, strategy="rw", budget=300).faults
    told = again(["-m", "stepdbg", "--replay", found.token, "-c", "continue", str(script)]).stderr
    assert told.count("lost-event: main.<locals>.works (3) waits at program.py:10") == 1, told


def test_a_script(tmp_path: Path) -> None:
    """A replay of the failure finds the lint as well."""
    done = explore(tmp_path / "program.py", SCRIPT + RUN, "--lints")
    assert done.returncode == 1, done.stderr
    assert re.search(r"\n1\. lost-lock: main\.<locals>\.works \(\d\), which began at", done.stderr)
    (command,) = re.findall(r"^   python (-m stepdbg --replay .*)$", done.stderr, re.MULTILINE)
    words = shlex.split(command)
    report = tmp_path / "lints.jsonl"
    told = again([*words[:-2], "-c", "continue", *words[-2:]]).stderr
    assert told.count("lost-lock: main.<locals>.works") == 1, told
    again([*words[:-2], "-c", "continue", "--lint-report", str(report), *words[-2:]])
    (line,) = report.read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["name"] == "lost-lock"


def test_a_mark_may_ask_for_it() -> None:
    def asked_by(**said: object) -> bool:
        mark: Any = SimpleNamespace(args=(), kwargs=said)
        return _wish_of_mark(mark).lints

    assert asked_by(lints=True)
    assert not asked_by(budget=9)

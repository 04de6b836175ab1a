"""Where scopes were entered is known while a task leaves them, normally or by an exception."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress

import pytest
import trio
import trio.testing

from stepdbg.engine.stacks.scope_places import scopes_entered

Body = Callable[[bool], Coroutine[None, None, None]]


async def scope_and_nursery(fails: bool) -> None:
    with trio.move_on_after(50) as outer:  # outer
        async with trio.open_nursery() as inner:  # inner
            await work(outer, inner.cancel_scope, inner, inner, fails=fails)


async def items(fails: bool) -> None:
    async with trio.open_nursery() as outer, trio.open_nursery() as inner:  # outer inner
        await work(outer.cancel_scope, inner.cancel_scope, outer, inner, fails=fails)


async def lines(fails: bool) -> None:
    async with (  # statement
        trio.open_nursery() as outer,  # outer
        trio.open_nursery() as inner,  # inner
    ):
        await work(outer.cancel_scope, inner.cancel_scope, outer, inner, fails=fails)


async def work(
    outer: trio.CancelScope, inner: trio.CancelScope, *nurseries: trio.Nursery, fails: bool
) -> None:
    noted.update(outer=outer, inner=inner)
    for seconds, nursery in zip((3, 1), nurseries, strict=True):
        nursery.start_soon(cleans_up, seconds)
    await trio.sleep(0)
    if fails:
        raise LookupError


async def cleans_up(seconds: float) -> None:
    with trio.CancelScope(shield=True):
        await trio.sleep(seconds)


noted: dict[str, trio.CancelScope] = {}


def marked(body: Body, mark: str) -> int:
    source, first = inspect.getsourcelines(body)
    (line,) = [at for at, text in enumerate(source, first) if mark in text.partition("#")[2]]
    return line


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("body", [scope_and_nursery, items, lines])
def test_their_lines(body: Body, fails: bool) -> None:
    seen: list[dict[str, int | None]] = []

    async def child() -> None:
        with suppress(ExceptionGroup):
            await body(fails)

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(child)
            await trio.testing.wait_all_tasks_blocked()
            (task,) = nursery.child_tasks
            while nursery.child_tasks:
                entered = scopes_entered(task)
                seen.append(
                    {
                        name: entered[id(scope)].place.line
                        for name, scope in noted.items()
                        if id(scope) in entered
                    }
                )
                await trio.sleep(1.5)

    noted.clear()
    trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))
    right = {"outer": marked(body, "outer"), "inner": marked(body, "inner")}
    if body is lines and not fails and sys.version_info < (3, 13):
        # The one that is being left is no longer on the stack, and the frame stands there.
        statement = marked(body, "statement")
        assert seen[0] == right | {"inner": statement}
        assert all(each["outer"] in (right["outer"], statement) for each in seen)
        return
    assert seen[0] == right
    assert all(each.items() <= right.items() for each in seen), (seen, right)

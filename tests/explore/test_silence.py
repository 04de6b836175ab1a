"""Which steps are silent, and that a search that takes them at once finds the same."""

from __future__ import annotations

import gc
import os
import random
import textwrap
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import trio
from trio.lowlevel import checkpoint

from stepdbg.engine.exploring.calls import call_of
from stepdbg.engine.exploring.exhaustive import Exhaustive
from stepdbg.engine.exploring.silence import is_silent
from stepdbg.engine.exploring.trying import try_once

SEEN = [0]

PROGRAMS = 150 if int(os.environ.get("STEPDBG_SEEDS", "1")) > 1 else 40
"""So many random programs are compared; `STEPDBG_SEEDS=20` asks for the full count."""


class Plain(Exhaustive):
    """The same search without the reduction."""

    reduces = False


async def steps(given: object) -> None:
    await checkpoint()  # from the beginning: silent
    await trio.lowlevel.checkpoint()  # silent
    given, await checkpoint()  # type: ignore[func-returns-value]  # silent
    try:
        await checkpoint()  # another handler
        await checkpoint()  # silent
    except ValueError:
        pass
    await checkpoint()  # another handler
    await trio.lowlevel.cancel_shielded_checkpoint()  # no cancellation there
    await checkpoint()  # silent
    given = 1
    await checkpoint()  # stored
    await checkpoint(*())  # called in another way
    SEEN[0] += 1
    await checkpoint()  # shared
    with trio.CancelScope():
        await checkpoint()  # entered
    await checkpoint()  # left
    print(end="")
    await checkpoint()  # called
    for _ in range(2):
        await checkpoint()  # a loop
    await checkpoint()  # after a loop
    await trio.sleep(0)  # called, and then suspended further in
    await checkpoint()  # from further in
    while True:
        if given is None:
            await checkpoint()
        await checkpoint()  # asked


async def calls() -> None:
    SEEN.clear()
    await checkpoint()  # called, and the value is thrown away
    SEEN.copy, await checkpoint()  # type: ignore[func-returns-value]  # kept until behind the await
    SEEN.copy(), await checkpoint()  # type: ignore[func-returns-value]  # called, and kept
    SEEN  # noqa: B018
    await checkpoint()  # looked up, which may raise
    SEEN.append  # noqa: B018
    await checkpoint()  # looked up in an object, which may do anything
    await checkpoint()  # silent


class SilenceNotes(trio.abc.Instrument):
    """Notes for each step of a task the line at which it begins, and whether it is silent."""

    def __init__(self, name: str) -> None:
        self.name, self.noted = name, list[tuple[int, bool]]()

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        if task.name.rpartition(".")[2] == self.name:
            frame, first = task.coro.cr_frame, steps.__code__.co_firstlineno
            assert frame is not None
            self.noted.append((frame.f_lineno - first, is_silent(task)))


def test_which_steps_are_silent() -> None:
    notes = SilenceNotes("steps")

    async def main() -> None:
        with trio.CancelScope() as scope:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(steps, 0)
                for _ in range(30):
                    await checkpoint()
                scope.cancel()

    trio.run(main, instruments=[notes])
    silent = [line for line, is_it in notes.noted[:22] if is_it]
    # By the line at which the step begins: that of the `def`, or of a checkpoint.
    assert silent == [0, 1, 2, 5, 10]
    assert [line for line, _ in notes.noted[:6]] == [0, 1, 2, 3, 5, 6]
    assert not any(is_it for _, is_it in notes.noted[22:])


def test_a_step_that_calls_or_keeps_something_is_not_silent() -> None:
    notes = SilenceNotes("calls")
    trio.run(calls, instruments=[notes])
    assert [is_it for _, is_it in notes.noted] == [*[False] * 5, True, False]


def test_a_call_that_throws_its_value_away_is_seen_by_others() -> None:
    """A task asks whether there is something, and takes it one checkpoint later."""

    async def main() -> None:
        items = [1]

        async def pop() -> None:
            if items:
                await checkpoint()
                items.pop()
            await checkpoint()

        async with trio.open_nursery() as nursery:
            nursery.start_soon(pop)
            await checkpoint()
            await checkpoint()
            nursery.start_soon(pop)

    ended: list[Any] = []
    found = outcomes(Exhaustive(), main, ended, 500)
    assert found == outcomes(Plain(), main, ended, 5_000)
    assert found is not None
    assert len(found) == 2


def test_a_name_around_the_function_is_followed() -> None:
    notes = SilenceNotes("inner")

    def outer() -> Any:
        import trio as own

        shielded = own.lowlevel.cancel_shielded_checkpoint

        async def inner() -> None:
            await own.lowlevel.checkpoint()
            await shielded()  # where the one before is cancelled, this is not come to
            await shielded()

        return inner

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(outer())

    trio.run(main, instruments=[notes])
    assert [is_it for _, is_it in notes.noted] == [True, False, True, False]


def test_a_task_that_is_cancelled_takes_no_silent_step() -> None:
    notes = SilenceNotes("waits")

    async def waits() -> None:
        await checkpoint()
        await checkpoint()

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(waits)
            nursery.cancel_scope.cancel()

    trio.run(main, instruments=[notes])
    assert notes.noted[0][1], "the first step is the same for it"
    assert not any(is_it for _, is_it in notes.noted[1:])


PIECES = """
await checkpoint()

await checkpoint()

await checkpoint()

await shielded()

await trio.lowlevel.checkpoint()

seen.append({n})

value = len(seen)
await checkpoint()
seen.append(value)

try:
    await checkpoint()
    await checkpoint()
except trio.Cancelled:
    seen.append(-{n})
    raise

value = 0
try:
    await checkpoint()
    value = {n}
    await checkpoint()
finally:
    seen.append(value)

scope.cancel()

seen.clear()

async with lock:
    await checkpoint()

event.set()

with trio.move_on_after(1):
    await event.wait()
    seen.append({n})

with trio.CancelScope(shield=True):
    await checkpoint()
    await checkpoint()
    seen.append({n})

for _ in range(2):
    await checkpoint()

assert len(seen) < 2

assert not scope.cancel_called

scope.shield = True

await trio.sleep(1)
""".strip().split("\n\n")
"""What tasks of a random program are put together from; each {n} is another number."""


def random_program(seed: int) -> Any:
    """The `main` of a program with two or three tasks, of at most four pieces each."""
    chance = random.Random(seed)
    lines = ["async def main():", "    seen, lock, event = [], trio.Lock(), trio.Event()"]
    lines += ["    scope = trio.CancelScope()"]
    names = [f"task{place}" for place in range(chance.choice((2, 2, 2, 3)))]
    for name in names:
        lines.append(f"    async def {name}():")
        pieces = chance.choices(PIECES, k=chance.randint(1, 5 - len(names)))
        for piece in pieces:
            text = piece.format(n=chance.randint(1, 99))
            lines.append(textwrap.indent(text, " " * 8))
    lines += ["    with scope:", "        async with trio.open_nursery() as nursery:"]
    for name in names:
        lines.append(f"            nursery.start_soon({name})")
        if chance.random() < 0.3:
            lines.append("            await checkpoint()")
    lines += ["    ended.append(tuple(seen))", "    assert sum(seen) % 3"]
    names_of = {"trio": trio, "checkpoint": checkpoint, "ended": []}
    names_of["shielded"] = trio.lowlevel.cancel_shielded_checkpoint
    exec(compile("\n".join(lines), f"/program{seed}.py", "exec"), names_of)
    return names_of["main"], names_of["ended"], "\n".join(lines)


def outcomes(chooser: Exhaustive, main: Any, ended: list[Any], most: int) -> set[Any] | None:
    """How the schedules of a search end; None where there are too many of them."""
    found, call = set(), call_of(main, ())
    for number in range(most):
        del ended[:]
        tried = try_once(call, chooser, number)
        assert not tried.cut
        assert tried.deadlock is None, "it would leave something behind in this process"
        found.add((tried.fault and tried.fault.key, tuple(ended)))
        if chooser.exhausted:
            return found
    return None


@pytest.fixture
def _uncollected() -> Iterator[None]:
    """The collector would take more time than the runs."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("_uncollected")
def test_the_same_comes_out_with_and_without_the_reduction() -> None:
    """Each end of a random program that a whole search finds, the reduced one finds as well."""
    compared, kinds, schedules = 0, Counter[str](), Counter[str]()
    for seed in range(1_000):
        main, ended, source = random_program(seed)
        whole = Plain()
        ends = outcomes(whole, main, ended, 30)
        if ends is None:
            continue
        reduced = Exhaustive()
        found = outcomes(reduced, main, ended, 30)
        assert found == ends, source
        assert reduced.tried <= whole.tried
        compared += 1
        schedules["whole"] += whole.tried
        schedules["reduced"] += reduced.tried
        kinds.update("fault" if fault else "well" for fault, _ in ends)
        if compared == PROGRAMS:
            break
    assert compared == PROGRAMS
    assert schedules["reduced"] < schedules["whole"] * 0.8
    assert min(kinds[kind] for kind in ("well", "fault")) >= PROGRAMS // 5, kinds

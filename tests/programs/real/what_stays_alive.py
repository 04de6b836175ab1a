"""Says after each failure that was handled what of it still lives, before and after collecting."""

import gc
import sys
import time
import weakref

import trio

alive = weakref.WeakValueDictionary()


class Thing:
    """A variable of a frame that fails."""


class Own(Exception):
    pass


def referrers(error):
    """Who refers to an exception, besides the frames that run."""
    return sorted(
        type(each).__name__ for each in gc.get_referrers(error) if type(each).__name__ != "frame"
    )


def count(name, kind):
    objects = sum(type(each) is kind and each.args == (name,) for each in gc.get_objects())
    return len(alive), objects


def tell(name, kind):
    if "thread" in name:  # Trio's worker threads may still be on their way out of a job
        for _ in range(20):
            if count(name, kind)[1] == 0:
                break
            time.sleep(0.01)
    before = count(name, kind)
    gc.collect()
    print(name, before, count(name, kind))


def fail(name, kind):
    thing = Thing()
    alive[name] = thing
    raise kind(name)


async def fails(name, kind, wait=0):
    await trio.sleep(wait)
    fail(name, kind)


def about(group):
    while isinstance(group, BaseExceptionGroup):
        group = group.exceptions[0]
    print("  referred to by", referrers(group), vars(group), sys.getrefcount(group))


async def handled_in_the_task(name, kind):
    async def tries():
        try:
            fail(name, kind)
        except kind as error:
            about(error)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(tries)


async def by_the_parent(name, kind):
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(fails, name, kind)
            nursery.start_soon(trio.sleep_forever)
    except BaseExceptionGroup as group:
        about(group)


async def in_the_block(name, kind):
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.sleep_forever)
            fail(name, kind)
    except BaseExceptionGroup as group:
        about(group)


async def by_except_star(name, kind):
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(fails, name, kind)
            nursery.start_soon(fails, name, kind, 5)
    except* kind as group:
        about(group)


async def two_nurseries_up(name, kind):
    async def middle():
        async with trio.open_nursery() as nursery:
            nursery.start_soon(fails, name, kind)

    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(middle)
    except* kind as group:
        about(group)


async def with_a_cause(name, kind):
    async def wraps():
        try:
            await fails(name, kind)
        except kind as error:
            raise RuntimeError("wrapped") from error

    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(wraps)
    except* RuntimeError as group:
        about(group)


async def in_move_on_after(name, kind):
    with trio.move_on_after(0) as scope:
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(fails, name, kind)
                await trio.sleep_forever()
        except* kind as group:
            about(group)
    print("  cancelled", scope.cancelled_caught)


async def in_a_thread(name, kind):
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.to_thread.run_sync, fail, name, kind)
    except* kind as group:
        about(group)


async def in_a_run_of_a_thread(name, kind):
    def runs():
        try:
            trio.run(by_the_parent_only, name, kind)
        except* kind as group:
            about(group)

    await trio.to_thread.run_sync(runs)


async def by_the_parent_only(name, kind):
    async with trio.open_nursery() as nursery:
        nursery.start_soon(fails, name, kind)


async def again_and_again(name, kind):
    for _ in range(3):
        await by_except_star(name, kind)


def after_the_run(name, kind):
    try:
        trio.run(by_the_parent_only, name, kind)
    except* kind as group:
        about(group)


KINDS = {"built in": ValueError, "of its own": Own}
IN_TASKS = (
    handled_in_the_task,
    by_the_parent,
    in_the_block,
    by_except_star,
    two_nurseries_up,
    with_a_cause,
    in_move_on_after,
    in_a_thread,
    in_a_run_of_a_thread,
    again_and_again,
)


async def main():
    for word, kind in KINDS.items():
        for function in IN_TASKS:
            name = f"{function.__name__} {word}"
            await function(name, kind)
            tell(name, kind)


if __name__ == "__main__":
    gc.collect()
    gc.disable()
    trio.run(main)
    for word, kind in KINDS.items():
        name = f"after_the_run {word}"
        after_the_run(name, kind)
        tell(name, kind)

"""Tasks that fail in one way or another, among siblings that wait."""

import sys

import trio


class Unprintable(Exception):
    def __str__(self) -> str:
        raise TypeError("no words")


def fail(what: str) -> None:
    detail = f"detail of {what}"
    raise ValueError(detail)  # @mark raise


async def waits(started: trio.Event | None = None) -> None:
    token = "sibling"
    if started is not None:
        started.set()
    await trio.sleep_forever()  # @mark sibling
    print(token)


async def fails(what: str) -> None:
    await trio.lowlevel.cancel_shielded_checkpoint()
    fail(what)  # @mark fails


async def child() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits)
        nursery.start_soon(fails, "child")


async def block() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits)
        await trio.testing.wait_all_tasks_blocked()
        fail("block")  # @mark block


async def alone() -> None:
    local = "in main"
    fail(local)


async def three_deep() -> None:
    async with trio.open_nursery() as outer:
        outer.start_soon(waits)
        outer.start_soon(middle)


async def middle() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits)
        nursery.start_soon(child)


async def caught() -> None:
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(fails, "first")
    except* ValueError:
        pass
    print("caught")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(fails, "second")


async def same_pass() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(fails, "one")
        nursery.start_soon(fails, "two")


async def cleans_up_badly() -> None:
    try:
        await trio.sleep_forever()
    finally:
        fail("cleanup")


async def during_cancellation() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(cleans_up_badly)
        nursery.start_soon(fails, "first")


async def at_timeout() -> None:
    with trio.move_on_after(0):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(cleans_up_badly)


class Resource:
    async def __aenter__(self) -> None:
        pass

    async def __aexit__(self, *args: object) -> None:
        fail("leaving")


async def leaves() -> None:
    async with Resource():
        pass


async def aexit() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits)
        nursery.start_soon(leaves)


async def numbers():
    try:
        yield 1
        fail("generator")
    finally:
        pass


async def consumes() -> None:
    async for _ in numbers():
        pass


async def generator() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits)
        nursery.start_soon(consumes)


async def in_thread() -> None:
    await trio.to_thread.run_sync(fail, "thread")


async def thread() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits)
        nursery.start_soon(in_thread)


async def service(ready: bool, *, task_status) -> None:
    if ready:
        task_status.started()
    await trio.lowlevel.checkpoint()
    fail("service")


async def before_started() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits)
        await nursery.start(service, False)


async def after_started() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits)
        await nursery.start(service, True)


async def system() -> None:
    trio.lowlevel.spawn_system_task(fails, "system")
    await trio.sleep_forever()


def deeper(depth: int) -> None:
    deeper(depth + 1)


async def recurses() -> None:
    deeper(0)


async def recursion() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits)
        nursery.start_soon(recurses)


async def says_nothing() -> None:
    raise Unprintable


async def unprintable() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits)
        nursery.start_soon(says_nothing)


async def handles() -> None:
    try:
        await fails("handled")
    except ValueError:
        {}["key"]  # @mark handles


async def while_handling() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits)
        nursery.start_soon(handles)


class OutOfMemory(MemoryError):
    def __str__(self) -> str:
        raise MemoryError


async def runs_out() -> None:
    wanted = "a lot"
    raise OutOfMemory(wanted)  # @mark memory


async def memory() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits)
        nursery.start_soon(runs_out)


async def from_group() -> None:
    try:
        await child()
    except* ValueError as group:
        raise RuntimeError("the whole thing") from group


async def interrupted() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits)
        raise KeyboardInterrupt


async def leaves_with_code() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits)
        raise SystemExit(3)


if __name__ == "__main__":
    import trio.testing

    trio.run(globals()[sys.argv[1]])

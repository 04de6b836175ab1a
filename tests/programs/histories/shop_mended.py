"""The shop without its mistakes: each task of a name on the command line does it right."""

import pathlib
import sys

import trio
import trio.testing

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from parts import Belt, Board, Oven, pair


def look():
    return "look"  # @mark look


async def cook(belt, orders):
    async with belt.kitchen:
        async for _ in belt.kitchen:
            orders -= 1
            if not orders:
                return


async def waiter(belt, orders):
    async with belt.till:
        for order in range(orders):
            await belt.till.send(order)
        raise OSError("the shop is shut")


async def channel():
    belt = Belt()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(cook, belt, 5)
        nursery.start_soon(waiter, belt, 5)


async def stream():
    here, there = await pair()
    await here.send_all(b"more")
    await here.aclose()
    await there.aclose()
    raise OSError("the line is dead")


async def lock():
    oven = Oven()
    await oven.bake(0)
    await oven.bake(0)
    raise RuntimeError("the bread is burnt")


async def board():
    news = Board()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(news.read)
        await trio.testing.wait_all_tasks_blocked()
        await trio.sleep(0.01)
        look()
        await news.write("soup")


async def opens(*, task_status):
    await trio.sleep(0.02)
    look()
    task_status.started()


async def started():
    async with trio.open_nursery() as nursery:
        with trio.move_on_after(10):
            await nursery.start(opens)


if __name__ == "__main__":
    trio.run(globals()[sys.argv[1]])

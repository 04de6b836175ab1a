"""One mistake for each name on the command line, as it is made in a shop of several tasks."""

import pathlib
import sys

import trio
import trio.testing

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from parts import Belt, Board, Oven, pair


async def cook(belt):
    async with belt.kitchen:  # @mark kitchen
        async for order in belt.kitchen:
            if order == 2:
                raise ValueError(order)


async def guarded(belt):
    try:
        await cook(belt)
    except ValueError:
        pass


async def waiter(belt):
    async with belt.till:
        for order in range(5):
            await belt.till.send(order)  # @mark order


async def broken():
    belt = Belt()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(guarded, belt)
        nursery.start_soon(waiter, belt)


async def tidies(belt):
    await belt.till.aclose()  # @mark tidies


async def closed():
    belt = Belt(9)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(tidies, belt)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waiter, belt)


async def hangs_up(stream):
    await stream.aclose()  # @mark hangs_up


async def closed_stream():
    here, there = await pair()
    async with there:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(hangs_up, here)
        await here.send_all(b"more")


async def listens(stream):
    await stream.receive_some(10)  # @mark listens


async def listens_as_well(stream):
    await trio.testing.wait_all_tasks_blocked()
    await stream.receive_some(10)


async def busy():
    here, there = await pair()
    async with here, there, trio.open_nursery() as nursery:
        nursery.start_soon(listens, here)
        nursery.start_soon(listens_as_well, here)


async def bakes(oven):
    await oven.bake(100)


async def opens(oven):
    await trio.testing.wait_all_tasks_blocked()
    oven.open()


async def not_its_lock():
    oven = Oven()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(bakes, oven)
        nursery.start_soon(opens, oven)


async def again():
    oven = Oven()
    async with oven.lock:  # @mark again
        await oven.bake(0)


async def nobodys():
    Oven().open()


async def mistaken(belt):
    async with belt.till:
        raise RuntimeError("of another kind")


async def another():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(mistaken, Belt())


async def reads(board):
    await trio.sleep(0.01)
    await board.read()


async def missed():
    board = Board()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(board.write, "soup")
        nursery.start_soon(reads, board)


async def opens_late(*, task_status):
    with trio.CancelScope(shield=True):
        await trio.sleep(0.02)
        task_status.started()  # @mark late
        await trio.sleep(0.2)  # @mark after


async def late():
    async with trio.open_nursery() as nursery:
        with trio.move_on_after(0.01):  # @mark within
            await nursery.start(opens_late)


async def takes_one(belt):
    await belt.kitchen.receive()  # @mark takes


async def left():
    belt = Belt()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(takes_one, belt)
        await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(waiter, belt)


if __name__ == "__main__":
    trio.run(globals()[sys.argv[1]])

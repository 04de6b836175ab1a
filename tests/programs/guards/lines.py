"""A line, a function, an exception and a task that breakpoints can be at, many times."""

import trio


def work(number: int) -> int:
    return number + 1  # @mark work


def fail() -> None:
    raise KeyError("fail")  # @mark fail


def steps() -> int:
    total = 0
    for number in range(3):
        try:
            total += work(number)
            fail()
        except KeyError:
            total += 10
    return total


async def worker() -> None:
    print(steps())
    await trio.lowlevel.checkpoint()
    print(await trio.to_thread.run_sync(steps))


async def main() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(worker)


trio.run(main)

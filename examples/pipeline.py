"""Work handed from task to task: a producer, three workers of the same name, a collector.

    produce  ->  worker, worker, worker  ->  collect

Two memory channels connect them.  A channel without a buffer (size 0) makes both sides
meet: `send` waits for a receiver, `receive` waits for a sender.  The second channel buffers
two results, so a worker may run ahead of the collector.

All three workers run the same function and have the same name.  The debugger calls them
``worker#1``, ``worker#2`` and ``worker#3``.
"""

import trio

WORKERS = 3
"""How many workers share the work."""


async def produce(numbers: trio.MemorySendChannel[int]) -> None:
    """Send the numbers, then close the channel: that is how the workers learn it is over."""
    async with numbers:
        for number in range(1, 9):
            await numbers.send(number)


async def worker(
    numbers: trio.MemoryReceiveChannel[int],
    results: trio.MemorySendChannel[tuple[int, int]],
) -> None:
    """Square numbers until there are no more."""
    async with numbers, results:
        async for number in numbers:
            await trio.sleep(0.01 * number)  # as if squaring took its time
            await results.send((number, number * number))


async def collect(results: trio.MemoryReceiveChannel[tuple[int, int]]) -> None:
    """Gather what the workers send and print it, sorted, since they finish in any order."""
    async with results:
        squares = [pair async for pair in results]
    for number, square in sorted(squares):
        print(f"{number} squared is {square}")


async def main() -> None:
    """Connect everybody and wait until the last result has been printed."""
    numbers_in, numbers_out = trio.open_memory_channel[int](0)
    results_in, results_out = trio.open_memory_channel[tuple[int, int]](2)
    async with trio.open_nursery() as nursery, numbers_out, results_in:
        nursery.start_soon(produce, numbers_in)
        nursery.start_soon(collect, results_out)
        for _ in range(WORKERS):
            # Each worker closes its own clones; the channel ends with the last of them.
            nursery.start_soon(worker, numbers_out.clone(), results_in.clone())


if __name__ == "__main__":
    trio.run(main)

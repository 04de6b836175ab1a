"""Tasks that take a known number of steps; one of them keeps the loop busy for a while."""

import time

import trio


class Passes(trio.abc.Instrument):
    """Counts the passes of its run."""

    def __init__(self) -> None:
        self.count = 0

    def after_io_wait(self, timeout: float) -> None:  # noqa: ARG002 - Trio's name for it
        self.count += 1


async def steps(count: int) -> None:
    for _ in range(count):
        await trio.lowlevel.checkpoint()


async def spins() -> None:
    await trio.lowlevel.checkpoint()
    end = time.perf_counter() + 0.3
    while time.perf_counter() < end:
        pass  # @mark spins
    await trio.lowlevel.checkpoint()


async def waits(event: trio.Event) -> None:
    await event.wait()


async def main() -> None:
    event = trio.Event()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits, event)
        nursery.start_soon(steps, 10)
        nursery.start_soon(spins)
        await steps(20)
        event.set()  # @mark set
    print("end")  # @mark end


if __name__ == "__main__":
    passes = Passes()
    trio.run(main, instruments=[passes])
    print("passes", passes.count)

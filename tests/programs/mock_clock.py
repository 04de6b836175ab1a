"""The program brings a MockClock of its own, which jumps over an hour of sleep."""

import trio
import trio.testing


async def main():
    began = trio.current_time()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.sleep, 1800)
        await trio.sleep(3600)  # @mark hour
    print(f"slept {trio.current_time() - began:.0f} s")


if __name__ == "__main__":
    trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))

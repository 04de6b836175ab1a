"""Sleeps longer than any test would wait."""

import trio


async def main() -> None:
    begun = trio.current_time()  # @mark before
    await trio.sleep(100)
    print("slept", round(trio.current_time() - begun) // 100 * 100)  # @mark after


if __name__ == "__main__":
    trio.run(main)

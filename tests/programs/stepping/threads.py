"""A worker thread, and a call back from it."""

import trio


def work(number: int) -> int:
    more = number + 1  # @mark work
    return more  # @mark work-last


def back(number: int) -> int:
    more = number + 1  # @mark back
    return more  # @mark back-last


async def back_async(number: int) -> int:
    await trio.lowlevel.checkpoint()  # @mark back-async
    return number + 1  # @mark back-async-last


def calls_back() -> int:
    first = trio.from_thread.run_sync(back, 1)  # @mark calls
    second = trio.from_thread.run(back_async, first)  # @mark calls-async
    return second  # @mark calls-last


async def body() -> int:
    one = await trio.to_thread.run_sync(work, 1)  # @mark here
    two = await trio.to_thread.run_sync(calls_back)  # @mark both-ways
    return one + two  # @mark after


async def main() -> None:
    got = await body()  # @mark caller
    print(got)  # @mark done


if __name__ == "__main__":
    trio.run(main)

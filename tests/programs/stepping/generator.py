"""A generator that is driven by hand, with a loop and a value sent in."""

from collections.abc import Generator

import trio


def echo() -> Generator[int, int, str]:
    sent = 0  # @mark begins
    while sent < 2:  # @mark while
        sent = yield sent  # @mark yields
    return "done"  # @mark returns


async def body() -> int:
    talk = echo()  # @mark make
    first = next(talk)  # @mark first
    second = talk.send(1)  # @mark second
    await trio.lowlevel.checkpoint()  # @mark await
    try:
        talk.send(2)  # @mark third
    except StopIteration:  # @mark stopped
        pass
    return first + second  # @mark after


async def main() -> None:
    got = await body()  # @mark caller
    print(got)  # @mark done


if __name__ == "__main__":
    trio.run(main)

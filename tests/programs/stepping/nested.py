"""Functions inside functions, which share variables."""

import trio


async def body() -> int:
    def add(number: int) -> int:  # @mark def
        return number + base  # @mark add

    async def later(number: int) -> int:  # @mark later-def
        await trio.lowlevel.checkpoint()  # @mark later
        return add(number)  # @mark tail

    base = 1  # @mark base
    one = add(1)  # @mark here
    two = await later(one)  # @mark async
    return one + two  # @mark after


async def main() -> None:
    got = await body()  # @mark caller
    print(got)  # @mark done


if __name__ == "__main__":
    trio.run(main)

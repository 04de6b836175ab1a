"""`async for` over an object with `__anext__`."""

import trio


class Counter:
    def __init__(self, end: int) -> None:
        self.count, self.end = 0, end  # @mark init

    def __aiter__(self) -> "Counter":
        return self  # @mark aiter

    async def __anext__(self) -> int:
        await trio.lowlevel.checkpoint()  # @mark anext
        self.count += 1
        if self.count > self.end:
            raise StopAsyncIteration
        return self.count  # @mark anext-last


async def body() -> int:
    total = 0
    async for number in Counter(2):  # @mark loop
        total += number  # @mark inside
    return total  # @mark after


async def main() -> None:
    got = await body()  # @mark caller
    print(got)  # @mark done


if __name__ == "__main__":
    trio.run(main)

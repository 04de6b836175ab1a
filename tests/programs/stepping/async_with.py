"""`async with` over an object with `__aenter__` and `__aexit__`."""

import trio


class Guard:
    async def __aenter__(self) -> None:
        await trio.lowlevel.checkpoint()  # @mark enter

    async def __aexit__(self, *error: object) -> None:
        await trio.lowlevel.checkpoint()  # @mark exit


async def body() -> int:
    async with Guard():  # @mark with
        inside = 1  # @mark inside
    return inside  # @mark after


async def main() -> None:
    got = await body()  # @mark caller
    print(got)  # @mark done


if __name__ == "__main__":
    trio.run(main)

"""Tasks, and the block of a nursery, that fail or end, with variables that conditions ask for."""

import contextvars

import trio

depth = contextvars.ContextVar("depth", default=0)


def helper(x: int) -> None:
    y = x + 1
    raise ValueError(y)  # @mark helper


async def child(x: int) -> None:
    depth.set(x)
    await trio.lowlevel.checkpoint()
    helper(x)  # @mark child


async def returns(x: int) -> int:
    return x


async def block(x: int) -> None:
    depth.set(x)
    async with trio.open_nursery():
        helper(x)  # @mark block


async def main() -> None:
    for function in (child, block):
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(function, 1)
        except* ValueError:
            print(function.__name__, "failed")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(returns, 1)


trio.run(main)

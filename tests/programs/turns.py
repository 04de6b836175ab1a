"""Three tasks that take turns, two each, and write down who had one."""

from __future__ import annotations

import trio

order: list[str] = []


async def take(name: str) -> None:
    for _ in range(2):
        order.append(name)  # @mark turn
        await trio.lowlevel.checkpoint()


async def later(value: str) -> str:
    await trio.sleep(0.01)
    return value


async def main() -> None:
    async with trio.open_nursery() as nursery:
        for name in "abc":
            nursery.start_soon(take, name, name=name)
    print("".join(order))  # @mark end


if __name__ == "__main__":
    trio.run(main)

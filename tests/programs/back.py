"""Three tasks that lose updates, and a line of output before, meanwhile and after."""

from __future__ import annotations

import trio

balance = 0


async def pay(amount: int) -> None:
    global balance
    seen = balance
    await trio.sleep(0.1 * amount)
    balance = seen + amount  # @mark write


async def main() -> None:
    print("begins")
    async with trio.open_nursery() as nursery:
        for amount in (1, 2, 3):
            nursery.start_soon(pay, amount)
    print("balance", balance)  # @mark end


trio.run(main)
print("over")

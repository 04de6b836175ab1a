"""Three payments that read the balance before any of them writes it."""

from __future__ import annotations

import trio

balance = 0


async def pay(amount: int) -> None:
    global balance
    seen = balance
    await trio.sleep(0.1 * amount)
    balance = seen + amount


async def main() -> None:
    async with trio.open_nursery() as nursery:
        for amount in (1, 2, 3):
            nursery.start_soon(pay, amount)
    assert balance == 6, balance


trio.run(main)

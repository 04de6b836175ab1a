"""Plain functions that wait through portals of greenback."""

from __future__ import annotations

import greenback
import trio


class Account:
    def __init__(self) -> None:
        self.lock = trio.Lock()
        self.balance = 0

    @property
    def settled(self) -> int:
        greenback.await_(self.lock.acquire())  # @mark acquires
        value = self.balance  # @mark has
        greenback.await_(trio.sleep(0.1))  # @mark sleeps
        self.lock.release()
        return value  # @mark returns


def report(account: Account) -> int:
    total = account.settled  # @mark asks
    total += 1  # @mark counts
    return total


async def reporter(account: Account) -> None:
    await greenback.ensure_portal()
    report(account)  # @mark reports
    await trio.sleep(1)  # @mark awaits


def crash(text: str) -> int:
    with greenback.async_context(trio.open_nursery()) as nursery:  # @mark opens
        nursery.start_soon(trio.sleep, 5)
        greenback.await_(trio.sleep(3))
        return int(text)  # @mark crashes


async def crashing() -> None:
    try:
        await greenback.with_portal_run_sync(crash, "seven")
    except* ValueError:
        pass


async def main() -> None:
    account = Account()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(reporter, account, name="first")
        nursery.start_soon(reporter, account, name="second")
    await crashing()


if __name__ == "__main__":
    trio.run(main)

"""Values that lines, steps, libraries and other tasks change."""

from dataclasses import dataclass, field

import trio
import trio.testing


@dataclass(slots=True)
class Account:
    balance: int = 0
    history: list[int] = field(default_factory=list)

    @property
    def doubled(self):
        raise AssertionError("code of the program has run")

    def __repr__(self):
        raise AssertionError("code of the program has run")

    def __eq__(self, other):
        raise AssertionError("code of the program has run")

    __hash__ = None


total = 0


def add(account, amount):
    account.balance += amount  # @mark balance
    account.history.append(amount)  # @mark history


async def worker(account, amount, ready, then):
    global total
    await ready.wait()
    add(account, amount)
    total += amount  # @mark total
    then.set()
    await trio.lowlevel.checkpoint()


async def main():
    account, jobs = Account(), {"open": 3}
    outer, semaphore = {"inner": [None, account]}, trio.Semaphore(1)
    ready, next_one = trio.Event(), trio.Event()
    async with trio.open_nursery() as nursery:  # @mark nursery
        nursery.start_soon(worker, account, 1, ready, next_one)
        nursery.start_soon(worker, account, 2, next_one, ready)
        await trio.testing.wait_all_tasks_blocked()  # @mark waits
        ready.set()
        jobs["open"] -= 1  # @mark job
        jobs["open"] += 0  # @mark same
        nursery.start_soon(semaphore.acquire)
    print(total, jobs, outer["inner"][0])  # @mark end


if __name__ == "__main__":
    trio.run(main)

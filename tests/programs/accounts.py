"""Objects in variables, each of another make; whoever runs their code is noted."""

from dataclasses import dataclass

import trio

RAN = []
"""Which code of theirs has run since they were made."""


class Account:
    limit = 500

    def __init__(self, balance):
        self.balance = balance
        self.password = "hunter2"
        self.history = [1, 2, 3]

    @property
    def rate(self):
        RAN.append("a property")
        return 3

    def __getattr__(self, name):
        RAN.append("__getattr__")
        raise AttributeError(name)

    def __repr__(self):
        RAN.append("__repr__")
        return "Account"

    async def pay(self, amount):
        entry = Entry("rent", amount)
        await trio.sleep(5)  # @mark pay
        return entry


@dataclass(slots=True)
class Entry:
    what: str
    amount: int


class Watched:
    """Has an attribute, and wants to be asked."""

    def __init__(self):
        self.inside = 1

    def __getattribute__(self, name):
        RAN.append("__getattribute__")
        return object.__getattribute__(self, name)

    @property
    def __class__(self):
        RAN.append("__class__")
        return Watched


class Hidden:
    @property
    def __dict__(self):
        RAN.append("__dict__")
        return {}


class Wide:
    def __init__(self):
        for number in range(1_000):
            setattr(self, f"field{number}", number)


def look():
    return "look"  # @mark look


async def main():
    account, watched, hidden, wide = Account(42), Watched(), Hidden(), Wide()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(account.pay, 7)
        await trio.sleep(0.01)
        del RAN[:]
        look()
        nursery.cancel_scope.cancel()
    return account, watched, hidden, wide


if __name__ == "__main__":
    trio.run(main)

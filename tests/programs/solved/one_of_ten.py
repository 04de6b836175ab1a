"""Ten clerks take goods from one store.  At the end there is more in it than there was."""

from dataclasses import dataclass

import trio

START = 1_000
ORDERS = """
3 pears
5 plums
2 melons
8 figs
1 lemons
4 grapes
-90 crates
6 dates
7 limes
9 nuts
"""


@dataclass
class Order:
    """How much of something somebody wants."""

    amount: int
    goods: str


@dataclass
class Store:
    """What is left of all goods together."""

    left: int = START

    def take(self, amount):
        """Take some goods out."""
        self.left -= amount


store = Store()


def read_orders(text):
    """One order from each line."""
    for line in text.split("\n"):
        if line:
            amount, goods = line.split()
            yield Order(int(amount), goods)


async def clerk(order, steps):
    """Walk to the store and fetch what was ordered."""
    for _ in range(steps):
        await trio.lowlevel.checkpoint()
    store.take(order.amount)
    await trio.lowlevel.checkpoint()


async def main():
    async with trio.open_nursery() as nursery:
        for number, order in enumerate(read_orders(ORDERS)):
            nursery.start_soon(clerk, order, number % 3 + 1)
    print(f"{store.left} are left of {START}")


if __name__ == "__main__":
    trio.run(main)

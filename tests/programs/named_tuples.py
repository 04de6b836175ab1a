"""Makes named tuples, whose ``__new__`` Python compiles from a string."""

from collections import namedtuple
from typing import NamedTuple

import trio


class Point(NamedTuple):
    x: int
    y: int = 0


Pair = namedtuple("Pair", "first second")  # noqa: PYI024


async def main():
    await trio.lowlevel.checkpoint()
    point = Point(1)  # @mark point
    pair = Pair(point, None)  # @mark pair
    double = lambda: pair.first.x * 2  # noqa: E731
    twice = double()  # @mark double
    assert twice == 2


if __name__ == "__main__":
    trio.run(main)

"""Prints which look-ups of each pass CPython has not become quick at (3.12 and later)."""

import dis
import sys
from collections import UserDict
from types import CodeType

import trio


def slow(code: CodeType) -> list[str]:
    """The attributes that are looked up the general way."""
    found = dis.get_instructions(code, adaptive=True)
    return [name.argrepr for name in found if name.opname == "LOAD_ATTR"]


async def main() -> None:
    for _ in range(20_000):  # @mark loop
        await trio.lowlevel.checkpoint()
    clock = trio.lowlevel.current_task()._runner.clock
    print(slow(UserDict.__contains__.__code__), slow(type(clock).current_time.__code__))
    print(hasattr(clock, "__dict__"), file=sys.stderr)


if __name__ == "__main__":
    trio.run(main)

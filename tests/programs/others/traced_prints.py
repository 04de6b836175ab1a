"""Prints in its only step."""

import trio


async def main() -> None:
    print("in the first step")


trio.run(main)

"""Closes each descriptor that it does not know, as a daemon does: daemon.py [FILES].

The folder for files that it opens in their place may also come by the environment.
"""

import os
import sys

import trio

COUNT = 150
FOLDER = os.environ.get("FILES") or "".join(sys.argv[1:])


def open_files() -> dict[int, str]:
    """Files under the numbers that are free now, and under those above them."""
    files = [os.path.join(FOLDER, str(number)) for number in range(COUNT)]
    return {os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC): name for name in files}


def unharmed(opened: dict[int, str]) -> int:
    """How many of them are open and empty still."""
    same = [os.path.samestat(os.fstat(each), os.stat(name)) for each, name in opened.items()]
    return sum(same) - sum(os.stat(name).st_size > 0 for name in opened.values())


os.closerange(3, 2000)
opened = open_files() if FOLDER else {}


async def main() -> None:
    number = 3
    await trio.lowlevel.checkpoint()
    number += 1  # @mark stop
    print("result", number, unharmed(opened))


trio.run(main)
print("after", unharmed(opened))

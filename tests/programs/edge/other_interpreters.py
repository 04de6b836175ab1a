"""Runs code in other interpreters of this process, in a thread; each has a GIL of its own."""

import sys

import trio

if sys.version_info >= (3, 13):
    import _interpreters

    run_code = _interpreters.exec
else:
    import _xxsubinterpreters as _interpreters

    run_code = _interpreters.run_string

CODE = """
import enum, re
class Colour(enum.Enum):
    RED = 1
    BLUE = 2
assert re.match("a+b", "aaab") and Colour(2) is Colour.BLUE
"""


def work():
    other = _interpreters.create()
    run_code(other, CODE)  # @mark here
    _interpreters.destroy(other)


async def main():
    for _ in range(3):
        await trio.to_thread.run_sync(work)
    print("done")


trio.run(main)

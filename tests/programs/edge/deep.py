"""Comes to a line with few frames left until the recursion limit: deep.py KIND ROOM..."""

import sys

import trio


def depth() -> int:
    frame, count = sys._getframe(1), 0
    while frame:
        frame, count = frame.f_back, count + 1
    return count


def length(traceback: object) -> int:
    count = 0
    while traceback is not None:
        traceback, count = traceback.tb_next, count + 1
    return count


def calls(left: int) -> int:
    if left == 0:
        found = 0  # @mark calls
        return found  # @mark after
    return calls(left - 1) + 1


async def awaits(left: int) -> int:
    if left == 0:
        found = 0  # @mark awaits
        return found
    return await awaits(left - 1) + 1


def yields(left: int):
    if left == 0:
        yield 0  # @mark yields
        return
    yield from yields(left - 1)


def raises(left: int) -> int:
    if left == 0:
        try:
            raise KeyError("deep")  # @mark raises
        except KeyError:
            return 0
    return raises(left - 1) + 1


def asks(left: int) -> int:
    if left == 0:
        breakpoint()  # @mark asks
        return 0
    return asks(left - 1) + 1


def endless(left: int) -> int:
    found = left  # @mark endless
    return endless(left + 1) + found


def ping(left: int) -> int:
    if left <= 0:
        return 0  # @mark ping
    return pong(left - 1) + 1


def pong(left: int) -> int:
    return ping(left - 1) + 1


class Methods:
    def down(self, left: int) -> int:
        if left == 0:
            return 0  # @mark methods
        return self.down(left - 1) + 1


def names(left: int, *, found: int = 0) -> int:
    if left == 0:
        return found  # @mark names
    return names(found=found + 1, left=left - 1)


def closures(left: int) -> int:
    def deeper() -> int:
        nonlocal left
        left -= 1
        if left == 0:
            return 0  # @mark closures
        return deeper() + 1

    return deeper() + 1


def cleanups(left: int) -> int:
    try:
        if left > 0:
            return cleanups(left - 1) + 1
        return 0
    finally:
        ended = left == 0  # @mark cleanups
        del ended


def reached(kind: str, left: int) -> object:
    if kind == "methods":
        return Methods().down(left)
    if kind == "yields":
        return next(yields(left)) + left
    return globals()[kind](left)


async def main() -> None:
    kind = sys.argv[1]
    for room in map(int, sys.argv[2:]):
        left = sys.getrecursionlimit() - depth() - room - 1
        try:
            found = await awaits(left) if kind == "awaits" else reached(kind, left - 1)
        except RecursionError as error:
            print(room, kind, "too deep", length(error.__traceback__))
        else:
            print(room, kind, found == left - (kind != "awaits"))
    print("limit", sys.getrecursionlimit())


if __name__ == "__main__":
    trio.run(main)

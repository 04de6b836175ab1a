"""Functions that ours call as well as the program, and those that a condition needs."""

import contextlib
import fnmatch

import trio


class Shown:
    def __repr__(self) -> str:
        return "shown"  # @mark repr

    def __format__(self, _spec: str) -> str:
        return "formatted"  # @mark format


def asked(number: int) -> bool:
    try:
        raise KeyError(number)  # @mark asked
    except KeyError:
        return number > 1


async def worker(number: int) -> None:
    shown = Shown()
    await trio.lowlevel.checkpoint()
    del shown  # @mark worker


async def main() -> None:
    with contextlib.suppress(KeyError):  # @mark suppress
        fnmatch.fnmatchcase("a", "b")  # @mark fnmatch
    async with trio.open_nursery() as nursery:
        for number in range(4):
            nursery.start_soon(worker, number)
    asked(1)
    f"{Shown()} {Shown()!r}"


if __name__ == "__main__":
    trio.run(main)

"""Functions whose first line comes again and again in one call."""

from collections.abc import AsyncIterator, Iterator

import trio

seen: list[int] = []


async def forever() -> None:
    while True:
        await trio.lowlevel.checkpoint()
        seen.append(1)
        if len(seen) > 3:
            return


def countdown(number: int) -> None:
    while number:  # @mark while
        number -= 1


def each(number: int) -> None:
    for _ in range(number):
        pass


def listed(number: int) -> list[int]:
    return [
        each + 1
        for each in range(number)
    ]  # fmt: skip


async def wrapped() -> None:
    await trio.sleep(
        0
    )  # fmt: skip


def yields() -> Iterator[int]:
    yield 1; yield 2; yield 3  # fmt: skip  # noqa: E702


def one_line(number: int) -> int: return number  # fmt: skip  # noqa: E704


def again(number: int) -> None:
    if number:
        again(number - 1)


class Made:
    def __init__(self) -> None:
        self.value = 1


def stays(left: list[int]) -> None:
    while left.pop(): pass  # fmt: skip  # noqa: E701


def nests(number: int) -> None:
    while number:
        number -= 1
        nests(number)


def gives(number: int) -> Iterator[int]:
    while number:
        number -= 1
        yield number


async def flows(number: int) -> AsyncIterator[int]:
    while number > 0:
        await trio.lowlevel.checkpoint()
        number -= 1
        yield number


def assigns(left: list[int]) -> None:
    while left and (
        last := left.pop()
    ):  # fmt: skip
        seen.append(last)


async def polls(number: int) -> None:
    while number:  # @mark begins
        number -= 1
        await trio.lowlevel.checkpoint()  # @mark poll


async def poll_in_tasks() -> None:
    async with trio.open_nursery() as nursery:
        for name in ("mine", "yours", "mine", "yours"):
            nursery.start_soon(polls, 3, name=name)


async def main() -> None:
    await forever()
    countdown(3)
    each(3)
    listed(3)
    await wrapped()
    list(yields())
    one_line(1)
    again(2)
    Made()
    stays([0, 1, 1, 1])
    nests(2)
    list(gives(3))
    async for _ in flows(3):
        pass
    assigns([1, 2, 3])
    await poll_in_tasks()
    print("over")  # @mark over


if __name__ == "__main__":
    trio.run(main)

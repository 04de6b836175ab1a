"""Functions whose first line comes again and again in one call."""

from collections.abc import Iterator

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
    print("over")  # @mark over


if __name__ == "__main__":
    trio.run(main)

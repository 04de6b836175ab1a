"""Calls of one function at one depth, with no stop between them; and one call that changes a value."""

import trio


def plain(number):
    total = number * 2  # @mark plain
    total += 1
    return total  # @mark plain returns


async def waiting(number):
    total = number * 2  # @mark waiting
    await trio.lowlevel.checkpoint()
    total += 1
    return total  # @mark waiting returns


async def main():
    for number in range(3):
        plain(number)
    for number in range(3):
        await waiting(number)


if __name__ == "__main__":
    trio.run(main)

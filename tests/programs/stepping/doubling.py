"""Tasks that return something, one after the other."""

import trio


async def doubles(number):
    await trio.sleep(number / 100)
    return number * 2


async def main():
    async with trio.open_nursery() as nursery:
        for number in range(3):
            nursery.start_soon(doubles, number)


if __name__ == "__main__":
    trio.run(main)

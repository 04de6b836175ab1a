"""One task that only passes checkpoints: every step is woken by the task itself."""

import trio

COUNT = 10


async def main():
    total = 0
    for number in range(COUNT):
        await trio.lowlevel.checkpoint()  # @mark checkpoint
        total += number  # @mark add
    print(total)


if __name__ == "__main__":
    trio.run(main)

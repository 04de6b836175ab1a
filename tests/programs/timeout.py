"""A time limit of two seconds around a sleep of one."""

import trio


async def main():
    with trio.move_on_after(2) as limit:  # @mark limit
        await trio.lowlevel.checkpoint()  # @mark inside
        await trio.sleep(1)  # @mark sleep
    print("timed out" if limit.cancelled_caught else "in time")


if __name__ == "__main__":
    trio.run(main)

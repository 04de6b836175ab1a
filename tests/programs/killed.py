"""Takes steps until it is killed, and tells after each how many it has taken."""

import os
import sys

import trio


async def main():
    step, told = 0, os.open(sys.argv[1], os.O_WRONLY)
    while True:
        await trio.lowlevel.checkpoint()
        step += 1
        os.pwrite(told, step.to_bytes(8, "little"), 0)


if __name__ == "__main__":
    trio.run(main)

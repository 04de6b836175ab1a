"""Forks inside a run; the child goes on with the run and takes steps in it."""

import os
import sys

import trio


async def child_work():
    for number in range(3):
        await trio.sleep(0)
        print("child", number)
    if "pause" in sys.argv:
        breakpoint()
        print("child went on")


async def main():
    await trio.lowlevel.checkpoint()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        await child_work()
        sys.stdout.flush()
        os._exit(3)
    print("parent", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    await trio.lowlevel.checkpoint()


if __name__ == "__main__":
    trio.run(main)
    print("done")

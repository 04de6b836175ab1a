"""Closes its standard output, itself or as a daemon's child; ends when descriptor 3 has ended."""

import os
import sys

import trio


async def main():
    print("ran", flush=True)


def wait_for_leave():
    while os.read(3, 1):
        pass


trio.run(main)
if sys.argv[1] == "itself":
    os.close(1)
    wait_for_leave()
elif os.fork() == 0:
    null = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(null, standard)
    wait_for_leave()
    os._exit(0)

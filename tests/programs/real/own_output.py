"""Gives its standard streams other places, as a daemon does, or closes them."""

import os
import sys

import trio


async def main():
    await trio.sleep(0)
    if sys.argv[1] == "null":
        null = os.open(os.devnull, os.O_RDWR)
        for number in range(3):
            os.dup2(null, number)
    elif sys.argv[1] == "file":
        sys.stdout.flush()
        os.dup2(os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT), 1)
    else:
        sys.stdout.close()
        sys.stderr.close()
        os.close(0)
    await trio.sleep(0)
    if sys.argv[1] != "close":
        print("said afterwards")
    return 7


if __name__ == "__main__":
    print("said before", flush=True)
    sys.exit(trio.run(main))

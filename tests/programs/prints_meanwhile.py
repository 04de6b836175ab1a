"""Prints what it is told through a fifo, from a thread or a child, whatever the run does."""

import subprocess
import sys
import threading

import trio


def prints(fifo: str) -> None:
    """Print each line as it comes; a bar is a line's end."""
    with open(fifo, encoding="utf-8") as told:
        for line in told:
            sys.stdout.write(line.rstrip("\n").replace("|", "\n"))
            sys.stdout.flush()


async def main() -> None:
    """Leave lines unfinished in three ways."""
    await trio.lowlevel.checkpoint()
    print("unfinished", end="")
    await trio.lowlevel.checkpoint()
    sys.stderr.write("x" * 79)
    await trio.lowlevel.checkpoint()
    print("finished")
    await trio.lowlevel.checkpoint()


if __name__ == "__main__":
    how, fifo = sys.argv[1:]
    if how == "child":
        subprocess.Popen(["sh", "-c", 'while read -r line; do printf "$line"; done <"$0"', fifo])
    elif how == "thread":
        threading.Thread(target=prints, args=[fifo], daemon=True).start()
    trio.run(main)

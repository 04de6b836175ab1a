"""Lets its standard descriptors lead elsewhere, or closes them, before it stops.

Arguments: `file`, `close`; a file to which a line is added at each start: where they lead.
"""

import os
import sys

import trio

how, report = sys.argv[1:]


def leads(number):
    try:
        found = os.fstat(number)
    except OSError:
        return "closed"
    return f"{found.st_dev}:{found.st_ino}"


with open(report, "a") as file:
    print(*map(leads, range(3)), file=file)
if how == "close":
    for standard in range(3):
        os.close(standard)
else:
    elsewhere = os.open(report + ".out", os.O_RDWR | os.O_CREAT)
    for standard in range(3):
        os.dup2(elsewhere, standard)
    os.close(elsewhere)


async def main():
    breakpoint()


trio.run(main)

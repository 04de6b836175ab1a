"""Closes all descriptors between two runs: closes_later.py LOWEST [FOLDER].

LOWEST is the first that it closes.  In FOLDER it opens files under the numbers that are free then.
"""

import os
import sys

import trio


async def main() -> None:
    await trio.lowlevel.checkpoint()
    await trio.lowlevel.checkpoint()  # @mark stop


trio.run(main)
os.closerange(int(sys.argv[1]), 256)
for folder in sys.argv[2:]:
    for number in range(150):
        os.open(os.path.join(folder, str(number)), os.O_RDWR | os.O_CREAT)
trio.run(main)
if sys.argv[1] != "0":
    os.write(2, b"after\n")

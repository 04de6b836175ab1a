"""One step that lasts until a file exists; then the run ends.

Args: the file.
"""

import os
import sys

import trio


async def main() -> None:
    while not os.path.exists(sys.argv[1]):
        pass


trio.run(main)

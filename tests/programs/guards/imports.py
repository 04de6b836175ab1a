"""Imports a module that nobody has imported, so that new code comes up on every Python."""

import sys

import trio


async def main() -> None:
    await trio.lowlevel.checkpoint()
    sys.modules.pop("colorsys", None)
    import colorsys

    print(colorsys.rgb_to_hsv(0, 0, 0))  # @mark imported


trio.run(main)

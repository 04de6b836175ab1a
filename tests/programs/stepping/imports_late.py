"""Imports a module in the middle of the run."""

import importlib
import sys

import trio


async def main() -> None:
    await trio.lowlevel.checkpoint()
    try:
        importlib.import_module("imported_late").late()
    finally:
        sys.modules.pop("imported_late", None)


if __name__ == "__main__":
    trio.run(main)

"""A module that is there as bytecode only."""

import importlib
import py_compile
import sys
import tempfile
from pathlib import Path

import trio

SOURCE = """\
import trio

async def hidden(number):
    more = number + 1
    await trio.lowlevel.checkpoint()
    return more
"""

with tempfile.TemporaryDirectory() as folder:
    source = Path(folder) / "hidden_module.py"
    source.write_text(SOURCE)
    py_compile.compile(str(source), cfile=str(source) + "c")
    source.unlink()
    sys.path.insert(0, folder)
    hidden_module = importlib.import_module("hidden_module")
    sys.path.remove(folder)
    del sys.modules["hidden_module"]


async def body() -> int:
    got = await hidden_module.hidden(1)  # @mark here
    return got  # @mark after


async def main() -> None:
    got = await body()  # @mark caller
    print(got)  # @mark done


if __name__ == "__main__":
    trio.run(main)

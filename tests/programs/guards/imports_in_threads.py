"""Imports modules that nobody has imported in several threads at once, see `imports`."""

import importlib
import sys
import threading

import trio

MODULES = ("colorsys", "stringprep", "quopri", "sched")


async def main() -> None:
    await trio.lowlevel.checkpoint()
    for module in MODULES:
        sys.modules.pop(module, None)
    threads = [
        threading.Thread(target=importlib.import_module, args=[module]) for module in MODULES
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(all(module in sys.modules for module in MODULES))  # @mark imported


trio.run(main)

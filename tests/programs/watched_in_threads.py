"""One line changes a value and lets another thread run before it ends."""

import threading

import trio

changed, seen = threading.Event(), threading.Event()


def helper():
    changed.wait()
    seen.set()


async def main():
    box = {"number": 0}
    thread = threading.Thread(target=helper, name="helper")
    await trio.lowlevel.checkpoint()
    thread.start()  # @mark begins
    box.update(number=1), changed.set(), seen.wait(5)  # @mark changes
    thread.join()


trio.run(main)

"""Threads that work for Trio, and call back into it.

`trio.to_thread.run_sync` runs an ordinary, blocking function in a worker thread while the
other tasks go on.  From inside that thread `trio.from_thread.run` and `run_sync` run
something back on Trio's thread and wait for the answer.
"""

import time

import trio


def count_slowly(progress: trio.MemorySendChannel[int]) -> str:
    """Block a thread for a while.  This is no async function, so `await` is not available."""
    for number in range(1, 4):
        time.sleep(0.05)
        trio.from_thread.run(progress.send, number)
    here = trio.from_thread.run_sync(trio.lowlevel.current_task)
    return f"counted for the task {here.name.rpartition('.')[2]}"


async def report(progress: trio.MemoryReceiveChannel[int]) -> None:
    """Print the numbers as they come in from the thread."""
    async with progress:
        async for number in progress:
            print(f"the thread has counted to {number}")


async def main() -> None:
    """Count in a thread and report on the side."""
    send, receive = trio.open_memory_channel[int](0)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(report, receive)
        async with send:
            answer = await trio.to_thread.run_sync(count_slowly, send)
    print(answer)


if __name__ == "__main__":
    trio.run(main)

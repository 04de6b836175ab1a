"""Two runs at the same time, each in a thread of its own."""

import threading

import trio

RESULTS = {}
ENDED = {"left": threading.Event(), "right": threading.Event()}


async def count(name, number):
    for _ in range(number):
        await trio.lowlevel.checkpoint()  # @mark count
    RESULTS[name] = number


def run_one(name, number):
    trio.run(count, name, number)
    ENDED[name].set()


if __name__ == "__main__":
    threads = [
        threading.Thread(target=run_one, args=("left", 3), name="left"),
        threading.Thread(target=run_one, args=("right", 4), name="right"),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sorted(RESULTS.items()))

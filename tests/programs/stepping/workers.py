"""Two worker threads at one line, under a limit; a task that always runs; a thread of no run."""

import threading

import trio

over = threading.Event()
meeting = threading.Barrier(2)
turns = 0


def work(name: str) -> str:
    twice = name * 2  # @mark work
    louder = twice + "!"  # @mark louder
    return louder  # @mark work-last


def asks_back(name: str) -> str:
    got = trio.from_thread.run_sync(answer, name)  # @mark asks
    return got  # @mark asked


def answer(name: str) -> str:
    return name.upper()  # @mark answers


def meet(name: str) -> str:
    meeting.wait()  # @mark meets
    return name  # @mark met


def reads_no_run() -> None:
    over.wait()  # @mark no_run


async def turn() -> None:
    global turns
    while True:
        turns += 1
        await trio.lowlevel.checkpoint()  # @mark turn


async def job(name: str) -> None:
    with trio.move_on_after(60) as limit:
        print(await trio.to_thread.run_sync(work, name))
    if limit.cancelled_caught:
        print(name, "took too long")


async def main() -> None:
    global token
    token = trio.lowlevel.current_trio_token()
    threading.Thread(target=reads_no_run, name="reader of no run").start()
    try:
        await work_all()
    finally:
        over.set()


async def work_all() -> None:
    async with trio.open_nursery() as around:
        around.start_soon(turn)
        async with trio.open_nursery() as jobs:
            jobs.start_soon(job, "a")
            jobs.start_soon(job, "b")
        print(await trio.to_thread.run_sync(asks_back, "c"))
        async with trio.open_nursery() as jobs:
            jobs.start_soon(trio.to_thread.run_sync, meet, "d")
            jobs.start_soon(trio.to_thread.run_sync, meet, "e")
        around.cancel_scope.cancel()


if __name__ == "__main__":
    trio.run(main)

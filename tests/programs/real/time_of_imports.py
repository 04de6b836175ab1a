"""Says how much program time goes by at stops and looks, on a clock that each import moves.

An import, and any other code that is loaded or evaluated, takes a second on it.
"""

import sys
import time

import stepdbg
from stepdbg.model import standard

real = time.perf_counter
imports = 0


def now():
    return real() + imports


def count(event, _):
    global imports
    if event in ("import", "exec", "compile", "marshal.loads"):
        imports += 1


time.perf_counter = standard.time.perf_counter = stepdbg.perf_counter = now
sys.addaudithook(count)

import trio  # noqa: E402


def here():  # a line of the program's
    return trio.current_time()


def nothing():
    return None  # @mark nothing


async def at_a_line():
    nothing()


async def over_many_lines():
    for _ in range(3):
        nothing()


async def asked_for():
    breakpoint()


async def set_trace():
    stepdbg.set_trace()


async def dumped():
    stepdbg.dump("dump")


async def printed():
    stepdbg.print_tasks()


async def explained():
    stepdbg.explain(trio.lowlevel.current_root_task())


async def caught():
    try:
        with stepdbg.catch():
            raise ValueError("in catch")
    except ValueError:
        pass


async def examined():
    stepdbg.post_mortem(ValueError("has no frames"))
    try:
        raise ValueError("has a frame")
    except ValueError as error:
        stepdbg.post_mortem(error)


async def fails(delay=0):
    await trio.sleep(delay)
    raise ValueError("fails")


async def sleeps(seconds):
    try:
        await trio.sleep(seconds)
        print("slept", file=sys.stderr)
    except trio.Cancelled:
        print("cancelled", file=sys.stderr)
        raise


async def a_child_fails():
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(sleeps, 0.9)
            nursery.start_soon(fails)
    except* ValueError:
        pass


async def a_block_fails():
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(sleeps, 0.9)
            await trio.lowlevel.checkpoint()
            raise ValueError("in the block")
    except* ValueError:
        pass


async def a_deadline_passes():
    with trio.move_on_after(0):
        await trio.sleep_forever()


async def idles():
    await trio.to_thread.run_sync(nothing)


async def steps():
    for _ in range(3):
        await trio.lowlevel.checkpoint()


async def main():
    for name in sys.argv[1:]:
        function = globals()[name]
        before = here()
        await function()
        passed = here() - before
        print(name, "takes no time" if passed < 0.95 else f"takes {passed:.3f} s", file=sys.stderr)


if __name__ == "__main__":
    trio.run(main)

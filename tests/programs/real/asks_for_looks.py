"""Asks the debugger itself for looks at what fails, and says what lives of it afterwards."""

import gc
import sys
import weakref

import trio

alive = weakref.WeakValueDictionary()
looks = len(sys.argv) > 1


class Thing:
    """A variable of a frame that fails."""


def fail(name):
    thing = Thing()
    alive[name] = thing
    raise ValueError(name)


async def fails(name):
    await trio.sleep(0)
    fail(name)


async def nursery_fails(name):
    async with trio.open_nursery() as nursery:
        nursery.start_soon(fails, name)
        nursery.start_soon(trio.sleep_forever)


async def dumped(name):
    import stepdbg

    try:
        await nursery_fails(name)
    except* ValueError:
        if looks:
            stepdbg.dump(sys.argv[1])


async def explained(name):
    import stepdbg

    try:
        fail(name)
    except ValueError:
        if looks:
            stepdbg.explain(trio.lowlevel.current_root_task())


async def asked_about(name):
    import stepdbg

    try:
        await nursery_fails(name)
    except* ValueError as group:
        if looks:
            stepdbg.post_mortem(group)


async def caught(name):
    import contextlib

    import stepdbg

    try:
        with stepdbg.catch() if looks else contextlib.nullcontext():
            await nursery_fails(name)
    except* ValueError:
        pass


async def stopped(name):
    import stepdbg

    try:
        await nursery_fails(name)
    except* ValueError:
        if looks:
            stepdbg.set_trace()


def tell(name):
    before = len(alive)
    gc.collect()
    print(name, before, len(alive), file=sys.stderr)


def outside(name):
    import stepdbg

    try:
        fail(name)
    except ValueError as error:
        if looks:
            stepdbg.post_mortem(error)


async def main():
    for function in (dumped, explained, asked_about, caught, stopped, caught, dumped):
        await function(function.__name__)
        tell(function.__name__)


if __name__ == "__main__":
    gc.collect()
    gc.disable()
    trio.run(main)
    outside("outside")
    tell("outside")

"""Two children fail at once: the program dies of an exception group.

Both children wait for the same event.  When it is set, both become runnable together, so
the second one fails in the same pass of the loop, before the first failure can cancel it.
The nursery puts both exceptions into one `ExceptionGroup`, and the program ends with a
traceback and the exit code 1.
"""

import trio


async def reads_a_number(go: trio.Event) -> None:
    """Fail with a ValueError."""
    await go.wait()
    int("twelve")


async def reads_a_key(go: trio.Event) -> None:
    """Fail with a KeyError."""
    await go.wait()
    prices = {"tea": 3}
    print(prices["coffee"])


async def main() -> None:
    """Start both, let them reach their wait, and send them off together."""
    go = trio.Event()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(reads_a_number, go)
        nursery.start_soon(reads_a_key, go)
        await trio.sleep(0.05)
        print("setting the event")
        go.set()
    print("never printed")


if __name__ == "__main__":
    trio.run(main)

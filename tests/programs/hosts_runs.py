"""Runs Trio three times, and goes on after a KeyboardInterrupt, as a Python prompt does.

Argument: where each run stops.
"""

import sys
import traceback

import trio

import stepdbg


async def stops(scope):
    stepdbg.set_trace()
    scope.cancel()


async def sleeps():
    await trio.sleep_forever()


async def main(number):
    try:
        if sys.argv[1] == "task":
            async with trio.open_nursery() as nursery:
                nursery.start_soon(sleeps)
                nursery.start_soon(stops, nursery.cancel_scope)
        elif sys.argv[1] == "thread":
            await trio.to_thread.run_sync(stepdbg.set_trace)
        print("went on", number)
    finally:
        print("cleaned up", number)


async def shows_errors(number):
    """Runs what was typed as IPython does it with `%autoawait trio`: whatever it raises is shown."""
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(sleeps)
            nursery.start_soon(stops, nursery.cancel_scope)
    except BaseException as error:
        print("shown", type(error).__name__)
    else:
        print("went on", number)


for number in range(3):
    try:
        if sys.argv[1] == "outside":
            stepdbg.set_trace()
            print("went on", number)
        elif sys.argv[1] == "start":
            stepdbg.run(main, number)
        elif sys.argv[1] == "shown":
            trio.run(shows_errors, number)
        else:
            trio.run(main, number)
    except KeyboardInterrupt:
        print(
            "interrupted",
            number,
            stepdbg.__file__.rpartition("__init__")[0] in traceback.format_exc(),
        )
print("the host ends")

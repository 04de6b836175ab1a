"""Programs with ideas of their own about SIGINT."""

import os
import signal
import sys

import trio

CAUGHT = []


def note(number, frame):
    CAUGHT.append(signal.Signals(number).name)


async def replaced_before():
    os.kill(os.getpid(), signal.SIGINT)
    await trio.sleep(0)


async def replaced_inside():
    old = signal.signal(signal.SIGINT, note)
    os.kill(os.getpid(), signal.SIGINT)
    await trio.sleep(0)
    print("before it", getattr(old, "__name__", old))


async def serve(scope):
    with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for number in signals:
            CAUGHT.append(signal.Signals(number).name)
            if number == signal.SIGTERM:
                scope.cancel()


async def like_uvicorn():
    """Signals end the server; the last one is then raised again, for whoever sent it."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(serve, nursery.cancel_scope)
        await trio.testing.wait_all_tasks_blocked()
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)
        await trio.sleep_forever()
    print(sorted(CAUGHT), flush=True)
    signal.raise_signal(signal.SIGTERM)


async def left_alone():
    os.kill(os.getpid(), signal.SIGINT)
    await trio.sleep_forever()


if __name__ == "__main__":
    import trio.testing

    if sys.argv[1] == "replaced_before":
        signal.signal(signal.SIGINT, note)
    try:
        trio.run(globals()[sys.argv[1]])
    finally:
        print(CAUGHT, getattr(signal.getsignal(signal.SIGINT), "__name__", "?"))

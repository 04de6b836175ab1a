"""Shows the traceback of whatever reaches its tasks and its thread, and goes on."""

import traceback

import trio


def shown() -> None:
    for line in traceback.format_exc().splitlines():
        print("shown:", line)


def line(number: int) -> int:
    return number + 1  # @mark line


async def lines() -> None:
    try:
        line(1)
    except BaseException:
        shown()
        raise


async def errors() -> None:
    try:
        raise ValueError("own")  # @mark raises
    except BaseException:
        shown()
        raise


def in_thread() -> None:
    try:
        line(2)
    except BaseException:
        shown()
        raise


async def main() -> None:
    for function in (lines, errors):
        with trio.CancelScope():
            try:
                await function()
            except Exception as error:
                print("caught", type(error).__name__)
    await trio.to_thread.run_sync(in_thread)


trio.run(main)

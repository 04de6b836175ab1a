"""Exceptions that others raise and that arrive in the program's own code."""

import json
import sys

import trio


async def cancelled() -> None:
    with trio.move_on_after(0.01):
        try:
            await trio.sleep(10)  # @mark sleep
        finally:
            print("cleanup")  # @mark finally


async def too_slow() -> None:
    try:
        with trio.fail_after(0.01):  # @mark fail-after
            await trio.sleep(10)  # @mark slow-sleep
    except trio.TooSlowError:
        pass


async def broken() -> None:
    send, receive = trio.open_memory_channel[int](0)
    try:
        send.send_nowait(1)  # @mark would-block
    except trio.WouldBlock:
        pass
    receive.close()
    try:
        await send.send(2)  # @mark broken
    except trio.BrokenResourceError:
        pass


def in_library() -> None:
    try:
        json.loads("{")  # @mark library
    except ValueError:  # @mark library-handler
        pass


def handled_in_library() -> None:
    print(hasattr(trio, "no_such_name"), sys.intern("x"))


async def by_library_alone() -> None:
    try:
        async with trio.open_nursery() as nursery:  # @mark group
            nursery.start_soon(trio.to_thread.run_sync, json.loads, "[")
    except* ValueError:
        pass


async def fails() -> None:
    raise KeyError("own")  # @mark raises


async def by_own_child() -> None:
    try:
        async with trio.open_nursery() as nursery:  # @mark own-group
            nursery.start_soon(fails)
    except* KeyError:
        pass


async def main() -> None:
    await cancelled()
    await too_slow()
    await broken()
    in_library()
    handled_in_library()
    await by_library_alone()
    await by_own_child()


trio.run(main)

"""A task for each thing that can wake a task, and lines that wake them."""

import socket

import trio
import trio.testing


async def by_task(event):
    await event.wait()  # @mark by_task


async def by_itself():
    await trio.lowlevel.checkpoint()  # @mark by_itself


async def by_deadline():
    await trio.sleep(0.001)  # @mark by_deadline


async def by_cancel(scope):
    with scope:
        await trio.sleep_forever()  # @mark by_cancel


async def by_io(receiving):
    await receiving.recv(1)  # @mark by_io


async def by_thread(event):
    await event.wait()  # @mark by_thread


async def by_idle():
    await trio.testing.wait_all_tasks_blocked()  # @mark by_idle


async def by_child():
    async with trio.open_nursery() as nursery:  # @mark by_child
        nursery.start_soon(trio.lowlevel.checkpoint, name="the child")


def in_thread(event, token):
    trio.from_thread.run_sync(event.set, trio_token=token)  # @mark from thread


async def main():
    left, right = socket.socketpair()
    event, from_thread, scope = trio.Event(), trio.Event(), trio.CancelScope()
    with left, trio.socket.from_stdlib_socket(right) as receiving:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(by_task, event)
            nursery.start_soon(by_itself)
            nursery.start_soon(by_deadline)
            nursery.start_soon(by_cancel, scope)
            nursery.start_soon(by_io, receiving)
            nursery.start_soon(by_thread, from_thread)
            nursery.start_soon(by_idle)
            nursery.start_soon(by_child)  # @mark spawn
            await trio.lowlevel.checkpoint()
            await trio.lowlevel.checkpoint()
            event.set()  # @mark set
            scope.cancel()  # @mark cancel
            left.send(b"x")
            token = trio.lowlevel.current_trio_token()
            await trio.to_thread.run_sync(in_thread, from_thread, token)  # @mark to thread


if __name__ == "__main__":
    trio.run(main)

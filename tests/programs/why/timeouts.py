"""A client whose timeouts end waits, beside sleeps that end by themselves."""

import sys

import anyio
import trio
import trio.lowlevel

CONNECT = 0.02


class Client:
    def __init__(self, patience):
        self.patience = patience
        self.answer = trio.Event()

    async def connect(self):
        with trio.move_on_after(CONNECT):  # @mark connect
            await self.answer.wait()  # @mark connect wait
        look()

    async def fetch(self):
        try:
            with trio.fail_after(self.patience / 2):  # @mark fetch
                await trio.sleep(30)  # @mark fetch wait
        except trio.TooSlowError:
            look()

    async def poll(self):
        with trio.move_on_after(self.patience):  # @mark poll
            await trio.sleep(0.01)  # @mark poll wait
            look()

    async def backoff(self):
        with anyio.fail_after(30):  # @mark backoff
            await anyio.sleep(0.01)  # @mark backoff wait

    async def product(self):
        with trio.CancelScope(relative_deadline=2 * 0.005):  # @mark product
            await self.answer.wait()  # @mark product wait

    async def absolute(self):
        with trio.move_on_at(trio.current_time() + 0.01):  # @mark absolute
            await self.answer.wait()  # @mark absolute wait

    async def group(self):
        with anyio.move_on_after(0.01):  # @mark group timeout
            async with anyio.create_task_group() as tasks:  # @mark group
                tasks.start_soon(self.answer.wait)
                await self.answer.wait()

    async def shielded(self):
        with trio.move_on_after(0.001):  # @mark far
            with trio.CancelScope(shield=True):  # @mark shield
                with trio.move_on_after(0.01):  # @mark near
                    await self.answer.wait()  # @mark shielded wait


def look():
    pass


async def main(kind):
    async with trio.open_nursery() as nursery:
        nursery.start_soon(getattr(Client(0.05), kind))
        await trio.lowlevel.checkpoint()


if __name__ == "__main__":
    trio.run(main, sys.argv[1])

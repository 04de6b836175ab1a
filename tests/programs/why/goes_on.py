"""Tasks whose scope has caught a cancellation, behind its `with` and elsewhere."""

import sys

import trio
import trio.testing


class Fetcher:
    def __init__(self):
        self.answer = trio.Event()
        self.retry = trio.Event()
        self.scope = trio.CancelScope()

    async def timeout(self):
        with trio.move_on_after(0.001):  # @mark timeout
            await self.answer.wait()
        await self.retry.wait()

    async def scope_of_its_own(self):
        with self.scope:  # @mark scope_of_its_own
            await self.answer.wait()
        await self.retry.wait()

    async def nursery(self):
        async with trio.open_nursery() as nursery:  # @mark nursery
            nursery.start_soon(self.answer.wait)
            nursery.cancel_scope.cancel()
        await self.retry.wait()

    async def in_a_callee(self):
        await self.timeout()

    # Of these there is nothing to tell.

    async def again(self):
        for seconds in (0.001, 60):
            with trio.move_on_after(seconds):
                await self.answer.wait()

    async def sleeps(self):
        await trio.sleep(0.001)
        await self.retry.wait()

    async def too_slow(self):
        try:
            with trio.fail_after(0.001):
                await self.answer.wait()
        except trio.TooSlowError:
            pass
        await self.retry.wait()

    async def gone_on(self):
        await self.timeout_only()
        await self.retry.wait()

    async def timeout_only(self):
        with trio.move_on_after(0.001):
            await self.answer.wait()

    async def a_step_later(self):
        with trio.move_on_after(0.001):
            await self.answer.wait()
        await trio.lowlevel.checkpoint()
        await self.retry.wait()

    async def from_outside(self):
        with trio.CancelScope() as inner, trio.CancelScope():
            inner.cancel()
            try:
                await self.answer.wait()
            finally:
                with trio.CancelScope(shield=True):
                    await self.retry.wait()

    async def raised_besides(self):
        try:
            with trio.move_on_after(0.001):
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(self.answer.wait)
                    try:
                        await self.answer.wait()
                    finally:
                        raise ValueError
        except* ValueError:
            pass
        await self.retry.wait()


def look():
    pass


async def main(kind):
    fetcher = Fetcher()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(getattr(fetcher, kind))
        await trio.testing.wait_all_tasks_blocked()
        if kind == "scope_of_its_own":
            fetcher.scope.cancel()
        await trio.testing.wait_all_tasks_blocked(0.01)
        look()
        fetcher.retry.set()
        nursery.cancel_scope.cancel()


trio.run(main, sys.argv[1])

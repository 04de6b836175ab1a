"""Tasks whose scope has been cancelled, and what has become of that; `mended` ones end by it."""

import sys
import threading

import trio
import trio.lowlevel
import trio.testing


class Job:
    def __init__(self):
        self.go = trio.Event()
        self.release = threading.Event()
        self.rounds = 0

    async def poll(self):
        while self.rounds < 50:
            self.rounds += 1
            try:
                await trio.sleep(1)
            except BaseException:  # @mark poll
                pass

    async def once(self):
        try:
            await self.go.wait()
        except:  # noqa: E722 # @mark once
            pass
        with trio.CancelScope(shield=True):  # @mark after once
            await self.go.wait()

    async def may_raise(self):
        try:
            await self.go.wait()
        except BaseException:
            if self.go.is_set():
                raise
        with trio.CancelScope(shield=True):  # @mark after may_raise
            await self.go.wait()

    async def cleans_up(self):
        try:
            await self.go.wait()
        finally:
            with trio.CancelScope(shield=True):
                await self.go.wait()

    async def shielded(self):
        with trio.CancelScope(shield=True):  # @mark shielded
            await self.go.wait()

    async def thread(self):
        await trio.to_thread.run_sync(self.release.wait)

    async def nursery(self):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.shielded)

    async def block(self):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.sleep, 1)  # whose Cancelled the nursery keeps
            with trio.CancelScope(shield=True):  # @mark block
                await self.go.wait()

    async def computes(self):
        look(self)

    async def empty(self):
        async with trio.open_nursery():
            pass


class Mended(Job):
    async def poll(self):
        while self.rounds < 50:
            self.rounds += 1
            try:
                await trio.sleep(1)
            except Exception:
                pass

    async def once(self):
        try:
            await self.go.wait()
        except:
            self.rounds += 1
            raise

    may_raise = once

    async def cleans_up(self):
        try:
            await self.go.wait()
        finally:
            with trio.move_on_after(0.001, shield=True):
                await self.go.wait()

    async def shielded(self):
        with trio.CancelScope(shield=False):
            await self.go.wait()

    async def block(self):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.sleep, 1)
            await self.go.wait()

    async def thread(self):
        await trio.to_thread.run_sync(self.release.wait, abandon_on_cancel=True)

    async def computes(self):
        await trio.lowlevel.checkpoint()
        look(self)

    async def empty(self):
        async with trio.open_nursery():
            await trio.lowlevel.checkpoint()


class Runner:
    def __init__(self, job, kind):
        self.job = job
        self.kind = kind
        self.scope = trio.CancelScope()

    async def work(self):
        with self.scope:  # @mark scope
            if self.kind in ("computes", "empty"):
                self.scope.cancel()  # @mark cancels itself
            await getattr(self.job, self.kind)()

    async def watch(self):
        await trio.testing.wait_all_tasks_blocked()
        if "expires" in sys.argv:
            self.scope.deadline = trio.current_time()
            await trio.lowlevel.checkpoint()
        else:
            self.scope.cancel()  # @mark cancels
        for _ in range(20):
            await trio.lowlevel.cancel_shielded_checkpoint()
        if isinstance(self.job, Mended):
            await trio.testing.wait_all_tasks_blocked(0.01)
        look(self.job)
        self.job.go.set()
        self.job.release.set()


def look(job):
    return job  # @mark look


async def main(kind, mended):
    runner = Runner(Mended() if mended else Job(), kind)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(runner.work)
        if kind not in ("computes", "empty"):
            nursery.start_soon(runner.watch)


if __name__ == "__main__":
    trio.run(main, sys.argv[1], "mended" in sys.argv)

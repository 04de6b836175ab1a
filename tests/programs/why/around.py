"""A crawler that does not come to its end, and, called with ``mended``, one that does."""

import sys

import trio
import trio.testing


class Feed:
    """Pages that workers take."""

    def __init__(self, pages):
        self.send, self.receive = trio.open_memory_channel(0)
        self.pages = pages
        self.is_over = False

    async def take(self):
        return await self.receive.receive()  # @mark take

    async def give(self):
        async with self.send:
            for page in self.pages:
                await self.send.send(page)


class Crawler:
    """Works on the pages of a feed."""

    def __init__(self, feed):
        self.feed = feed
        self.closed = trio.Event()
        self.drained = trio.Event()
        self.beat = trio.Event()

    async def polls(self):
        while True:  # @mark polling
            await self.beat.wait()  # @mark polls
            self.beat = trio.Event()

    async def is_stubborn(self, scope):
        with scope:
            while True:  # @mark stubborn
                await self.beat.wait()

    async def gives_up(self):
        while True:  # @mark giving_up
            await self.beat.wait()
            if self.feed.is_over:
                raise trio.EndOfChannel

    async def works(self):
        if self.feed.pages:  # @mark if
            while not self.feed.is_over:  # @mark working
                await self.feed.take()

    async def reads(self):
        async for page in self.feed.receive:  # @mark reads
            del page

    async def fails(self):
        try:
            raise KeyError("page")
        except KeyError:  # @mark except
            await self.closed.wait()  # @mark fails

    async def closes(self):
        try:
            self.feed.pages.clear()
        finally:  # @mark finally
            # What is under way is waited for.
            await self.drained.wait()  # @mark closes

    async def is_careful(self):
        try:  # @mark try
            await self.closed.wait()  # @mark is_careful
        finally:  # @mark cleanup
            self.drained.set()

    async def chooses(self):
        if self.feed.is_over:  # @mark choice
            self.closed.set()
        else:
            await self.closed.wait()  # @mark chooses

    async def is_plain(self):
        await self.closed.wait()  # @mark is_plain

    async def has_a_limit(self):
        with trio.CancelScope():  # @mark with
            await self.closed.wait()  # @mark has_a_limit


async def look():
    await trio.testing.wait_all_tasks_blocked()


async def crawl(mended):
    crawler = Crawler(Feed(["a", "b", "c"]))
    shield = trio.CancelScope(shield=True)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(crawler.polls)
        nursery.start_soon(crawler.is_stubborn, shield)
        nursery.start_soon(crawler.gives_up)
        await trio.testing.wait_all_tasks_blocked()
        for name in ("works", "fails", "is_careful", "chooses", "is_plain", "has_a_limit"):
            nursery.start_soon(getattr(crawler, name))
        await trio.testing.wait_all_tasks_blocked()
        for _ in range(4):
            crawler.beat.set()
            await trio.testing.wait_all_tasks_blocked()
            crawler.feed.send.send_nowait("page")
            await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(crawler.reads)
        nursery.start_soon(crawler.closes)
        if mended:
            nursery.cancel_scope.cancel()
        with trio.CancelScope(shield=True):
            await look()
        shield.cancel()


trio.run(crawl, "mended" in sys.argv)

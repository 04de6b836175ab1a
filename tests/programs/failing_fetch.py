"""Fetches pages in a nursery, and handles a page that is missing, or means to."""

import contextlib
import sys

import trio


class PageError(Exception):
    """A page is missing."""


class Names:
    """Keeps exceptions as attributes."""

    Missing = PageError


class Site:
    """Pages by name."""

    def __init__(self, pages):
        self.pages = pages

    async def fetch(self, name):
        await trio.lowlevel.checkpoint()
        if name not in self.pages:
            raise PageError(name)  # @mark raise

    async def fetch_all(self, names):
        async with trio.open_nursery() as nursery:
            for name in names:
                nursery.start_soon(self.fetch, name)


async def meant(site):
    try:
        await site.fetch_all(["index", "news"])
    except PageError as error:  # @mark meant
        print("missing", error)


async def meant_among_others(site):
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(site.fetch, "news")
            await trio.sleep_forever()
    except (OSError, Names.Missing):  # @mark others
        print("missing")


async def meant_in_a_block(site):
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.sleep_forever)
            await site.fetch("news")
    except PageError:  # @mark block
        print("missing")


async def by_star(site):
    try:
        await site.fetch_all(["index", "news"])
    except* PageError:
        print("missing")


async def anything(site):
    try:
        await site.fetch_all(["index", "news"])
    except Exception:
        print("missing")
    except PageError:
        print("never")


async def within(site):
    async with trio.open_nursery():
        with contextlib.suppress(PageError):
            try:
                await site.fetch("news")
            except PageError:
                print("missing")


async def meant_for_another(site):
    try:
        await site.fetch_all(["index", "news"])
    except OSError:
        print("no connection")


async def not_in_a_group(site):
    try:
        await site.fetch("news")
    except OSError:
        print("no connection")


async def computed(site):
    kinds = tuple(kind for kind in (PageError,))
    try:
        await site.fetch_all(["index", "news"])
    except kinds:
        print("missing")


trio.run(globals()[sys.argv[1]], Site({"index": ""}))

"""A cache of pages with its test: each page is to be fetched once, however many ask for it."""

from __future__ import annotations

from dataclasses import dataclass, field

import trio
import trio.testing


@dataclass
class Pages:
    """Where pages come from, and how often each was fetched."""

    latency: float = 0.2
    fetched: dict[str, int] = field(default_factory=dict)

    async def fetch(self, path: str) -> str:
        self.fetched[path] = self.fetched.get(path, 0) + 1
        await trio.sleep(self.latency)
        return f"<h1>{path}</h1>"


class Cache:
    """Keeps pages; `forget` drops one when it has changed."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self.kept: dict[str, str] = {}
        self.locks: dict[str, trio.Lock] = {}

    async def get(self, path: str) -> str:
        if path in self.kept:
            return self.kept[path]
        lock = self.locks.setdefault(path, trio.Lock())
        async with lock:
            text = await self.pages.fetch(path)
            self.kept[path] = text
        return text

    def forget(self, path: str) -> None:
        self.kept.pop(path, None)
        self.locks.pop(path, None)


async def reader(cache: Cache, paths: tuple[str, ...], seen: list[str]) -> None:
    for path in paths:
        seen.append(await cache.get(path))
        await trio.sleep(0.05)


async def read_all() -> dict[str, int]:
    pages, seen = Pages(), list[str]()
    cache = Cache(pages)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(reader, cache, ("/home", "/news"), seen)
        nursery.start_soon(reader, cache, ("/news", "/help"), seen)
        nursery.start_soon(reader, cache, ("/help", "/home"), seen)
        await trio.sleep(0.1)
        nursery.start_soon(reader, cache, ("/home", "/help"), seen)
    assert len(seen) == 8
    return pages.fetched


def test_each_page_is_fetched_once() -> None:
    fetched = trio.run(read_all, clock=trio.testing.MockClock(autojump_threshold=0))
    assert set(fetched.values()) == {1}, fetched

"""Crawls the server on a port of this machine with httpx, five pages at a time.

crawler.py PORT
"""

import re
import sys

import httpx
import trio


class Crawler:
    def __init__(self, client):
        self.client = client
        self.seen = set()
        self.five = trio.CapacityLimiter(5)
        self.found = []

    async def visit(self, nursery, path):
        if path in self.seen:
            return
        self.seen.add(path)
        async with self.five:
            try:
                page = await self.client.get(path, follow_redirects=True)
            except httpx.TimeoutException as error:
                self.found.append((path, type(error).__name__))
                return
        self.found.append((path, page.status_code, len(page.text)))
        for link in re.findall(r'href="([^"]*)"', page.text):
            nursery.start_soon(self.visit, nursery, link)


async def main():
    limits = httpx.Limits(max_connections=5)
    base = f"http://127.0.0.1:{sys.argv[1]}"
    async with httpx.AsyncClient(
        base_url=base, timeout=1.5, limits=limits, trust_env=False
    ) as client:
        crawler = Crawler(client)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(crawler.visit, nursery, "/page/1")
    for each in sorted(crawler.found):
        print(*each)


if __name__ == "__main__":
    trio.run(main)

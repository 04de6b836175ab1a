"""Tasks whose functions are a library's: a TCP server's connections, retries, a bare library one."""

from __future__ import annotations

import functools
import sys
import types

import trio
import trio.testing

LIBRARY = """
async def calls(function, *arguments):
    await function(*arguments)

async def hands_on(function, nursery):
    nursery.start_soon(calls, function, "e")

class Job:
    def __init__(self, function):
        self.function = function

    async def run(self):
        await self.function("f")
"""
handing_on = types.ModuleType("handing_on")
handing_on.__file__ = "/venv/lib/site-packages/handing_on.py"
exec(compile(LIBRARY, handing_on.__file__, "exec"), handing_on.__dict__)
sys.modules["handing_on"] = handing_on


class Service:
    async def handle(self, stream: trio.SocketStream) -> None:
        async for data in stream:
            await stream.send_all(data)  # @mark answer


async def fetch(what: str) -> None:
    del what
    await trio.sleep_forever()  # @mark fetch


async def other(*, what: str) -> None:
    del what
    await trio.sleep_forever()


async def client(address: str, port: int) -> None:
    async with await trio.open_tcp_stream(address, port) as stream:
        await stream.send_all(b"x")
        await stream.receive_some()
        await trio.sleep_forever()


async def main() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(handing_on.calls, fetch, "a")
        nursery.start_soon(handing_on.calls, functools.partial(other, what="b"))
        nursery.start_soon(handing_on.calls, fetch, "c")
        nursery.start_soon(fetch, "d")
        nursery.start_soon(handing_on.Job(fetch).run)
        nursery.start_soon(handing_on.hands_on, fetch, nursery)
        nursery.start_soon(trio.sleep_forever)
        await trio.testing.wait_all_tasks_blocked()  # @mark started
        serve = functools.partial(trio.serve_tcp, Service().handle, 0, host="127.0.0.1")
        listeners = await nursery.start(serve)  # @mark jobs
        host, port = listeners[0].socket.getsockname()
        nursery.start_soon(client, host, port)
        nursery.start_soon(client, host, port)
        await trio.sleep_forever()


trio.run(main)

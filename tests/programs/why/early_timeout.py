"""A client whose time limit is a thousandth of what was meant; `mended` has it right."""

import sys

import trio


class Config:
    timeout_ms = 200


class Connection:
    def __init__(self, name):
        self.name = name
        self.lock = trio.Lock()

    async def ask(self, question):
        await trio.sleep(0.001)
        async with self.lock:
            await trio.sleep(0.005)  # @mark answer
            return f"{self.name} answers {question}"


class Client:
    def __init__(self, config, mended):
        self.connection = Connection("server")
        self.timeout = config.timeout_ms / 1000 if mended else config.timeout_ms / 1000 / 1000

    async def fetch(self, question):
        with trio.move_on_after(self.timeout) as limit:  # @mark limit
            print(await self.connection.ask(question))
        if limit.cancelled_caught:
            print("no answer to", question)


class Watchdog:
    def __init__(self, scope):
        self.scope = scope

    async def bark(self):
        await trio.sleep(0.02)
        self.scope.cancel()  # @mark bark


async def main(mended):
    client = Client(Config(), mended)
    async with trio.open_nursery() as nursery:  # @mark nursery
        nursery.start_soon(client.fetch, "first")
        with trio.CancelScope() as scope:  # @mark scope
            nursery.start_soon(Watchdog(scope).bark)
            await trio.sleep_forever()  # @mark forever


async def fails():
    await trio.sleep(0.001)
    raise ValueError("no")  # @mark raises


async def group():
    async with trio.open_nursery() as nursery:  # @mark group
        nursery.start_soon(fails)
        nursery.start_soon(trio.sleep_forever)


async def late():
    with trio.move_on_after(0):  # @mark late
        await trio.sleep(0.001)


if __name__ == "__main__":
    kind = sys.argv[1]
    if kind in ("early", "mended"):
        trio.run(main, kind == "mended")
    else:
        trio.run({"group": group, "late": late}[kind])

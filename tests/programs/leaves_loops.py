"""Tasks that leave their loops, by one way or by one of several."""

import trio


class Worker:
    """Takes jobs until there is one that tells it to stop."""

    def __init__(self, jobs):
        self.jobs = jobs
        self.closed = False

    async def to_the_end(self):
        async for _ in self.jobs:  # @mark to_the_end
            await trio.lowlevel.checkpoint()

    async def by_break(self):
        while True:
            job = await self.jobs.receive()
            if job == "stop":
                break  # @mark by_break

    async def by_return(self):
        while True:
            if await self.jobs.receive() == "stop":
                return  # @mark by_return

    async def while_open(self):
        while not self.closed:  # @mark while_open
            self.closed = await self.jobs.receive() == "stop"

    async def with_a_value(self):
        async for job in self.jobs:
            if job == "stop":
                return job  # @mark with_a_value
        return None

    async def by_either(self):
        async for job in self.jobs:  # @mark either_end
            if job == "stop":
                break  # @mark either_break
            if job is None:
                return  # @mark either_return

    async def by_a_timeout(self):
        with trio.move_on_after(0.01):  # @mark timeout
            while True:
                await trio.sleep(1)

    async def nested(self):
        for _ in range(2):  # @mark nested
            while True:
                if await self.jobs.receive():
                    break

    async def without_a_loop(self):
        if await self.jobs.receive():
            return

    async def fails(self):
        while True:
            raise ValueError


async def main():
    for name in WAYS:
        send, receive = trio.open_memory_channel(2)
        send.send_nowait("go")
        send.send_nowait("stop")
        send.close()
        async with receive, trio.open_nursery() as nursery:
            nursery.start_soon(getattr(Worker(receive), name))


WAYS = [
    *("to_the_end", "by_break", "by_return", "while_open", "with_a_value", "by_either"),
    *("by_a_timeout", "nested", "without_a_loop"),
]
trio.run(main)

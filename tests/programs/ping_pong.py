"""Two tasks over two memory channels: each waits for the other, three times."""

import trio

ROUNDS = 3


async def pinger(out, back):
    async with out:
        for number in range(ROUNDS):
            await out.send(f"ping {number}")  # @mark send
            answer = await back.receive()  # @mark answer
            print(answer)


async def ponger(inbox, out):
    async with out:
        async for message in inbox:  # @mark recv
            reply = message.replace("ping", "pong")  # @mark reply
            await out.send(reply)  # @mark pong


async def main():
    ping_in, ping_out = trio.open_memory_channel(0)
    pong_in, pong_out = trio.open_memory_channel(0)
    async with trio.open_nursery() as nursery:  # @mark nursery
        nursery.start_soon(pinger, ping_in, pong_out)  # @mark spawn pinger
        nursery.start_soon(ponger, ping_out, pong_in)  # @mark spawn ponger


if __name__ == "__main__":
    trio.run(main)

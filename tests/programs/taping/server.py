"""Answers one client of another process, and names its port."""

import trio


async def main():
    (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
    print(listener.socket.getsockname()[1], flush=True)
    async with listener, await listener.accept() as stream:
        async for data in stream:
            print(data, stream.socket.getpeername())
            await stream.send_all(data[::-1])
    print(await trio.to_thread.run_sync(sorted, [3, 1, 2]))


trio.run(main)

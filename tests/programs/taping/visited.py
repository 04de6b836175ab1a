"""A server and its client in one process, with threads, time and chance."""

import os
import random
import subprocess
import sys
import time

import trio

got = []


async def serve(stream):
    async with stream:
        async for data in stream:
            await stream.send_all(data.upper())


async def client(port):
    async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
        for number in range(3):
            await stream.send_all(b"hello %d" % number)
            got.append(await stream.receive_some())
            got.append((time.time(), os.urandom(2), random.random()))
            got.append(await trio.to_thread.run_sync(time.thread_time_ns))


async def main():
    (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
    port = listener.socket.getsockname()[1]
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.serve_listeners, serve, [listener])
        await client(port)
        nursery.cancel_scope.cancel()
    await trio.sleep(0.01)
    if len(sys.argv) > 1:
        subprocess.run([sys.executable, "-c", ""])  # @process
        await trio.sleep(0.01)
    print("end", len(got))  # @end


trio.run(main)

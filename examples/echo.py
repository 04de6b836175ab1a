"""A TCP echo server and three clients, all in one program, on the loopback interface.

`trio.serve_tcp` spawns one task per connection, so the program has a listening task,
three handlers of the same name (Trio calls them ``_run_handler``; each awaits `echo`), and
three clients.  Most of the time all of them wait for a socket.  The server has no end of its
own: the main task cancels it.
"""

from functools import partial

import trio

LINES = (b"one potato", b"two potatoes", b"three potatoes")
"""What every client sends."""


async def echo(stream: trio.SocketStream) -> None:
    """Send back whatever arrives until the client closes its side."""
    async for chunk in stream:
        await stream.send_all(chunk)


async def client(name: str, port: int) -> None:
    """Send some lines, wait for each to come back, and say how it went."""
    async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
        for line in LINES:
            await stream.send_all(line)
            # A stream has no messages, only bytes: read until everything is back.
            reply = b""
            while len(reply) < len(line):
                reply += await stream.receive_some()
            assert reply == line
    print(f"{name}: {len(LINES)} lines came back unchanged")


async def main() -> None:
    """Start the server, let the clients run, then stop the server."""
    async with trio.open_nursery() as server:
        # Port 0 asks the system for any free port; `start` waits until it listens.
        serve = partial(trio.serve_tcp, echo, 0, host="127.0.0.1")
        listeners: list[trio.SocketListener] = await server.start(serve)
        port = listeners[0].socket.getsockname()[1]
        async with trio.open_nursery() as clients:
            for name in ("Ada", "Grace", "Edsger"):
                clients.start_soon(client, name, port)
        print("all clients are done, stopping the server")
        server.cancel_scope.cancel()


if __name__ == "__main__":
    trio.run(main)

"""A trio-websocket server that echoes, and five clients with heartbeats, on loopback.

Says each answer at once; the order among clients is up to Trio.
"""

import trio
from trio_websocket import ConnectionClosed, open_websocket_url, serve_websocket

MESSAGES = 12


async def echo(request):
    connection = await request.accept()
    try:
        while True:
            message = await connection.get_message()
            if message == "bye":
                await connection.aclose(1000, "as you wish")
            await trio.sleep(0.1)
            await connection.send_message(message[::-1])  # @mark echo
    except ConnectionClosed as closed:
        print("server:", closed.reason.code, closed.reason.reason, flush=True)


async def heartbeat(name, connection):
    beats = 0
    while True:
        with trio.fail_after(1.5):
            await connection.ping()
        beats += 1
        if beats == 2:
            print(name, "has a beating heart", flush=True)
        await trio.sleep(0.1)


async def client(name, url):
    async with open_websocket_url(url) as connection, trio.open_nursery() as nursery:
        nursery.start_soon(heartbeat, name, connection)
        for number in range(MESSAGES):
            with trio.fail_after(1.5):
                await connection.send_message(f"{name} {number}")
                print(name, await connection.get_message(), flush=True)
        nursery.cancel_scope.cancel()
        with trio.CancelScope(shield=True):
            await connection.send_message("bye")
            try:
                await connection.get_message()
            except ConnectionClosed as closed:
                print(name, "closed:", closed.reason.code, closed.reason.reason, flush=True)


async def main():
    async with trio.open_nursery() as nursery:
        server = await nursery.start(serve_websocket, echo, "127.0.0.1", 0, None)
        url = f"ws://127.0.0.1:{server.port}/"
        async with trio.open_nursery() as clients:
            for number in range(5):
                clients.start_soon(client, f"client {number}", url)
        nursery.cancel_scope.cancel()
    print("the end")


if __name__ == "__main__":
    trio.run(main)

"""A Quart-Trio application on Hypercorn's Trio worker: serves until SIGTERM, then says what.

Its first line is the port.
"""

import itertools
import signal
import socket
from collections import Counter

import hypercorn.trio
import quart
import trio
from hypercorn.config import Config
from quart_trio import QuartTrio

app = QuartTrio(__name__)
served = Counter()
peers = set()
beats = []


@app.before_request
async def count():
    what = quart.request.path.split("/")[1]
    if what != "unhurried":  # as often as there is time
        served[what] += 1
    peers.add(quart.request.scope["client"])


@app.before_serving
async def begin():
    app.nursery.start_soon(beat)


async def beat():
    while True:
        beats.append(trio.current_time())
        await trio.sleep(0.1)


@app.get("/echo/<int:number>")
async def echo(number):
    return {"number": number}  # @mark echo


@app.get("/unhurried")
async def answer():
    return {"hurry": False}


@app.get("/slow/<int:number>")
async def slow(number):
    with trio.move_on_after(1.5) as scope:
        await trio.sleep(0.2)
    return {"number": number, "too late": scope.cancelled_caught}


@app.get("/stream")
async def stream():
    async def parts():
        for number in range(5):
            await trio.sleep(0.01)
            yield f"part {number}\n"

    return parts()


@app.post("/sum")
async def add():
    return {"sum": sum(await quart.request.get_data())}


@app.get("/fails")
async def fails():
    raise LookupError("for a 500")


async def main():
    listener = socket.create_server(("127.0.0.1", 0), backlog=100)
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.keep_alive_timeout = 1.5
    config.graceful_timeout = 1.5
    config.loglevel = "CRITICAL"
    print(listener.getsockname()[1], flush=True)
    with trio.open_signal_receiver(signal.SIGTERM) as signals:
        await hypercorn.trio.serve(app, config, shutdown_trigger=signals.__anext__)
    print(sorted(served.items()), len(peers), "connections")
    print("longest time without a beat", "< 1.5" if longest() < 1.5 else longest())


def longest():
    return max(later - earlier for earlier, later in itertools.pairwise(beats))


if __name__ == "__main__":
    app.logger.disabled = True
    trio.run(main)

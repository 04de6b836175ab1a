"""Tasks at both ends of sockets and pipes, and a child process.

The first argument says what: ``talk`` (two tasks that both wait for the other one to begin),
``unix``, ``pair``, ``served`` (a client that is not bound), ``not_accepted``, ``in_a_child``,
``pipes``, ``alone``, ``child`` (whose output nobody reads), ``reads`` (it reads what nobody writes),
``stopped``.  With ``mended`` after it, what was wrong is right.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile

import trio
import trio.testing

MENDED = "mended" in sys.argv
COUNT = 100_000
DRAINED = []


class Client:
    """Says something first, or should."""

    def __init__(self, stream):
        self.stream = stream

    async def talk(self):
        if MENDED:
            await self.stream.send_all(b"hello")
        await self.stream.receive_some(5)  # @mark client


class Server:
    """Answers."""

    def __init__(self, stream):
        self.conn = stream

    async def answer(self):
        await self.conn.receive_some(5)  # @mark server
        await self.conn.send_all(b"hello")


async def look():
    await trio.testing.wait_all_tasks_blocked()


async def both(client, server):
    async with client, server, trio.open_nursery() as nursery:
        nursery.start_soon(Client(client).talk)
        nursery.start_soon(Server(server).answer)
        await trio.testing.wait_all_tasks_blocked(0.01)
        await look()
        nursery.cancel_scope.cancel()


async def talk():
    listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
    async with listeners[0]:
        port = listeners[0].socket.getsockname()[1]
        client = await trio.open_tcp_stream("127.0.0.1", port)
        await both(client, await listeners[0].accept())


async def unix():
    with tempfile.TemporaryDirectory() as folder:
        listens, client = trio.socket.socket(socket.AF_UNIX), trio.socket.socket(socket.AF_UNIX)
        with listens:
            await listens.bind(folder + "/server")
            listens.listen()
            await client.bind(folder + "/client")
            await client.connect(folder + "/server")
            server, _ = await listens.accept()
        await both(trio.SocketStream(client), trio.SocketStream(server))


async def pair():
    one, other = trio.socket.socketpair()
    await both(trio.SocketStream(one), trio.SocketStream(other))


async def served():
    with tempfile.TemporaryDirectory() as folder, trio.socket.socket(socket.AF_UNIX) as listens:
        await listens.bind(folder + "/server")
        listens.listen()
        client = await trio.open_unix_socket(folder + "/server")
        server, _ = await listens.accept()
        await both(client, trio.SocketStream(server))


async def waits_alone(client):
    async with client, trio.open_nursery() as nursery:
        nursery.start_soon(Client(client).talk)
        await trio.testing.wait_all_tasks_blocked(0.01)
        await look()
        nursery.cancel_scope.cancel()


async def not_accepted():
    with tempfile.TemporaryDirectory() as folder, trio.socket.socket(socket.AF_UNIX) as listens:
        await listens.bind(folder + "/server")
        listens.listen()
        await waits_alone(await trio.open_unix_socket(folder + "/server"))


async def in_a_child():
    here, there = socket.socketpair()
    with there:
        command = [sys.executable, "-c", "import sys; sys.stdin.read()"]
        process = await trio.lowlevel.open_process(command, stdin=there)
    try:
        await waits_alone(trio.SocketStream(trio.socket.from_stdlib_socket(here)))
    finally:
        with trio.CancelScope(shield=True):
            await process.wait()


async def pipes():
    (here, there), (back, forth) = os.pipe(), os.pipe()
    to_server, to_client = trio.lowlevel.FdStream(there), trio.lowlevel.FdStream(forth)
    at_server, at_client = trio.lowlevel.FdStream(here), trio.lowlevel.FdStream(back)
    client = trio.StapledStream(to_server, at_client)
    await both(client, trio.StapledStream(to_client, at_server))


async def alone():
    here, there = os.pipe()
    reads, writes = trio.lowlevel.FdStream(here), trio.lowlevel.FdStream(there)
    async with reads, writes, trio.open_nursery() as nursery:
        nursery.start_soon(looks_later, nursery)
        await reads.receive_some(5)  # @mark alone


async def looks_later(nursery):
    await trio.testing.wait_all_tasks_blocked(0.01)
    await look()
    nursery.cancel_scope.cancel()


async def with_child(code, seen):
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", code]
    process = await trio.lowlevel.open_process(command, stdin=pipe, stdout=pipe)
    try:
        async with trio.open_nursery() as nursery:
            if MENDED:
                nursery.start_soon(drains, process)
            nursery.start_soon(waits_for, process)
            await trio.testing.wait_all_tasks_blocked()
            while not seen(process):
                await trio.sleep(0.01)
            await look()
            nursery.cancel_scope.cancel()
    finally:
        process.kill()
        with trio.CancelScope(shield=True):
            await process.wait()
        async with process.stdin, process.stdout:
            pass


async def waits_for(process):
    await process.wait()  # @mark child


async def drains(process):
    if len(sys.argv) > 1 and sys.argv[1] == "reads":
        await process.stdin.send_all(b"x")
    await process.stdin.aclose()
    async for data in process.stdout:
        DRAINED.append(len(data))


def is_drained():
    """Whether all that a child writes has been read."""
    writes = COUNT + 1 if sys.argv[1] == "child" else 0
    return sum(DRAINED) == writes


def stat_of(process):
    with open(f"/proc/{process.pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0]


def call_of(process):
    with open(f"/proc/{process.pid}/syscall") as file:
        return file.read().split()[:2]


def is_in(call):
    """Whether a child is in a call, or has done what it had to and sleeps."""
    if MENDED:
        return lambda process: call_of(process)[0] in SLEEPS and is_drained()
    return lambda process: call_of(process) == call


async def child():
    await with_child(f"print('x' * {COUNT}, flush=True); {SLEEP}", is_in(WRITES))


async def reads():
    await with_child(f"input(); {SLEEP}", is_in(READS))


async def stopped():
    def is_stopped(process):
        process.send_signal(signal.SIGSTOP)
        return stat_of(process) == "T"

    await with_child("input()", is_stopped)


X86 = os.uname().machine == "x86_64"
SLEEP = "import time; time.sleep(1000)"
SLEEPS = ("35", "230") if X86 else ("101", "115")
READS, WRITES = ["0" if X86 else "63", "0x0"], ["1" if X86 else "64", "0x1"]

trio.run(globals()[sys.argv[1]])

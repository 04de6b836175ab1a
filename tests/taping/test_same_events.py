"""A run with a tape is played five times: the same steps, and the same results."""

from __future__ import annotations

import random
import threading
from typing import Any

import pytest
import trio

from stepdbg.engine.running.session import Session
from stepdbg.model.options import SessionOptions
from stepdbg.model.schedule_text import file_of
from stepdbg.model.tape import Tape
from tests.schedules.replaying import Front, Played, play

SEEDS = 3


def same(source: str, **names: Any) -> Played:
    first = play(source, taped=True, **names)
    assert first.schedule is not None
    text = file_of(first.schedule).decode()
    for _ in range(5):
        again = play(source, text, taped=True, **names)
        assert again.left() == []
        assert not [each for each in again.notes if "tape" in each], again.notes
        assert again.output == first.output
        assert again.events == first.events
    return first


THREADS = """
import time, trio

async def ask(number, limiter):
    try:
        print(number, await trio.to_thread.run_sync(work, number, limiter=limiter))
    except LookupError as error:
        print(number, repr(error))

async def main():
    limiter = trio.CapacityLimiter(2)
    async with trio.open_nursery() as nursery:
        for number in range(7):
            nursery.start_soon(ask, number, limiter)
    with trio.move_on_after(0.002) as scope:
        await trio.to_thread.run_sync(given_up.wait, abandon_on_cancel=True)
    given_up.set()
    print(scope.cancelled_caught, limiter.borrowed_tokens)
    print(await trio.socket.getaddrinfo("localhost", 80))
"""


def test_threads() -> None:
    """Results come in the steps in which they came, and no function runs again."""
    ran = []
    rng = random.Random(1)

    def work(number: int) -> object:
        ran.append(number)
        threading.Event().wait(rng.random() / 200)
        if number == 4:
            raise KeyError("four", number)
        return number, threading.get_ident(), {"at": [rng.random()]}

    first = same(THREADS, work=work, given_up=threading.Event())
    assert "KeyError('four', 4)" in first.output
    assert "True 0" in first.output
    assert sorted(ran) == list(range(7))


ECHO = """
import random, trio

async def serve(stream):
    async with stream:
        async for data in stream:
            await stream.send_all(data.upper())

async def client(port, rng):
    await trio.sleep(0.002 + rng.random() / 500)
    async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
        for index in range(rng.randrange(1, 4)):
            size = rng.choice((3, 5_000, 100_000))
            async with trio.open_nursery() as nursery:
                nursery.start_soon(stream.send_all, b"x" * size)
                got = 0
                while got < size:
                    more = await stream.receive_some()
                    print(len(more))
                    got += len(more)
            with trio.move_on_after(0.002 + rng.random() / 500) as scope:
                await stream.receive_some()
            print(scope.cancelled_caught, stream.socket.getsockname())

async def main():
    listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
    port = listeners[0].socket.getsockname()[1]
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.serve_listeners, serve, listeners)
        async with trio.open_nursery() as clients:
            for number in range(3):
                clients.start_soon(client, port, random.Random(100 * seed + number))
        nursery.cancel_scope.cancel()
"""


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_server_and_its_clients(seed: int) -> None:
    first = same(ECHO, seed=seed)
    assert "True ('127.0.0.1'" in first.output


SOCKETS = """
import trio

async def wait_for(sock):
    try:
        await sock.recv(3)
    except trio.ClosedResourceError as error:
        print("closed", error)

async def main():
    one, other = trio.socket.socketpair()
    await one.send(b"xyz")
    buffer = bytearray(5)
    print(await other.recv_into(buffer), buffer, other.is_readable())
    one.close()
    print(await other.recv(3))
    third, fourth = trio.socket.socketpair()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(wait_for, third)
        nursery.start_soon(wait_for, fourth)
        await trio.testing.wait_all_tasks_blocked()
        third.close()
        fourth.close()
    plain = trio.socket.socket(type=trio.socket.SOCK_DGRAM)
    await plain.bind(("127.0.0.1", 0))
    await plain.sendto(b"hello", plain.getsockname())
    print(await plain.recvfrom(10))
    copy = plain.dup()
    print(copy.getsockname() == plain.getsockname(), copy.type is plain.type)
    plain.setsockopt(trio.socket.SOL_SOCKET, trio.socket.SO_REUSEADDR, 1)
    print(plain.getsockopt(trio.socket.SOL_SOCKET, trio.socket.SO_REUSEADDR))
    for each in (plain, copy, other):
        each.close()
    try:
        await trio.open_tcp_stream("127.0.0.1", 1)
    except OSError as error:
        print(repr(error.__cause__))
"""


def test_all_that_a_socket_does() -> None:
    first = same(SOCKETS)
    assert "3 bytearray(b'xyz\\x00\\x00') False\nb''\n" in first.output
    assert first.output.count("closed another task closed this fd") == 2
    assert "(b'hello', ('127.0.0.1'" in first.output
    assert "True True" in first.output
    assert "ConnectionRefusedError(111" in first.output


def test_a_later_run_is_told_that_it_is_not_on_the_tape() -> None:
    notes: list[str] = []
    options = SessionOptions(record=True, stops_at_start=False, tape=Tape())
    session = Session(Front(notes), options)
    session.install()
    try:
        for _ in range(3):
            trio.run(trio.lowlevel.checkpoint)
    finally:
        session.uninstall()
    told = [each for each in notes if "tape" in each]
    assert told == ["the tape holds only run 1, not what later runs get from outside"]


CLOCK = """
import time, trio

async def ask(number):
    before = trio.current_time()
    with trio.move_on_after(0.01) as scope:
        print(number, await trio.to_thread.run_sync(time.monotonic))
        await trio.sleep(0.001 * number)
        print(scope.deadline, trio.current_effective_deadline() - trio.current_time())
    print(number, trio.lowlevel.current_clock().current_time() - before)

async def main():
    async with trio.open_nursery() as nursery:
        for number in range(4):
            nursery.start_soon(ask, number)
    begun = trio.current_time()
    while trio.current_time() < begun + 0.001:
        pass
    print(trio.current_time() - begun)
"""


def test_the_clock_of_the_run() -> None:
    assert not [each for each in same(CLOCK).notes if "tape" in each]

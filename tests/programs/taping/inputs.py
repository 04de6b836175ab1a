"""Asks for the time, for random numbers, and for its standard input."""

import datetime
import os
import pickle
import random
import secrets
import sys
import time
import uuid
from time import perf_counter

import trio

print(random.random(), random.Random().random(), time.time())


class Stamped:
    now = time.monotonic


async def ask(number):
    for _ in range(3):
        await trio.sleep(0.002 * number)
        print(number, time.time(), perf_counter(), time.monotonic_ns(), Stamped().now())
        print(random.random(), os.urandom(3), secrets.token_hex(3), uuid.uuid4(), uuid.uuid1())
        print(datetime.datetime.now(), datetime.datetime.now(datetime.UTC), datetime.date.today())
        print(time.ctime(), time.strftime("%X"), time.localtime(), time.gmtime(0))
        print(random.SystemRandom().random(), random.Random().random())


async def main():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(ask, 1)
        nursery.start_soon(ask, 2)
    print(repr(input()), sys.stdin.readline(), sys.stdin.read())
    assert pickle.loads(pickle.dumps(time.time)) is time.time
    assert type(datetime.datetime.now()) is datetime.datetime
    assert datetime.datetime.now(datetime.UTC).tzinfo is datetime.UTC


trio.run(main)

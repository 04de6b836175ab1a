"""Programs as users write them, one or more for each kind of failure that has a name.

Owns: their texts; each has a `main`.  Does not own: what is asked about them.
"""

from __future__ import annotations

COUNTER = """
import trio

class Counter:
    def __init__(self):
        self.total = 0

    async def add(self, amount):
        current = self.total
        await trio.sleep(0)
        self.total = current + amount

class Service:
    def __init__(self):
        self.counter = Counter()

    async def handle(self, amount):
        await self.counter.add(amount)

async def main():
    service = Service()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(service.handle, 1)
        for _ in range(4):
            await trio.sleep(0)
        nursery.start_soon(service.handle, 2)
    assert service.counter.total == 3
"""

HITS = """
import trio

HITS = {"index": 0, "about": 0}

async def fetch(page):
    await trio.lowlevel.checkpoint()
    return 1

async def visit(page):
    HITS[page] += await fetch(page)

async def main():
    HITS.update(index=0, about=0)
    async with trio.open_nursery() as nursery:
        for page in ("index", "about", "index"):
            nursery.start_soon(visit, page)
            for _ in range(3):
                await trio.lowlevel.checkpoint()
    if HITS != {"index": 2, "about": 1}:
        raise RuntimeError("hits are lost")
"""

CACHE = """
import trio

made = []

class Cache:
    def __init__(self):
        self._entries = {}

    async def get(self, key):
        if key not in self._entries:
            value = await self._load(key)
            self._entries[key] = value
        return self._entries[key]

    async def _load(self, key):
        await trio.lowlevel.checkpoint()
        made.append(key)
        return object()

async def main():
    made.clear()
    cache = Cache()
    got = []

    async def use():
        got.append(await cache.get("a"))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(use)
        for _ in range(3):
            await trio.lowlevel.checkpoint()
        nursery.start_soon(use)
    assert got[0] is got[1]
"""

POOL = """
import trio
from collections import deque

class Pool:
    def __init__(self, size):
        self.free = deque(range(size))

    async def take(self):
        while not self.free:
            await trio.sleep(0.1)
        await trio.lowlevel.checkpoint()
        return self.free.popleft()

    def give(self, conn):
        self.free.append(conn)

async def client(pool):
    conn = await pool.take()
    pool.give(conn)

async def main():
    pool = Pool(1)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(client, pool)
        for _ in range(3):
            await trio.lowlevel.checkpoint()
        nursery.start_soon(hold, pool)

async def hold(pool):
    conn = await pool.take()
    await trio.sleep(1)
    pool.give(conn)
"""

CONNECTION = """
import trio

connected = None

async def connect():
    await trio.lowlevel.checkpoint()
    return ["connection"]

async def get_connection():
    global connected
    if connected is None:
        connected = await connect()
    return connected

async def main():
    global connected
    connected = None
    found = []

    async def use():
        found.append(await get_connection())

    async with trio.open_nursery() as nursery:
        nursery.start_soon(use)
        nursery.start_soon(use)
    first, second = found
    assert first is second, "two connections"
"""

TRANSFER = """
import trio

class Account:
    def __init__(self, money):
        self.money = money
        self.lock = trio.Lock()

async def transfer(source, target, amount):
    async with source.lock:
        async with target.lock:
            source.money -= amount
            target.money += amount

async def main():
    a, b = Account(10), Account(10)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(transfer, a, b, 1)
        for _ in range(5):
            await trio.lowlevel.checkpoint()
        nursery.start_soon(transfer, b, a, 2)
"""

JOBS = """
import trio

LOCKS = {}

async def job(*names):
    for name in names:
        await LOCKS[name].acquire()
    await trio.lowlevel.checkpoint()
    for name in names:
        LOCKS[name].release()

async def main():
    LOCKS.update({name: trio.Lock() for name in ("disk", "net", "cpu")})
    async with trio.open_nursery() as nursery:
        nursery.start_soon(job, "disk", "net")
        await trio.sleep(0.1)
        nursery.start_soon(job, "net", "cpu")
        nursery.start_soon(job, "cpu", "net")
"""

WRITER = """
import trio

class Writer:
    def __init__(self, channel):
        self.channel = channel

    async def write(self, items):
        for item in items:
            await self.channel.send(item)

class Owner:
    async def run(self):
        send, receive = trio.open_memory_channel(10)
        self.writer = Writer(send)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.writer.write, [1, 2])
            for _ in range(4):
                await trio.lowlevel.checkpoint()
            await self.writer.channel.aclose()

async def main():
    await Owner().run()
"""

STREAMS = """
import trio

streams = {}

async def talk(name):
    await trio.lowlevel.checkpoint()
    await streams[name].send_all(b"hello")

async def close_all():
    for stream in streams.values():
        await stream.aclose()

async def main():
    import trio.testing
    one, two = trio.testing.memory_stream_pair()
    streams.update(one=one, two=two)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(talk, "one")
        for _ in range(5):
            await trio.lowlevel.checkpoint()
        nursery.start_soon(close_all)
"""

PRODUCERS = """
import trio

async def producer(send):
    async with send:
        await send.send(1)

async def main():
    send, receive = trio.open_memory_channel(5)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(producer, send)
        for _ in range(4):
            await trio.lowlevel.checkpoint()
        nursery.start_soon(producer, send)
"""

MAILBOX = """
import trio

class Mailbox:
    def __init__(self):
        self.cond = trio.Condition()
        self.items = []

    async def put(self, item):
        async with self.cond:
            self.items.append(item)
            self.cond.notify()

    async def get(self):
        async with self.cond:
            await self.cond.wait()
            return self.items.pop()

async def reader(box):
    print(await box.get())

async def main():
    box = Mailbox()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(reader, box)
        await trio.lowlevel.checkpoint()
        await trio.lowlevel.checkpoint()
        await box.put("x")
"""

CONDITION = """
import trio

cond = trio.Condition()
ready = False

async def worker():
    global ready
    async with cond:
        ready = True
        cond.notify_all()

async def main():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(worker)
        for _ in range(2):
            await trio.lowlevel.checkpoint()
        async with cond:
            await cond.wait()
"""

GATE = """
import trio

class Gate:
    def __init__(self):
        self.changed = trio.Event()
        self.value = 0

    def set(self, value):
        self.value = value
        self.changed.set()
        self.changed = trio.Event()

    async def wait_for(self, value):
        while self.value != value:
            await trio.lowlevel.checkpoint()
            await self.changed.wait()

async def main():
    gate = Gate()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(gate.wait_for, 1)
        for _ in range(4):
            await trio.lowlevel.checkpoint()
        gate.set(1)
"""

CONSUMER = """
import trio

class Consumer:
    def __init__(self, channel):
        self.channel = channel
        self.got = []

    async def next(self):
        item = await self.channel.receive()
        await trio.lowlevel.checkpoint()
        return item

    async def run(self):
        while len(self.got) < 2:
            with trio.move_on_after(1):
                self.got.append(await self.next())

async def main():
    send, receive = trio.open_memory_channel(5)
    consumer = Consumer(receive)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(consumer.run)
        await trio.sleep(0.9)
        await send.send("a")
        await trio.sleep(0.5)
        await send.send("b")
        with trio.fail_after(100):
            while len(consumer.got) < 2:
                await trio.sleep(1)
"""

WORKER = """
import trio

jobs = None
done = {}

async def worker():
    with trio.move_on_after(2) as scope:
        name, job = await jobs.receive()
        await trio.lowlevel.checkpoint()
        done[name] = job

async def main():
    global jobs
    done.clear()
    send, jobs = trio.open_memory_channel(5)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(worker)
        await trio.sleep(1.8)
        send.send_nowait(("x", 1))
    if "x" not in done:
        raise KeyError("x")
"""

"""Tasks that are suspended in all sorts of code, and keep the traceback of what ends them."""

import contextlib
import functools

import anyio
import trio
import trio.testing

tracebacks = {}


async def recorded(name, function):
    try:
        await function()  # @mark recorded
    except BaseException as error:
        tracebacks[name] = frames_of(error.__traceback__)
        raise


def frames_of(tb):
    found = []
    while tb is not None:
        code = tb.tb_frame.f_code
        found.append((code.co_filename, tb.tb_lineno, code.co_qualname))
        tb = tb.tb_next
    return found


async def leaf():
    await trio.Event().wait()


async def nested():
    value = [
        1,
        await leaf(),
    ]
    return value


class Method:
    async def run(self):
        await self.further()

    async def further(self):
        await trio.sleep(50)


async def numbers():
    yield 1
    await trio.sleep_forever()
    yield 2


async def asynchronous_generator():
    async for number in numbers():
        await trio.sleep(0 * number)


@contextlib.asynccontextmanager
async def context():
    yield
    await trio.sleep_forever()


async def leaves_a_context():
    async with context():
        await trio.lowlevel.checkpoint()


async def owner():
    await locks[0].acquire()
    await trio.sleep_forever()


async def waits_for_a_lock():
    await trio.lowlevel.checkpoint()
    async with locks[0]:
        pass


async def cleans_up():
    try:
        raise_()
    except ValueError:
        await trio.sleep_forever()


def raise_():
    raise ValueError


async def in_finally():
    try:
        await trio.lowlevel.checkpoint()
    finally:
        await leaf()


async def receives():
    _, inbox = channel
    await inbox.receive()


async def comprehends():
    return [await each() for each in (trio.lowlevel.checkpoint, leaf)]


async def awaitable():
    await Awaitable()


class Awaitable:
    def __await__(self):
        return (yield from leaf().__await__())


async def of_anyio():
    await anyio.Event().wait()


async def partly():
    await functools.partial(leaf)()


async def reads():
    near, far = trio.socket.socketpair()
    with near, far:
        await near.recv(1)


locks, channel = [], None

TASKS = (
    nested,
    Method().run,
    asynchronous_generator,
    leaves_a_context,
    owner,
    waits_for_a_lock,
    cleans_up,
    in_finally,
    receives,
    comprehends,
    awaitable,
    of_anyio,
    partly,
    reads,
)


def look():
    return "look"  # @mark look


def done():
    return "done"


async def main():
    global channel
    channel = trio.open_memory_channel(0)
    locks.append(trio.Lock())
    async with trio.open_nursery() as nursery:
        for function in TASKS:
            nursery.start_soon(recorded, function.__qualname__, function)
        await trio.testing.wait_all_tasks_blocked()
        look()
        nursery.cancel_scope.cancel()
    with contextlib.suppress(KeyError):
        await recorded("look", looks)
    done()


async def looks():
    await trio.lowlevel.checkpoint()
    (lambda: look())()


if __name__ == "__main__":
    trio.run(main)

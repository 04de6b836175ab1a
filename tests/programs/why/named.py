"""Tasks that wait for objects that go by all kinds of names, and a few rare waits."""

import socket

import trio
import trio.testing


async def variable():
    mine = trio.Event()
    kept.append(mine)
    await mine.wait()  # @mark variable


class Server:
    def __init__(self):
        self.closed = trio.Event()

    async def serve(self):
        await self.closed.wait()  # @mark attribute


async def parameter(given):
    await given.wait()  # @mark parameter


async def of_a_list(events):
    await events[1].wait()  # @mark of_a_list


async def of_a_dict(by_name):
    await by_name["go"].wait()  # @mark of_a_dict


async def of_two_keys(by_address):
    await by_address["here", 80].wait()  # @mark of_two_keys


async def of_the_module():
    await everywhere.wait()  # @mark of_the_module


async def nameless():
    await nothing_but_calls()()  # @mark nameless


def nothing_but_calls():
    return trio.Event().wait


async def notified(ready):
    async with ready:
        await ready.wait()  # @mark notified


async def queued(ready):
    async with ready:  # @mark queued
        pass


async def writer(stream):
    await stream.send_all(b"x" * 10_000_000)  # @mark writer


async def slow(task_status):
    await trio.sleep_forever()
    task_status.started()


async def starter(nursery):
    await nursery.start(slow)  # @mark starter


async def waits_for_starter():
    async with trio.open_nursery() as children:  # @mark starting
        outer.start_soon(starter, children)
        await trio.sleep(0.01)


async def idle():
    await trio.testing.wait_all_tasks_blocked(1000)  # @mark idle


async def of_a_thread(limiter):
    async with limiter:  # @mark of_a_thread
        pass


async def closes(far):
    with far:
        await trio.sleep_forever()


def look():
    return "look"


kept, everywhere, outer = [], trio.Event(), None


async def main():
    global outer
    ready, limiter = trio.Condition(), trio.CapacityLimiter(1)
    limiter.acquire_on_behalf_of_nowait("a thread")
    near, far = socket.socketpair()
    near.setblocking(False)
    stream = trio.SocketStream(trio.socket.from_stdlib_socket(near))
    async with trio.open_nursery() as outer, stream:
        outer.start_soon(closes, far)
        for function, *arguments in (
            (variable,),
            (Server().serve,),
            (parameter, trio.Event()),
            (of_a_list, [None, trio.Event()]),
            (of_a_dict, {"go": trio.Event()}),
            (of_two_keys, {("here", 80): trio.Event(), (3, Server): 1}),
            (of_the_module,),
            (nameless,),
            (notified, ready),
            (writer, stream),
            (waits_for_starter,),
            (idle,),
            (of_a_thread, limiter),
        ):
            outer.start_soon(function, *arguments)
        await trio.sleep(0.05)
        async with ready:
            outer.start_soon(queued, ready)
            await trio.sleep(0.02)
            ready.notify()
            look()
        outer.cancel_scope.cancel()


if __name__ == "__main__":
    trio.run(main)

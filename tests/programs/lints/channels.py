"""Channels with a send end that nobody will close, and others."""

import sys

import trio


async def receives(channel):
    async for _ in channel:  # @mark receives
        pass


async def sends(channel):
    async with channel:
        await channel.send(1)


async def dropped():
    """A clone is let go of without being closed; the other one is closed properly."""
    send, receive = trio.open_memory_channel(0)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(receives, receive)
        nursery.start_soon(sends, send.clone())
        del send
        await look()
        nursery.cancel_scope.cancel()


async def kept():
    """The parent keeps the original, and waits for the child itself."""

    async def parent():
        send, receive = trio.open_memory_channel(0)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(receives, receive)
            nursery.start_soon(sends, send.clone())
        send.close()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(parent)
        await look()
        nursery.cancel_scope.cancel()


async def own_end():
    """The one that receives has the only send end."""

    async def talks_to_itself():
        send, receive = trio.open_memory_channel(0)
        await receive.receive()  # @mark itself
        await send.aclose()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(talks_to_itself)
        await look()
        nursery.cancel_scope.cancel()


async def will_be_closed():
    """Another task has the send end and goes on."""
    send, receive = trio.open_memory_channel(0)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(receives, receive)
        await look()
        send.close()


async def closed_clones():
    """Every clone is closed, the last one later."""
    send, receive = trio.open_memory_channel(0)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(receives, receive)
        nursery.start_soon(sends, send.clone())
        nursery.start_soon(sends, send.clone())
        await look()
        await send.aclose()


async def two_receivers():
    """As many ends as can be, all of them in use."""
    send, receive = trio.open_memory_channel(0)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(receives, receive.clone())
        nursery.start_soon(receives, receive)
        await look()
        await send.aclose()


async def served_until_cancelled():
    """The parent has the only send end, and another child is going to end it all."""

    async def parent():
        send, receive = trio.open_memory_channel(0)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(serves, receive)
            nursery.start_soon(ends, nursery)
        send.close()

    async def serves(receive):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(receives, receive)

    async def ends(nursery):
        await trio.sleep(0.01)
        nursery.cancel_scope.cancel()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(parent)
        await look()


async def dropped_beside_a_closed_one():
    """The parent closes its end and goes on having it; the clone is never closed."""

    async def sends_once(channel):
        await channel.send(1)

    send, receive = trio.open_memory_channel(0)
    async with trio.open_nursery() as nursery:
        async with send:
            nursery.start_soon(sends_once, send.clone())
        nursery.start_soon(receives, receive)
        nursery.start_soon(shows, nursery)


async def shows(nursery):
    await look()
    nursery.cancel_scope.cancel()


async def look():
    await trio.testing.wait_all_tasks_blocked()
    here()


def here():
    pass


if __name__ == "__main__":
    import trio.testing

    trio.run(globals()[sys.argv[1]])

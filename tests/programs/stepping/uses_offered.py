"""Functions under the names that their users know."""

import functools

import offered
import trio
from offered import Client as C  # noqa: N817 - as users do
from offered import fetch as get  # noqa: F401 - a name to stop at
from offered import wrapped


async def main():
    client = C()
    bound = client.send
    partly = functools.partial(client.send, 2)
    await trio.lowlevel.checkpoint()  # @mark bound
    offered.fetch(1)
    bound(1)
    partly()
    C.static(1)
    C.made()
    offered.cached(1)
    print(client.value, offered.asked)
    offered.Point(1)
    with wrapped():
        trio.lowlevel.current_task()


trio.run(main)

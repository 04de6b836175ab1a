"""Something is returned, something is handled, something fails."""

import gc
import weakref

import trio

refused = []


class Refused(Exception):
    def __init__(self, status):
        super().__init__("no")
        self.status = status
        refused.append(weakref.ref(self))


def gives(number):
    return [number]  # @mark gives


async def asks(status):
    await trio.lowlevel.checkpoint()
    raise Refused(status)  # @mark 503


async def main():
    gives(1)
    try:
        raise Refused(404)
    except Refused:
        pass
    gc.collect()
    gives(2)  # @mark gone
    await trio.lowlevel.checkpoint()  # @mark later
    async with trio.open_nursery() as nursery:
        nursery.start_soon(asks, 503)


if __name__ == "__main__":
    trio.run(main)

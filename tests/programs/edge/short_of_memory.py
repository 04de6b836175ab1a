"""Many tasks, and then little memory; the first argument says how many kilobytes are left."""

import resource
import sys

import trio

NO_LIMIT = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


def used():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


async def child(number):
    text = [str(number)] * 5  # noqa: F841 - to be looked at
    await trio.sleep_forever()


async def main():
    async with trio.open_nursery() as nursery:
        for number in range(1000):
            nursery.start_soon(child, number)
        await trio.lowlevel.checkpoint()
        spare = bytearray(1 << 24)
        limit = used() + int(sys.argv[1]) * 1024
        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
        number = 3
        number += 1  # @mark short
        del spare  # else the program itself may lack what its next line takes
        resource.setrlimit(resource.RLIMIT_AS, NO_LIMIT)
        nursery.cancel_scope.cancel()
    print("done", number)


trio.run(main)

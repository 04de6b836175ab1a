"""Everything that runs on the way out prints a line: finally, __aexit__, a shielded cleanup."""

import trio


class Resource:
    async def __aenter__(self):
        print("resource opened")
        return self

    async def __aexit__(self, *exc_info):
        print("resource closed")


async def with_finally():
    try:
        await trio.sleep_forever()  # @mark finally wait
    finally:
        print("finally ran")


async def with_resource():
    async with Resource():
        await trio.sleep_forever()  # @mark resource wait


async def with_shield():
    try:
        await trio.sleep_forever()  # @mark shield wait
    finally:
        with trio.CancelScope(shield=True):
            await trio.sleep(0.01)  # @mark shielded cleanup
            print("shielded cleanup ran")


async def main():
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(with_finally)
            nursery.start_soon(with_resource)
            nursery.start_soon(with_shield)
            await trio.sleep(0)  # @mark settle
            print("all are waiting")
            await trio.sleep_forever()  # @mark main wait
    finally:
        print("main left")


if __name__ == "__main__":
    trio.run(main)

"""A task in scopes without a deadline, in a nursery of its own and outside of one."""

import trio


async def waits(event):
    with trio.CancelScope():  # @outer
        async with trio.open_nursery() as nursery:  # @nursery
            nursery.start_soon(event.wait)
            with trio.CancelScope(shield=True), trio.move_on_after(9):  # @inner
                await event.wait()
    await trio.sleep(0.01)


async def main():
    event = trio.Event()
    async with trio.open_nursery() as nursery:  # @both
        nursery.start_soon(waits, event)
        await trio.testing.wait_all_tasks_blocked()
        event.set()  # @inside
        await trio.testing.wait_all_tasks_blocked()
        event.set()  # @after


if __name__ == "__main__":
    import trio.testing

    trio.run(main)

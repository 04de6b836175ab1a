"""Nurseries and cancel scopes of each kind, entered and left in one order."""

import trio


async def service(task_status: trio.TaskStatus[None]) -> None:
    task_status.started()
    await trio.sleep_forever()


async def child(event: trio.Event) -> None:
    with trio.move_on_after(2):  # @mark timeout
        await trio.sleep(10)  # @mark asleep
    with trio.CancelScope() as scope:  # @mark scope
        scope.cancel()  # @mark cancel
        await trio.sleep(1)
    with trio.move_on_after(0):  # @mark overdue
        await trio.sleep(1)
    event.set()


async def main() -> None:
    event = trio.Event()
    async with trio.open_nursery() as nursery:  # @mark nursery
        await nursery.start(service)  # @mark start
        nursery.start_soon(child, event)
        await event.wait()
        nursery.cancel_scope.cancel()  # @mark end
    try:
        async with trio.open_nursery():  # @mark fails
            raise ValueError("wrong")
    except* ValueError:
        pass


if __name__ == "__main__":
    trio.run(main)

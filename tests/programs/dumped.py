"""A program with something of everything that a dump shows."""

import trio


class Box:
    """An object of the program's own; a dump must not call this."""

    def __repr__(self) -> str:
        raise RuntimeError("code of the program was called")


async def holder(lock: trio.Lock, box: Box) -> None:
    async with lock:
        await trio.sleep(5)
    del box


async def waiter(lock: trio.Lock, api_key: str = "k-123456") -> None:
    settings = {"host": "example.org", "password": "hunter2", "port": 5432}
    async with lock:
        print(settings, api_key)


async def receiver(channel: trio.MemoryReceiveChannel[int]) -> None:
    async for item in channel:
        print(item)


async def slow_start(task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
    await trio.sleep(3)
    task_status.started()


async def main() -> None:
    rows = [1, 2, 3]
    text = "a\tb"
    lock = trio.Lock()
    send, receive = trio.open_memory_channel[int](2)
    with trio.move_on_after(60):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(holder, lock, Box())
            await trio.sleep(0)
            await trio.sleep(0)
            for _ in range(3):
                nursery.start_soon(waiter, lock)
            nursery.start_soon(receiver, receive)
            nursery.start_soon(nursery.start, slow_start)
            with trio.CancelScope(shield=True):
                await trio.sleep(0)
                await trio.sleep(0)
            nursery.start_soon(receiver, receive, name="late")
            total = sum(rows)  # @mark here
            nursery.cancel_scope.cancel()
    print(total, text, send)


if __name__ == "__main__":
    trio.run(main)

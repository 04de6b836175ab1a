"""Waits with `wait_all_tasks_blocked` until a worker has done its work."""

import trio
import trio.testing

done: list[str] = []


async def worker() -> None:
    await trio.lowlevel.checkpoint()
    done.append("work")
    await trio.sleep_forever()


async def main() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(worker)
        await trio.testing.wait_all_tasks_blocked()
        assert done == ["work"], done
        nursery.cancel_scope.cancel()


if __name__ == "__main__":
    trio.run(main)

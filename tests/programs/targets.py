"""Tasks to throw into and to cancel: each in another kind of wait."""

from __future__ import annotations

import threading

import trio

log: list[str] = []
let_go = threading.Event()


async def sleeper(name: str) -> None:
    try:
        with trio.CancelScope(deadline=trio.current_time() + 0.2):
            await trio.sleep_forever()  # @mark sleep
    except ValueError as error:
        log.append(f"{name} got {error}")
        return
    except trio.Cancelled:
        log.append(f"{name} cancelled")
        raise
    log.append(f"{name} done")


async def in_thread() -> None:
    try:
        await trio.to_thread.run_sync(let_go.wait, 30.0)
    except ValueError as error:
        log.append(f"thread got {error}")


async def parent() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(sleeper, "child")
    log.append("parent done")


async def main() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(sleeper, "one")
        nursery.start_soon(sleeper, "two")
        nursery.start_soon(in_thread)
        nursery.start_soon(parent)
        try:
            await trio.sleep(0.01)
            line = 1  # @mark line
        finally:
            let_go.set()
        log.append(f"line {line}")
    print(sorted(log))


if __name__ == "__main__":
    trio.run(main)

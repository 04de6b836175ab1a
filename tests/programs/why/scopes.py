"""Scopes within scopes, over a nursery, and a worker thread."""

import threading

import trio
import trio.testing


def dig(release):
    release.wait()  # @mark dig


async def child(go):
    with trio.CancelScope(shield=True):  # @mark shield
        await go.wait()


async def main():
    release, go = threading.Event(), trio.Event()
    with trio.move_on_after(30):  # @mark outer
        async with trio.open_nursery() as nursery:  # @mark nursery
            nursery.start_soon(child, go)
            nursery.start_soon(trio.to_thread.run_sync, dig, release)
            with trio.move_on_after(20):  # @mark inner
                try:
                    await trio.testing.wait_all_tasks_blocked(0.05)
                    look()
                finally:
                    release.set()
                    go.set()
            nursery.cancel_scope.cancel()


def look():
    try:
        pass  # @mark look
    finally:
        pass


if __name__ == "__main__":
    trio.run(main)

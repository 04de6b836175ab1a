"""Trio as a guest of Tcl's event loop; with `window`, of Tk's, with a window in it.

Tcl's loop alone needs no display. A timer of Tcl's ticks beside Trio's tasks.
"""

import collections
import sys
import tkinter

import trio


class Host:
    """An event loop of Tcl's, and the calls that wait for it."""

    def __init__(self, root):
        self.root = root
        self.calls = collections.deque()
        self.name = root.register(self.call_next)
        self.ticks = 0
        self.outcome = None
        self.tick()

    def soon_threadsafe(self, call):
        self.calls.append(call)
        self.root.call("after", "idle", self.name)

    def soon(self, call):
        """Not before Tcl has looked at its other events."""
        self.calls.append(call)
        self.root.call("after", "idle", "after", 0, self.name)

    def call_next(self):
        self.calls.popleft()()

    def tick(self):
        self.ticks += 1
        self.root.after(5, self.tick)

    def done(self, outcome):
        self.outcome = outcome
        self.root.quit()

    def serve(self):
        if len(sys.argv) > 1:
            self.root.mainloop()
        else:
            self.root.willdispatch()  # calls from other threads are welcome
            while self.outcome is None:
                self.root.dooneevent(0)
        return self.outcome.unwrap()


async def count(name, channel):
    async with channel:
        for number in range(3):
            await trio.sleep(0.02)
            await channel.send((name, number))


async def late():
    try:
        with trio.fail_after(0.05):
            await trio.sleep_forever()
    except trio.TooSlowError:
        return "too slow"


async def trio_main():
    send, receive = trio.open_memory_channel(0)
    async with trio.open_nursery() as nursery:
        async with send:
            for name in "ab":
                nursery.start_soon(count, name, send.clone())
        counted = sorted([each async for each in receive])
    return counted, await trio.to_thread.run_sync(sum, (1, 2)), await late()


def main():
    host = Host(tkinter.Tk() if len(sys.argv) > 1 else tkinter.Tcl())
    trio.lowlevel.start_guest_run(
        trio_main,
        run_sync_soon_threadsafe=host.soon_threadsafe,
        run_sync_soon_not_threadsafe=host.soon,
        done_callback=host.done,
    )
    print(host.serve(), "and Tcl went on" if host.ticks > 5 else host.ticks)


if __name__ == "__main__":
    main()

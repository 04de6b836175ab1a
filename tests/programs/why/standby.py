"""Started by plain Python, with stepdbg standing by; the first argument says what it does."""

import collections
import select
import signal
import sys
import threading

import trio
import trio.testing

import stepdbg

PATH = sys.argv[2] if len(sys.argv) > 2 else None


def until(line):
    print("ready", flush=True)
    read = ""
    while read != line:
        # A signal that comes right before a call blocks is handled when the call returns.
        if select.select([sys.stdin], [], [], 0.1)[0]:
            read = sys.stdin.readline().strip()


async def holder(lock):
    async with lock:
        await trio.sleep_forever()  # @mark holder


async def waiter(lock):
    await trio.lowlevel.checkpoint()
    async with lock:  # @mark waiter
        pass


async def hung(then):
    lock = trio.Lock()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(holder, lock)
        nursery.start_soon(waiter, lock)
        await trio.testing.wait_all_tasks_blocked()
        await then()
        nursery.cancel_scope.cancel()


async def told():
    """Idle in I/O until the standard input says that all has been seen."""
    await trio.to_thread.run_sync(until, "seen")  # @mark idle


async def hogs():
    until("seen")  # @mark hogs
    for end in ends:
        end()


class InTheMidst(trio.abc.Instrument):
    """Sends the signal while Trio is at work."""

    sent = False

    def task_scheduled(self, task):  # noqa: ARG002
        if not self.sent:
            self.sent = True
            signal.raise_signal(signal.SIGUSR1)
            print("sent", flush=True, file=sys.stderr)


async def midst():
    trio.lowlevel.add_instrument(InTheMidst())
    event = trio.Event()

    async def wakes():
        await event.wait()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(wakes)
        await trio.testing.wait_all_tasks_blocked()
        event.set()


def guest():
    """A host of its own, that waits for what Trio asks of it."""
    calls, outcomes = collections.deque(), []
    more = threading.Semaphore(0)

    def soon(function):
        calls.append(function)
        more.release()

    trio.lowlevel.start_guest_run(
        hung, told, run_sync_soon_threadsafe=soon, done_callback=outcomes.append
    )
    while not outcomes:
        more.acquire()
        calls.popleft()()
    outcomes[0].unwrap()


def threads():
    runs = [threading.Thread(target=trio.run, args=(hung, each)) for each in (sleeps, hogs)]
    runs[0].start()
    asleep.wait()
    runs[1].start()
    for each in runs:
        each.join()


async def sleeps():
    """Sleep until the other run is over."""
    token = trio.lowlevel.current_trio_token()
    with trio.CancelScope() as scope:
        ends.append(lambda: token.run_sync_soon(scope.cancel))
        token.run_sync_soon(asleep.set)  # in the pass after this step
        await trio.sleep(1000)  # @mark sleeps


ends = []
asleep = threading.Event()


def handlers():
    mine = lambda *_: print("mine", flush=True)  # noqa: E731
    signal.signal(signal.SIGUSR1, mine)
    before = signal.getsignal(signal.SIGUSR2), signal.getsignal(signal.SIGINT), sys.excepthook
    stepdbg.install()
    stepdbg.install(signal="SIGUSR2", dump=None)
    assert signal.getsignal(signal.SIGUSR1) is mine
    stepdbg.uninstall()
    after = signal.getsignal(signal.SIGUSR2), signal.getsignal(signal.SIGINT), sys.excepthook
    assert before == after
    stepdbg.install()
    signal.signal(signal.SIGUSR2, mine)
    stepdbg.uninstall()
    assert signal.getsignal(signal.SIGUSR1) is mine
    assert signal.getsignal(signal.SIGUSR2) is mine
    for wrong in ({"signal": "SIGNONE"}, {"signal": 100_000}, {"signal": "SIGUSR2"}):
        try:
            stepdbg.install(**wrong)
        except ValueError as error:
            print(error)


if __name__ == "__main__":
    which = sys.argv[1]
    if which == "handlers":
        handlers()
    else:
        stepdbg.install(dump=PATH) if PATH else stepdbg.install()
        if which in ("guest", "threads"):
            globals()[which]()
        else:
            trio.run(hung, globals()[which])

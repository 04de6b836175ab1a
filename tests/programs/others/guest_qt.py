"""Trio as a guest of Qt's event loop, which has a timer of its own; needs no display."""

import sys

import trio
from PySide6 import QtCore


class Reenter(QtCore.QObject):
    """Calls functions in Qt's thread, from whichever thread they are given."""

    asked = QtCore.Signal(object)

    def __init__(self):
        super().__init__()
        self.asked.connect(lambda call: call(), QtCore.Qt.ConnectionType.QueuedConnection)


async def count(name, numbers):
    for number in range(5):
        await trio.sleep(0.05)
        await numbers.send((name, number))


async def trio_main(ticks):
    send, receive = trio.open_memory_channel(0)
    async with trio.open_nursery() as nursery:
        for name in "ab":
            nursery.start_soon(count, name, send.clone())
        send.close()
        nursery.start_soon(trio.to_thread.run_sync, sum, (1, 2))
        with trio.move_on_after(60) as scope:
            for _ in range(10):
                print("guest", flush=True)
                ticks.append(await receive.receive())
    return scope.cancelled_caught, sorted(ticks)


def main():
    application = QtCore.QCoreApplication(sys.argv)
    reenter = Reenter()
    heard, ended = [], []
    timer = QtCore.QTimer()
    timer.timeout.connect(lambda: heard.append(1))
    timer.start(10)

    def done(outcome):
        ended.append(outcome)
        application.quit()

    trio.lowlevel.start_guest_run(
        trio_main,
        [],
        run_sync_soon_threadsafe=reenter.asked.emit,
        done_callback=done,
    )
    application.exec()
    print(ended[0].unwrap(), "and Qt's timer was heard" if len(heard) > 3 else heard)


if __name__ == "__main__":
    main()

"""Each kind of object with something done to it, and the same kinds with nothing done."""

import trio
import trio.testing


class Board:
    """What the tasks share; `fresh` is what nobody touches."""

    def __init__(self):
        self.ready = trio.Event()
        self.fresh = trio.Event()
        self.news = trio.Condition()
        self.lock = trio.Lock()
        self.scope = trio.CancelScope()
        self.timeout = trio.CancelScope()
        self.status = None


async def waits(board):
    await board.ready.wait()


async def sets(board):
    board.ready.set()  # @mark set
    board.ready.set()


async def notifies(board):
    async with board.news:
        board.news.notify()  # @mark notify
        board.news.notify_all()  # @mark notify_all
    try:
        board.news.notify()  # refused: it does not hold the lock
    except RuntimeError:
        pass


async def fails(end):
    async with end:  # @mark fails
        raise ValueError


async def closes(end):
    end.close()  # @mark close
    end.close()


async def leaves(end):
    with end:  # @mark leave
        await trio.lowlevel.checkpoint()


async def cancels(board):
    with board.scope:
        board.scope.cancel()  # @mark cancel
        await trio.lowlevel.checkpoint()


async def expires(board):
    with board.timeout:
        board.timeout.deadline = trio.current_time() + 0.001
        await trio.sleep_forever()


async def starts(board, *, task_status):
    board.status = task_status
    task_status.started()  # @mark started


async def holds(board):
    await board.lock.acquire()  # @mark acquire
    await trio.sleep_forever()


async def serve(board, sockets):
    for each in sockets:
        await each.aclose()  # @mark aclose


def look(*things):
    return things  # @mark look


async def main():
    board = Board()
    out, into = trio.open_memory_channel(0)  # @mark open
    spare, other = trio.open_memory_channel[int](1)
    (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
    client = await trio.open_tcp_stream(*listener.socket.getsockname())
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits, board)
        await trio.testing.wait_all_tasks_blocked()
        for each in sets, notifies, cancels, expires, holds:
            nursery.start_soon(each, board)
        await nursery.start(starts, board)
        nursery.start_soon(closes, out)
        nursery.start_soon(leaves, spare)
        nursery.start_soon(serve, board, (client, listener))
        await trio.testing.wait_all_tasks_blocked()
        try:
            async with trio.open_nursery() as inner:
                inner.start_soon(fails, into)
        except* ValueError:
            pass
        await trio.sleep(0.01)
        look(board, out, into, spare, other, client, listener, nursery, inner)
        nursery.cancel_scope.cancel()


if __name__ == "__main__":
    trio.run(main)

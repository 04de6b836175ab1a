"""Exceptions are raised within scopes, while the task that has entered them runs."""

import sys

import anyio
import trio

LIMIT = 40


class Session:
    def __init__(self, limit):
        self.limit = limit

    def parse(self, text):
        return int(text)  # @mark raises

    def may_parse(self, text):
        try:
            return self.parse(text)
        except ValueError:
            return None

    async def plain(self):
        with trio.move_on_after(LIMIT):  # @mark plain
            with trio.fail_after(self.limit):  # @mark plain inner
                self.may_parse("x")

    async def nursery(self):
        async with trio.open_nursery() as nursery:  # @mark nursery
            with trio.CancelScope(shield=True) as scope:  # @mark nursery inner
                self.may_parse("x")
                scope.shield = False
            nursery.cancel_scope.cancel()

    async def group(self):
        with anyio.move_on_after(30):  # @mark group
            async with anyio.create_task_group():  # @mark group inner
                self.may_parse("x")

    async def by_name(self):
        outer = hidden()
        outer.__enter__()
        with trio.CancelScope() as scope:  # @mark by_name
            self.may_parse("x")
            scope.cancel()
        outer.__exit__(None, None, None)

    async def unknown(self):
        outer = hidden()
        outer.__enter__()
        with trio.CancelScope():
            self.may_parse("x")
        outer.__exit__(None, None, None)


def hidden():
    return trio.CancelScope()


if __name__ == "__main__":
    trio.run(getattr(Session(0.5 * 40), sys.argv[1]))

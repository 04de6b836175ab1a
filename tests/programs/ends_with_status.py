"""Ends as its argument says, after a run with siblings that wait."""

from __future__ import annotations

import sys

import trio
import trio.testing


async def sibling(number: int) -> None:
    double = number * 2
    await trio.sleep_forever()  # @mark sibling
    print(double)


async def main(how: str) -> None:
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(sibling, 21)
            await trio.testing.wait_all_tasks_blocked()
            if how == "exits":
                sys.exit(3)  # @mark exits
            if how == "interrupted":
                raise KeyboardInterrupt
            if how == "over_failure":
                raise ValueError("cause")  # @mark fails
            nursery.cancel_scope.cancel()
    except* ValueError:
        sys.exit("gave up")
    except* SystemExit:
        if how != "exits":
            raise
        raise SystemExit(3) from None


def nobody() -> None:
    print("never")  # @mark never


if __name__ == "__main__":
    trio.run(main, sys.argv[1])
    if sys.argv[1] == "late":
        sys.exit(4)
    if sys.argv[1] == "never":
        nobody()
    print("done")

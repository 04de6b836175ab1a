"""A parent and two children: the program that Trio's tutorial begins with.

The parent opens a nursery, starts two children in it, and waits at the end of the nursery
until both are done.  Things to look for with the debugger:

* `start_soon` runs nothing.  It puts a child into the run queue; the children get their
  first step once the parent stops to wait.
* Trio does not promise which of two runnable children goes first.  Run the program a few
  times and watch the order of the first lines change.
* While both children sleep nothing is runnable: only two timers are left.
"""

import trio

NAP = 0.2
"""How long each child sleeps, in seconds."""


async def left_child() -> None:
    """Say hello, sleep, say goodbye."""
    print("  left child: here I am")
    await trio.sleep(NAP)
    print("  left child: done")


async def right_child() -> None:
    """Do the same on the other side."""
    print("  right child: here I am")
    await trio.sleep(NAP)
    print("  right child: done")


async def parent() -> None:
    """Start both children and wait for them."""
    print("parent: opening a nursery")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(left_child)
        nursery.start_soon(right_child)
        print("parent: both are in the run queue, neither has run")
        # The block ends here, and the nursery waits for its children.
    print("parent: both children are done")


if __name__ == "__main__":
    trio.run(parent)

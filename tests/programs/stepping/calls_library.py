"""A task and a worker thread that call a library's function, written in Python."""

import textwrap

import trio


async def main() -> None:
    print(end=textwrap.dedent(" a"))  # @mark call
    print(end=await trio.to_thread.run_sync(textwrap.dedent, " b"))
    await trio.lowlevel.checkpoint()  # @mark after


if __name__ == "__main__":
    trio.run(main)

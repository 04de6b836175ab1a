"""Hands a function to the run's own entry queue and takes two more steps."""

import trio


async def main():
    trio.lowlevel.current_trio_token().run_sync_soon(print, "from the entry queue")
    await trio.lowlevel.checkpoint()
    await trio.lowlevel.checkpoint()


if __name__ == "__main__":
    trio.run(main)

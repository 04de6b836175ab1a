"""Takes the tool ids of sys.monitoring that stand on its command line."""

import sys

import trio


def take() -> None:
    for number in map(int, sys.argv[1:]):
        if sys.monitoring.get_tool(number) is None:
            sys.monitoring.use_tool_id(number, f"tool {number}")


def later() -> int:
    return 5


async def main() -> None:
    take()
    found = 1  # @mark taken
    await trio.sleep(0)  # @mark next
    print("end", found, later())


if __name__ == "__main__":
    trio.run(main)

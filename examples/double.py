"""The smallest Trio program: one async function, one task.

Run it with ``python examples/double.py``; it prints 6.

Under the debugger there is exactly one stop before the number appears: the first step of
the main task.  Nothing in `double` ever waits, so its first step is also its last.
"""

import trio


async def double(number: int) -> None:
    """Print twice the number."""
    print(2 * number)


if __name__ == "__main__":
    trio.run(double, 3)

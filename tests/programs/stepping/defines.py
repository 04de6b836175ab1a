"""Lines that define functions, and blank ones between them."""

import functools

import trio


@functools.lru_cache  # @mark decorator
def add(
    a,
    b=2,
):
    """Adds."""
    return a + b  # @mark adds


async def main():
    """The main task."""
    add(1)
    add(3)

    def inner():  # @mark inner
        return 1

    inner()


trio.run(main)

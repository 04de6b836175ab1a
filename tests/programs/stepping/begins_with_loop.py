"""A function that comes to its first line again and again, called three times."""

import trio


def begins(rounds: int) -> None:
    while rounds:  # @mark first
        rounds -= 1


async def main() -> None:
    for _ in range(3):
        begins(4)


if __name__ == "__main__":
    trio.run(main)

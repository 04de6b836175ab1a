"""Lambdas and one-line functions."""

import trio


async def body() -> int:
    square = lambda number: number * number  # noqa: E731  # @mark lambda
    def plus(number: int) -> int: return number + 1  # fmt: skip  # noqa: E704  # @mark one-line
    nine = square(3)  # @mark calls
    ten = plus(nine)  # @mark plus
    ordered = sorted([2, 1], key=lambda number: -number)  # @mark key
    return ten + ordered[0]  # @mark after


async def main() -> None:
    got = await body()  # @mark caller
    print(got)  # @mark done


if __name__ == "__main__":
    trio.run(main)

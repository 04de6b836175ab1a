"""Code run by `exec`, and a function that it makes."""

import trio

SOURCE = """\
first = 1
second = first + 1
def added(number):
    more = number + 1
    return more
"""


async def body() -> int:
    names: dict[str, object] = {}
    exec(SOURCE, names)  # @mark here
    more = names["added"](3)  # @mark calls
    return more + eval("1 + 1")  # @mark after


async def main() -> None:
    got = await body()  # @mark caller
    print(got)  # @mark done


if __name__ == "__main__":
    trio.run(main)

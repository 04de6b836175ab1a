"""Cancellation arrives at an await."""

import trio


async def cleaned() -> None:
    try:  # @mark try
        await trio.sleep_forever()  # @mark inside
        print("never")
    finally:
        print("cleaned")  # @mark finally


async def body() -> int:
    with trio.CancelScope() as scope:  # @mark scope
        scope.cancel()
        await cleaned()  # @mark here
        print("never")
    with trio.move_on_after(0.02):  # @mark timeout
        await trio.sleep_forever()  # @mark sleeps
        print("never")
    return 1  # @mark after


async def main() -> None:
    got = await body()  # @mark caller
    print(got)  # @mark done


if __name__ == "__main__":
    trio.run(main)

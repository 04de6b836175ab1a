"""A class made inside a coroutine."""

import trio


async def body() -> int:
    class Local:  # @mark class
        value = 7  # @mark value

        def method(self) -> int:  # @mark method
            return self.value  # @mark inside

    made = Local()  # @mark make
    return made.method()  # @mark after


async def main() -> None:
    got = await body()  # @mark caller
    print(got)  # @mark done


if __name__ == "__main__":
    trio.run(main)

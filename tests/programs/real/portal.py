"""A blocking portal of anyio's: Trio runs in a thread that the program never sees."""

import anyio
import anyio.from_thread


async def double(number):
    await anyio.sleep(0)
    if number == 3:
        raise ValueError("three")
    return number * 2


if __name__ == "__main__":
    with anyio.from_thread.start_blocking_portal("trio") as portal:
        print([portal.call(double, number) for number in (1, 2)])
        try:
            portal.call(double, 3)
        except ValueError as error:
            print(repr(error))
        later = portal.start_task_soon(double, 5)
        print(later.result())

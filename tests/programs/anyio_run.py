"""A program written for AnyIO that chooses Trio."""

import anyio


async def child(name):
    await anyio.sleep(0)  # @mark child
    print("child", name)


async def main(word):
    async with anyio.create_task_group() as group:  # @mark group
        group.start_soon(child, "a")
    return word


if __name__ == "__main__":
    print(anyio.run(main, "back", backend="trio"))

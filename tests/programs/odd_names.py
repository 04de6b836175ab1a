"""Tasks that have got names which are no texts, or texts that mind being looked at."""

import trio


class Touchy(str):
    __slots__ = ()

    def __hash__(self) -> int:
        raise RuntimeError("hashed")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("compared")

    def removeprefix(self, _prefix: str, /) -> str:
        raise RuntimeError("asked")


NAMES = (5, None, [], {}, object(), b"bytes", 1.5, ("a",), Touchy("touchy"))


async def child(name: object) -> None:
    trio.lowlevel.current_task().name = name  # type: ignore[assignment]
    for _ in range(4):
        await trio.lowlevel.checkpoint()
    x = name  # @mark later
    del x


async def main() -> None:
    async with trio.open_nursery() as nursery:
        for name in NAMES:
            nursery.start_soon(child, name)
        await trio.lowlevel.checkpoint()
        await trio.lowlevel.checkpoint()
        print()  # @mark named


if __name__ == "__main__":
    trio.run(main)

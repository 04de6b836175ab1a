"""Keeps exceptions, and shows later which frames they have been through."""

import traceback
from pathlib import Path

import trio


def make(text: str) -> ValueError:
    try:
        raise ValueError(text)
    except ValueError as error:
        return error


KEPT = make("kept")


def fails() -> None:
    raise KEPT


def apply(function, *arguments: object) -> object:
    return function(*arguments)


def show(error: BaseException | None, seen: set[int]) -> None:
    if error is None or id(error) in seen:
        return
    seen.add(id(error))
    frames = [
        f"{Path(entry.filename).name}:{entry.name}"
        for entry in traceback.extract_tb(error.__traceback__)
    ]
    print("has been through", *frames)
    for other in (error.__cause__, error.__context__, *getattr(error, "exceptions", ())):
        show(other, seen)


async def work() -> None:
    members = [make("one"), make("two")]
    group = ExceptionGroup("both", members)
    try:
        raise KeyError("handled")
    except KeyError as handled:
        await trio.sleep(0)  # @mark handling
        show(handled, set())
    for each in (*members, group, KEPT):
        show(each, set())


async def main() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(work)


if __name__ == "__main__":
    trio.run(main)

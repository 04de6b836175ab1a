"""Tasks with names none of whose methods may be called, by whoever is not the program."""

import trio
import trio.testing


def raises(method):
    def function(*_, **__):
        raise LookupError(f"{method} of a name was called")

    return function


PUBLIC = [each for each in vars(str) if callable(getattr(str, each))]
NEEDED = {"__new__", "__init__", "__init_subclass__", "__getattribute__", "__class__"}
Name = type("Name", (str,), {each: raises(each) for each in PUBLIC if each not in NEEDED})
Name.__getattribute__ = lambda _, each: raises(each)() if each != "__class__" else Name


async def child(event):
    await event.wait()
    woken = 1
    await trio.lowlevel.checkpoint()
    return woken


async def main():
    event = trio.Event()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(child, event, name=Name("odd"))
        nursery.start_soon(child, event, name=Name("odd"))
        await trio.testing.wait_all_tasks_blocked()
        breakpoint()
        event.set()
        nursery.start_soon(child, event, name=Name("odd"))
    print("all have ended")


trio.run(main)

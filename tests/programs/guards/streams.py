"""Does something to a standard stream, then asks for a stop."""

import os
import sys

import trio


class Odd:
    """A stream that nothing can be done with."""

    def __getattr__(self, name: str) -> object:
        raise RuntimeError(f"no {name}")


class Unflushable:
    """A stream that takes text and then ends the program, or tries to."""

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        raise SystemExit(3)


def close(name: str) -> None:
    getattr(sys, name).close()


def replace(name: str) -> None:
    setattr(sys, name, Odd())


def exit_at_flush(name: str) -> None:
    setattr(sys, name, Unflushable())


def delete(name: str) -> None:
    delattr(sys, name)


def drop(name: str) -> None:
    setattr(sys, name, None)


def close_descriptor(name: str) -> None:
    os.close(getattr(sys, name).fileno())


HOWS = {
    "close": close,
    "replace": replace,
    "drop": drop,
    "descriptor": close_descriptor,
    "exit": exit_at_flush,
    "delete": delete,
}
PUT_BACK = ("replace", "drop", "exit", "delete")


async def main() -> None:
    how, *names = sys.argv[1:]
    for name in names:
        HOWS[how](name)
    try:
        breakpoint()
    finally:  # the interpreter flushes them at its end
        for name in names:
            setattr(sys, name, getattr(sys, f"__{name}__") if how in PUT_BACK else None)


trio.run(main)

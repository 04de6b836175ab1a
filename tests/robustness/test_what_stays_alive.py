"""A failure that the program has handled is gone: its exception, frames and variables.

The programs say what lives after each failure, before and after Python's garbage collector ran,
and who refers to an exception while it is handled.  All of it must be what it is without us.
"""

from __future__ import annotations

import copy
import pickle
from collections.abc import Sequence
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from stepdbg.engine.failing.failures import Remembered
from tests.launcher.side_by_side import Outcome, plain, run

from .test_random_programs import REAL, beside

PROGRAM = ("what_stays_alive.py",)
LOOKS = ("asks_for_looks.py",)


def commands(*lines: str) -> tuple[str, ...]:
    """Options that carry out these lines."""
    return tuple(chain.from_iterable(("-c", line) for line in lines))


def at_each_stop(breakpoint_: str, *lines: str) -> tuple[str, ...]:
    """Options that carry out these lines at each stop of a breakpoint."""
    return commands(breakpoint_, "commands 1", *lines, "continue", "end", "continue")


READING = ("where", "locals", "exceptions", "p error", "pp name", "p nobody", "p 1 +", "1 / 0")
MORE = (*READING, "display kind", "display nobody", "frame 1", "p name", "raise KeyError(name)")
WAYS = {
    "a dump": ("--dump={tmp}/dump", *commands("continue")),
    "after the end": ("--pm", *commands("continue")),
    "stops at failures": ("--stop-on-failure", *commands(*["continue", *READING] * 24)),
    "a breakpoint at failures": at_each_stop("break task fails* on fail", *MORE),
    "a breakpoint at exceptions": at_each_stop("break exception", *MORE),
    "a breakpoint at exits": at_each_stop("break task * on exit", *READING, "task", "why"),
    "a breakpoint at a line": at_each_stop("break :fail", *MORE),
    "next": commands("break :fail", *["p kind", "next", "next", "next", "continue"] * 32),
    "steps": commands(*["step"] * 120),
}


@cache
def bare(program: tuple[str, ...]) -> Outcome:
    return run([*plain(), *program], cwd=REAL)


@pytest.mark.parametrize("way", WAYS)
def test_as_much_lives_as_without_us(way: str, tmp_path: Path) -> None:
    options = [word.format(tmp=tmp_path) for word in WAYS[way]]

    assert run([*beside(options), *PROGRAM], cwd=REAL) == bare(PROGRAM)


ANSWERS = b"where\nlocals\nexceptions\np name\np nobody\nexceptions 1.1\ncontinue\n" * 10


@pytest.mark.parametrize(
    "command",
    [plain(), plain("-m", "stepdbg", "--pm"), plain("-m", "stepdbg", "--dump=d", "-c", "continue")],
    ids=["by itself", "with --pm", "with --dump"],
)
def test_as_much_lives_after_looks_that_the_program_asks_for(
    command: Sequence[str], tmp_path: Path
) -> None:
    there = str(REAL / LOOKS[0])

    held = run([*command, there, "dump"], cwd=tmp_path, stdin=ANSWERS)

    told = bare(LOOKS).stderr.splitlines()
    assert [line for line in held.stderr.splitlines() if line in told] == told
    assert held.status == 0
    assert b"ValueError: outside" in held.stdout + held.stderr, "it was asked about"
    assert (tmp_path / "dump").exists()


TESTS = """
import gc, sys, weakref

import pytest
import trio

alive = weakref.WeakValueDictionary()


class Thing:
    pass


async def fails(name):
    thing = Thing()
    alive[name] = thing
    await trio.sleep(0)
    raise ValueError(name)


async def nursery_fails(name):
    async with trio.open_nursery() as nursery:
        nursery.start_soon(fails, name)
        nursery.start_soon(trio.sleep_forever)


def tell(name):
    before = sorted(alive)
    gc.collect()
    print("ALIVE", name, before, sorted(alive), file=sys.__stderr__)


def test_handles():
    async def main():
        with pytest.raises(ExceptionGroup):
            await nursery_fails("handled")
        tell("handled")

    trio.run(main)
    tell("after")


def test_fails():
    trio.run(nursery_fails, "failed")


def test_next():
    tell("next")


def test_fails_itself():
    trio.run(fails, "itself")


def test_last():
    tell("last")
"""


def test_as_much_lives_in_tests(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(TESTS)
    pytest_ = [*plain("-m", "pytest"), "-q", "-s", "-p", "no:cacheprovider"]

    def told(*options: str) -> list[bytes]:
        out = run([*pytest_, *options, "test_it.py"], cwd=tmp_path, stdin=ANSWERS, merged=True)
        return [
            line[line.index(b"ALIVE") :] for line in out.stdout.split(b"\n") if b"ALIVE" in line
        ]

    as_bare = told()
    assert len(as_bare) == 4
    assert told("--stepdbg", "--stepdbg-dump=dumps", "--stepdbg-timeout=50") == as_bare


class Own(Exception):
    pass


class Slotted(Exception):
    __slots__ = ()


@pytest.mark.parametrize("kind", [ValueError, OSError, KeyError, Own, Slotted])
def test_an_exception_is_known_again_and_no_other_in_its_place(kind: type[Exception]) -> None:
    places = set()
    for _ in range(100):
        error = kind("why")
        first, second = Remembered(error), Remembered(error)
        assert first.is_(error)
        assert second.is_(error)
        places.add(id(error))
        del error
        other = kind("why")
        places.add(id(other))
        assert not first.is_(other)
        assert not second.is_(other)

    assert len(places) < 150, "one came where another had been, else this shows nothing"


@pytest.mark.parametrize("kind", [ValueError, OSError, Own, Slotted])
def test_an_exception_that_was_noted_is_what_it_was(kind: type[Exception]) -> None:
    error = kind("why")
    error.add_note("a note")
    remembered = Remembered(error)
    error.more = 1  # type: ignore[attr-defined]

    for each in (error, copy.copy(error), copy.deepcopy(error), pickle.loads(pickle.dumps(error))):
        assert vars(each) == {"__notes__": ["a note"], "more": 1}
        assert (type(each), each.args) == (kind, ("why",))
    assert type(vars(pickle.loads(pickle.dumps(error)))) is dict
    assert b"stepdbg" not in pickle.dumps(vars(error))
    assert remembered.is_(error)

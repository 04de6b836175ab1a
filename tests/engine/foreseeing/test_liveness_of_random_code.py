"""Random generators: no variable that is read later is ever called dead."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from typing import Any

import pytest

from stepdbg.engine.foreseeing.liveness import is_dead

NAMES = "abcd"
PROGRAMS = 250
TURNS = 60


class Writer:
    """Writes the body of a random generator function.

    Each value is new, and no variable is copied to another one: so who uses a value has read it
    from the variable to which it was bound.
    """

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def block(self, depth: int, loops: int) -> list[str]:
        return [
            line for _ in range(self.chance.randint(1, 4)) for line in self.statement(depth, loops)
        ]

    def statement(self, depth: int, loops: int) -> list[str]:
        name = self.chance.choice(NAMES)
        simple = [
            f"{name} = new()",
            f"use({name})",
            f"{name} = new(); use({name})",
            f"use({name}, {self.chance.choice(NAMES)})",
            "yield",
            f"if chance() and chance(): del {name}",
            f"if ({name} := new()): use({name})",
            f"use([{name} for {name} in (new(), new())])",
            f"use([use({name}) for _ in (1, 2)])",
            "if chance(): raise Odd",
            "if chance() and chance(): return",
        ]
        if loops:
            simple += ["if chance(): break", "if chance(): continue"]
        if depth == 0 or self.chance.random() < 0.6:
            return [self.chance.choice(simple)]
        inner = self.indented(depth - 1, loops)
        other = self.indented(depth - 1, loops)
        turning = self.indented(depth - 1, loops + 1)
        return self.chance.choice(
            [
                ["if chance():", *inner, "else:", *other],
                ["while chance():", *turning],
                [f"for {name} in (new(), new()):", *turning],
                ["try:", *inner, "except Odd:", *other],
                ["try:", *inner, f"except Odd as {name}:", *other],
                ["try:", *inner, "finally:", " yield", *self.indented(depth - 1, 0)],
                ["with manager():", *inner],
                [f"with manager() as {name}:", *inner],
                ["match new():", f" case {name} if chance():", *[f" {each}" for each in inner]],
            ]
        )

    def indented(self, depth: int, loops: int) -> list[str]:
        return [f" {line}" for line in self.block(depth, loops)]

    def program(self) -> str:
        lines = [*self.block(4, 0), "yield", *self.block(4, 0)]
        return "\n ".join(["def program(a, b, c, d):", *lines])


class Odd(Exception):
    """Raised by a program, or thrown into it."""


class Manager:
    def __init__(self, value: object, swallows: bool) -> None:
        self.value, self.swallows = value, swallows

    def __enter__(self) -> object:
        return self.value

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> bool:
        return self.swallows and kind is not None and issubclass(kind, Odd)


def run(seed: int) -> Iterator[tuple[bool, bool]]:
    """Runs one, and tells of each variable at each yield: is it called dead, was it used later?"""
    chance = random.Random(seed)
    numbers = iter(range(1_000_000))
    used: list[object] = []

    def new() -> int:
        return 1 + next(numbers)

    def use(*values: object) -> int:
        used.extend(values)
        return new()

    space: dict[str, Any] = {
        "new": new,
        "use": use,
        "chance": lambda: chance.random() < 0.5,
        "manager": lambda: Manager(new(), chance.random() < 0.5),
        "Odd": Odd,
    }
    exec(Writer(chance).program(), space)
    generator = space["program"](new(), new(), new(), new())
    told: list[tuple[object, bool, int]] = []
    with contextlib.suppress(StopIteration, Odd, NameError):
        for turn in range(TURNS):
            if turn and chance.random() < 0.2:
                generator.throw(Odd)
            else:
                next(generator)
            frame = generator.gi_frame
            for name, value in dict(frame.f_locals).items():
                dead = is_dead(frame.f_code, frame.f_lasti, name)
                told.append((value, dead, len(used)))
    for value, dead, since in told:
        yield dead, value in used[since:]


@pytest.mark.filterwarnings("ignore:.* in a 'finally' block:SyntaxWarning")  # since 3.14
def test_no_variable_that_is_read_later_is_called_dead() -> None:
    found = [each for seed in range(PROGRAMS) for each in run(seed)]
    assert found.count((True, True)) == 0
    assert found.count((True, False)) > 300, "some are called dead"
    assert found.count((False, True)) > 300, "some are read later"

"""Schedules made up, for tests of what is done with one."""

from __future__ import annotations

import random

from stepdbg.model.facts import LogicalId
from stepdbg.model.schedules import (
    After,
    Base,
    Header,
    Logged,
    Moment,
    Schedule,
    Substitution,
    TurnWriter,
)

HEADER = Header("3.13.0", "0.35.0", "0.1.0")


def any_id(rng: random.Random) -> LogicalId:
    path = tuple(rng.randrange(300) for _ in range(rng.randrange(4)))
    return LogicalId(rng.choice(("main", "loop", "system")), path)


def any_moment(rng: random.Random) -> Moment:
    return Moment(any_id(rng), rng.randrange(1, 10**6), rng.random() < 0.3)


def any_log(rng: random.Random) -> Logged:
    table = tuple({any_id(rng): None for _ in range(rng.randrange(1, 8))})
    turns = TurnWriter()
    time = 0
    for _ in range(rng.choice((0, 3, 300))):
        place = rng.randrange(len(table))
        match rng.randrange(8):
            case 0:
                turns.deadline(place, rng.choice((None, 0, 3)), within=rng.random() < 0.3)
            case 1:
                time += rng.randrange(10**4)
                turns.time(time)
            case 2:
                turns.look(rng.randrange(1, 300))
            case 3:
                for _ in range(rng.randrange(5)):
                    turns.step(place)
            case _:
                turns.step(place)
    return Logged(table, turns.written(), turns.steps)


def any_schedule(rng: random.Random) -> Schedule:
    files = tuple((f"folder/ü{index}.py", rng.getrandbits(32)) for index in range(rng.randrange(3)))
    header = Header(
        "3.13.0",
        "0.35.0",
        "0.1.0",
        files,
        rng.choice(("system", "own")),
        rng.choice((None, 0, 7, 2**60)),
        rng.choice(("unset", "0", "random")),
        rng.randrange(1, 5),
        rng.random() < 0.5,
    )
    facts = tuple(
        After(any_moment(rng), any_moment(rng))
        if rng.random() < 0.5
        else Substitution(any_moment(rng), any_id(rng))
        for _ in range(rng.randrange(4))
    )
    return Schedule(header, rng.choice(list(Base)), facts, any_log(rng))

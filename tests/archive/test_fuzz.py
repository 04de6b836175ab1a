"""Mutated dumps: only clean errors, whatever happened to the file."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from stepdbg.archive.codec import known_types
from stepdbg.archive.writing import write_dump
from stepdbg.model.errors import StepdbgError
from stepdbg.model.hints import fields_of
from stepdbg.render.spans import plain
from stepdbg.render.text import render_reply
from tests.archive.dumps import Dumped
from tests.commands.fakes import FakeController, FakeInspector, stop
from tests.render.pictures import RAISED

NO_COUNTS: tuple[object, ...] = (
    *("nan", "inf", "-inf", -1e308, 59.99),
    *(10**30, -(10**30), 2**62, 10**4_000),
)
"""Numbers that JSON or a dump can say and that nobody has counted."""

LOOKS = (
    *("tasks -a", "tree -a", "queue -a", "timers", "where -a", "locals", "why -a", "list"),
    *("exceptions", "exc 1", "exc 1.1.1", "where", "up", "locals", "list", "exc"),
)


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("fuzz") / "a.dump"
    controller = FakeController()
    controller.raised = RAISED
    write_dump(FakeInspector(controller), path, stop=stop())
    assert "all is lost" in Dumped(path).text("exceptions")
    return path.read_bytes()


def opens(path: Path, content: bytes) -> bool:
    """Whether a file is read as a dump and can be looked at; else its error must be clean."""
    path.write_bytes(content)
    try:
        dumped = Dumped(path)
    except StepdbgError as error:
        sentence = str(error)
    else:
        sentence = ""
    assert "\n" not in sentence
    if sentence:
        return False
    assert plain(render_reply(dumped.shown, 80))
    for line in LOOKS:
        assert "bug in stepdbg" not in dumped.text(line)
    return True


@pytest.mark.parametrize("seed", range(8))
def test_flipped_bits(content: bytes, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(40):
        mutated = bytearray(content)
        for _ in range(chance.choice((1, 1, 3, 20))):
            mutated[chance.randrange(len(mutated))] ^= 1 << chance.randrange(8)
        opens(tmp_path / "a", bytes(mutated))


def test_truncated_anywhere(content: bytes, tmp_path: Path) -> None:
    assert len(content) > 150
    for length in range(0, len(content), max(1, len(content) // 150)):
        assert not opens(tmp_path / "a", content[:length])


@pytest.mark.parametrize("seed", range(8))
def test_flipped_bits_of_the_text(content: bytes, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    text = gzip.decompress(content)
    for _ in range(40):
        mutated = bytearray(text)
        mutated[chance.randrange(len(mutated))] ^= 1 << chance.randrange(8)
        opens(tmp_path / "a", gzip.compress(bytes(mutated), 1))


ODD: tuple[object, ...] = (
    None,
    True,
    -1,
    0,
    3,
    10**6,
    10**30,
    1.5,
    "",
    "inf",
    "blocked",
    "x\x1b[2J",
    [],
    [0],
    {},
    "\ud800",
)


def spots(value: object, path: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    """Where in a JSON value other values are."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield (*path, key)
            yield from spots(value[key], (*path, key))


@pytest.mark.parametrize("seed", range(12))
def test_changed_and_deleted_values(content: bytes, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    text = gzip.decompress(content)
    everywhere = list(spots(json.loads(text)))
    opened = 0
    for _ in range(60):
        document = json.loads(text)
        *way, last = chance.choice(everywhere)
        holder = document
        for key in way:
            holder = holder[key]
        if chance.random() < 0.2:
            del holder[last]
        else:
            holder[last] = chance.choice(ODD)
        opened += opens(tmp_path / "a", gzip.compress(json.dumps(document).encode(), 1))
    assert opened < 60  # the reader does refuse


def test_odd_numbers_in_every_field_that_holds_one(content: bytes, tmp_path: Path) -> None:
    document = json.loads(gzip.decompress(content))
    shown: dict[object, int] = dict.fromkeys(NO_COUNTS, 0)
    for kind, shape in enumerate(document["types"]):
        rows = [row for row in document["objects"] if row[0] == kind]
        for place, (_, hint) in enumerate(fields_of(known_types()[shape["name"]]), start=1):
            if not {int, float}.intersection(hint):
                continue
            row, number = rows[-1], rows[-1][place]
            for odd in NO_COUNTS:
                row[place] = odd
                mutated = gzip.compress(json.dumps(document).encode(), 1)
                shown[odd] += opens(tmp_path / "a", mutated)
            row[place] = number
    # Times may be endless or unknown; what counts something may be neither, nor as big.
    assert shown["nan"] > 3
    assert shown["inf"] == shown[10**30] > 3
    assert shown[10**4_000] == 0


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", 1e9])
def test_an_odd_time_is_shown_as_such(content: bytes, tmp_path: Path, number: object) -> None:
    document = json.loads(gzip.decompress(content))
    for kind, name in (("TimerSnapshot", "left"), ("ScopeSnapshot", "deadline")):
        number_of = [each["name"] for each in document["types"]].index(kind)
        place = document["types"][number_of]["fields"].index(name) + 1
        for row in document["objects"]:
            if row[0] == number_of:
                row[place] = number
    path = tmp_path / "a"
    path.write_bytes(gzip.compress(json.dumps(document).encode(), 1))
    words = {"nan": "nan s", "inf": "never", "-inf": "overdue", 1e9: "11574 days"}
    dumped = Dumped(path)
    assert words[number] in dumped.text("timers")
    assert words[number] in dumped.text("tree -a")

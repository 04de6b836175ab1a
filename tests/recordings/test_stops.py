"""Stacks and values in a recording: those of stops."""

from __future__ import annotations

import json
import random
import re
import zlib
from pathlib import Path

import pytest

from stepdbg.archive.codec import Damaged
from stepdbg.archive.recordings import stop_pictures
from stepdbg.archive.recordings.keeping import RecordingFile
from stepdbg.archive.recordings.reading import read
from stepdbg.archive.recordings.viewing import RecordingController
from stepdbg.model.errors import StepdbgError
from stepdbg.model.recording import ShapeKind
from tests.debuggee import HERE
from tests.frontends import children
from tests.recordings.recorded import PROGRAM, looked, record

STOPS = HERE / "programs" / "kept_stops.py"
VERSION_1 = HERE / "recordings" / "frozen" / "version-1.rec"
ROUNDS = 100


def line_of(mark: str) -> int:
    lines = STOPS.read_text(encoding="utf-8").splitlines()
    return next(i for i, line in enumerate(lines, 1) if line.endswith(f"# @{mark}"))


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of a run that stops at a breakpoint and at the next line."""
    path = tmp_path_factory.mktemp("stops") / "run.rec"
    commands = (f"break {STOPS}:{line_of('count')}", "continue", "next", "continue")
    record(path, "--seed", "3", STOPS, commands=commands)
    return path


def steps_with_values(path: Path) -> list[str]:
    said = RecordingController(str(path)).extent()
    listed = re.search(r"there are values at ((?:`at \d+`(?:, )?)+)$", said)
    assert listed, said
    return re.findall(r"at (\d+)", listed[1])


def test_the_values_of_a_stop_and_of_a_failure_that_nothing_has_stopped_at(stopped: Path) -> None:
    breakpoint_, failure = steps_with_values(stopped)
    told = looked(
        stopped,
        f"at {breakpoint_}",
        "where",
        "locals",
        "p what",
        "p basket.size",
        "p count + 1",
        "list",
        "where main",
        "exceptions",
        f"at {failure}",
        "where",
        "p number",
        "exceptions",
    )
    at, where, variables, what, size, more, source, main, none, later, failed, number, tree = told
    second = line_of("count") + 1
    said = " ".join(at.split())
    assert f"the last of 2 stops in this step (next at kept_stops.py:{second})" in said
    assert re.search(rf"->  0  buy .*kept_stops\.py:{second}$", where, re.MULTILINE)
    assert [line.split() for line in variables.splitlines()[:2]] == [
        ["what", "=", "'tea'"],
        ["password", "=", "***"],
    ]
    assert "count    = 3" in variables
    assert what == "'tea'"
    assert size == "3"
    assert "holds no objects, so no code can run in it" in " ".join(more.split())
    assert re.search(rf"{second} +-> +count \+= len\(password\)", source)
    assert "async with trio.open_nursery()" in main
    assert none == "error: nothing had failed at this stop"
    assert f"(failure at kept_stops.py:{line_of('fail')})" in " ".join(later.split())
    assert "raise ValueError(number)" in failed
    assert number == "7"
    assert "ValueError: 7" in tree
    assert b"hunter2" not in stopped.read_bytes()
    pictures = read(str(stopped)).events.pictures.values()
    assert len(pictures) == 3
    assert not any(b"hunter2" in zlib.decompress(each) for each in pictures)


def test_a_step_without_a_stop_names_the_nearest(stopped: Path) -> None:
    breakpoint_, failure = map(int, steps_with_values(stopped))
    lines = [
        line
        for step in (breakpoint_ - 1, breakpoint_ + 1, failure + 1)
        for line in (f"at {step}", "where", "p x")
    ]
    told = looked(stopped, *lines, "exceptions", "exc 1")
    found = [re.findall(r"`at (\d+)` is the nearest stop", told[i]) for i in (1, 2, 4, 5, 7, 8)]
    assert found == [[str(breakpoint_)]] * 4 + [[str(failure)]] * 2
    assert told[-1] == told[-2] == told[7]


def test_a_process_that_dies_at_a_stop(tmp_path: Path) -> None:
    path = tmp_path / "run.rec"
    commands = (f"break {STOPS}:{line_of('count')}", "continue", "!import os; os._exit(0)")
    record(path, STOPS, commands=commands)
    (step,) = steps_with_values(path)
    at, value = looked(path, f"at {step}", "p what")
    assert f"stopped in this step (breakpoint at kept_stops.py:{line_of('count')})" in " ".join(
        at.split()
    )
    assert value == "'tea'"
    # What is not whole was being written when the process died.
    content = bytearray(path.read_bytes())
    data = read(str(path)).events.pictures.popitem()[1]
    place = content.index(data)
    content[place + len(data) - 1] ^= 1
    path.write_bytes(content)
    (value,) = looked(path, "p what")
    assert value.startswith("error: the stacks and values of this stop were not kept: there were")


def test_a_file_of_version_1_opens() -> None:
    assert read(str(VERSION_1)).events.pictures == {}
    at, where = looked(VERSION_1, "at 3", "where")
    assert "step 2 of holder (3)" in at
    assert "this run was never stopped" in " ".join(where.split())


def test_pictures_have_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures of stops are kept until they are as many as a file may hold."""
    from stepdbg.archive.recordings import keeping

    monkeypatch.setattr(keeping, "MOST_PICTURES", 150)
    monkeypatch.setattr(stop_pictures, "take", lambda *_: bytes(range(100)))
    told: list[str] = []
    path = tmp_path / "run.rec"
    file = RecordingFile("--record-to", str(path), told.append)
    file.begin()
    for _ in range(4):
        file.stop(file.pack(0.0, 0.0, 1, 1, 1), None, None)  # type: ignore[arg-type]  # not looked at
    assert len(told) == 1
    assert "keeps no more values" in told[0]
    assert path.read_bytes().count(bytes(range(100))) == 2


FAULTY = """
from stepdbg.archive.recordings import stop_pictures
from stepdbg.cli import main

stop_pictures._packed = lambda _: 1 / 0
main([{words}])
"""


def test_a_fault_of_ours_costs_only_the_values(tmp_path: Path) -> None:
    path = tmp_path / "run.rec"
    given = [f"break {STOPS}:{line_of('count')}", "continue", "p 'at the stop'", "continue"]
    words = ["--record-to", path, *(word for line in given for word in ("-c", line)), STOPS]
    done = children.run("-c", FAULTY.format(words=", ".join(repr(str(each)) for each in words)))
    told = done.stderr.decode()
    assert "a bug in stepdbg, not in your program, while keeping a stop" in told
    assert "'at the stop'" in told
    assert done.returncode == 0
    kept = read(str(path))
    assert kept.events.pictures == {}
    assert ShapeKind.STOPPED in kept.kinds


def test_mutations_of_a_picture(stopped: Path) -> None:
    chosen = random.Random(5)
    *_, data = read(str(stopped)).events.pictures.values()
    text = zlib.decompress(data)
    assert json.loads(text)
    good = 0
    for _ in range(ROUNDS):
        changed = bytearray(text)
        for _ in range(chosen.choice((1, 2, 8))):
            place = chosen.randrange(len(changed))
            changed[place : place + chosen.randrange(3)] = chosen.choice((b"0", b"[", b"1", b'"'))
        try:
            stop_pictures.unpack(zlib.compress(changed))
        except Damaged:
            continue
        good += 1
    assert 0 < good < ROUNDS
    with pytest.raises(Damaged):
        stop_pictures.unpack(data[:-3])
    with pytest.raises(Damaged):
        stop_pictures.unpack(zlib.compress(bytes(20_000_000)))


def test_an_event_in_which_nothing_stopped_has_no_picture(tmp_path: Path, stopped: Path) -> None:
    content = stopped.read_bytes()
    with_end_missing = tmp_path / "cut.rec"
    for end in (1, 4, 300):
        with_end_missing.write_bytes(content[:-end])
        with pytest.raises(StepdbgError, match="damaged recording"):
            read(str(with_end_missing))
    record(with_end_missing, PROGRAM)
    assert read(str(with_end_missing)).events.pictures == {}

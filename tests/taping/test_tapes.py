"""Tapes as values, and results of threads as bytes."""

from __future__ import annotations

import pickle
import subprocess
import sys
from binascii import b2a_base64, crc32
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

import pytest
from outcome import Error, Value

from stepdbg.engine.taping import packing
from stepdbg.model import tape as tapes
from stepdbg.model.errors import BadUsage
from stepdbg.model.standard import zlib
from stepdbg.model.tape import Contents, Tape, ThreadResult
from stepdbg.model.taped import Taped


def text_of(data: bytes) -> str:
    body = b2a_base64(zlib.compress(data), newline=False).decode()
    return f"{tapes.PREFIX}1:{body}:{crc32(body.encode()):08x}"


def test_a_text_says_what_it_was_made_of() -> None:
    contents = Contents(
        [("time.time", 1.5), ("recv", 11, "busy"), ("accept", (2, 1, 0, ("::1", 80, 0, 0)))],
        [ThreadResult(4, 0, b"x"), ThreadResult(4, 1, None)],
        {3, 7},
    )
    assert tapes.contents_of(tapes.text_of(contents)) == contents


class Evil:
    def __reduce__(self) -> Any:
        return subprocess.getoutput, ("touch /evil",)


@pytest.mark.parametrize(
    "made_up",
    [
        pickle.dumps((([("x", Evil())]), [], [])),
        pickle.dumps(([("x",)], [], [])),
        pickle.dumps(([], [(1,)], [])),
        pickle.dumps(7),
        b"",
        b"nonsense",
    ],
)
def test_a_text_from_anybody_calls_nothing(made_up: bytes) -> None:
    with pytest.raises(BadUsage, match="cannot be read"):
        tapes.contents_of(text_of(made_up))


@dataclass
class Point:
    x: int
    y: object = None


class Pair(NamedTuple):
    one: int
    other: int


class Colour(Enum):
    RED = 1


class Stateful:
    def __getstate__(self) -> Any:
        raise AssertionError("code of the program ran")


class Reducing:
    def __reduce__(self) -> Any:
        raise AssertionError("code of the program ran")


@pytest.mark.parametrize("value", [Point(1, [Point(2)]), Pair(1, 2), {"a": (1.5, b"x", None)}])
def test_values_come_back(value: object) -> None:
    packed = packing.pack(Value(value))
    assert packed is not None
    assert packing.unpack(packed) == Value(value)


def test_errors_come_back() -> None:
    packed = packing.pack(Error(KeyError("four", 4)))
    assert packed is not None
    found = packing.unpack(packed)
    assert isinstance(found, Error)
    assert repr(found.error) == "KeyError('four', 4)"


@pytest.mark.parametrize("value", [Stateful(), Reducing(), [Stateful()], print, sys, Evil()])
def test_what_is_no_plain_value_is_not_kept_and_runs_no_code(value: object) -> None:
    assert packing.pack(Value(value)) is None


def test_no_result_is_made_by_a_call() -> None:
    assert packing.unpack(pickle.dumps((True, Evil()))) is None


def test_another_question_ends_the_tape() -> None:
    told: list[str] = []
    tape = Tape(Contents([("time.time", 1.0), ("os.urandom", b"x")], [], set()))
    tape.says = told.append
    assert tape.of("time.time", lambda: 2.0) == 1.0
    assert tape.of("time.time", lambda: 2.0) == 2.0
    assert told == ["the program asks for `time.time`, and the tape has `os.urandom` there"]
    assert not tape.here()


def test_a_tape_is_full_at_100_mb(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(tapes, "MOST_BYTES", 2_000_000)
    tape = Tape()
    tape.says = told.append
    while tape.here():
        tape.of("recv", lambda: b"x" * 1_000_000)
    assert told == ["it is full: it keeps 2 MB"]
    assert len(tape.entries) == 1


def test_an_error_of_the_system_is_raised_again() -> None:
    def fails() -> None:
        raise BlockingIOError(11, "busy")

    tape = Tape()
    with pytest.raises(BlockingIOError):
        tape.of("recv", fails)
    again = Tape(Contents(tape.entries, [], set()))
    with pytest.raises(BlockingIOError, match="busy"):
        again.of("recv", lambda: b"")


def test_what_stands_for_a_function_is_like_it() -> None:
    taped = Taped(Tape(), "math.sqrt", pow)
    assert repr(taped) == repr(pow)
    assert vars(taped)["__name__"] == "pow"
    assert taped.__doc__ == pow.__doc__
    assert not hasattr(taped, "__get__")


def test_at_a_stop_input_is_the_users() -> None:
    tape = Tape()
    tape.held = lambda: True
    assert not tape.here()

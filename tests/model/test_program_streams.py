"""The program's streams, whatever they are."""

from __future__ import annotations

import io
import os
import resource
import signal
import sys
from collections.abc import Callable

import pytest

from stepdbg.model import (
    program_streams,
    signalled,  # noqa: F401 - as the engine does
)


class Raises(io.StringIO):
    """A stream that cannot be flushed."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self._error = error

    def flush(self) -> None:
        raise self._error


class Counts(io.StringIO):
    """A stream that counts how often it is flushed."""

    flushed = 0

    def flush(self) -> None:
        self.flushed += 1


class Wordless:
    """An object without a method."""


class Group(BaseExceptionGroup[BaseException]):
    """Raised by streams of the oddest kind."""


def closed() -> io.StringIO:
    stream = io.StringIO()
    stream.close()
    return stream


ODD: list[Callable[[], object]] = [
    closed,
    lambda: None,
    Wordless,
    lambda: Raises(OSError("full")),
    lambda: Raises(ValueError("closed")),
    lambda: Raises(RuntimeError("reentrant call")),
    lambda: Raises(SystemExit(3)),
    lambda: Raises(KeyboardInterrupt()),
    lambda: Raises(GeneratorExit()),
    lambda: Raises(Group("several", [ValueError()])),
]


@pytest.mark.parametrize("name", ["stdout", "stderr", "__stdout__", "__stderr__"])
@pytest.mark.parametrize("make", ODD)
def test_an_odd_stream_is_no_obstacle(
    make: Callable[[], object], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = {each: Counts() for each in ("stdout", "stderr", "__stdout__", "__stderr__")}
    for each, stream in others.items():
        monkeypatch.setattr(sys, each, stream)
    monkeypatch.setattr(sys, name, make())
    program_streams.flush()
    del others[name]
    assert [stream.flushed for stream in others.values()] == [1, 1, 1]


@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_a_deleted_stream_is_no_obstacle(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Counts()
    monkeypatch.setattr(sys, "stdout" if name == "stderr" else "stderr", other)
    monkeypatch.delattr(sys, name)
    program_streams.flush()
    assert other.flushed == 1


class Alarming(io.StringIO):
    """A stream during whose flush a signal comes."""

    def flush(self) -> None:
        signal.raise_signal(signal.SIGUSR1)


class TimeIsUpError(Exception):
    """What the handler of a test raises."""


@pytest.mark.parametrize("error", [TimeIsUpError(), SystemExit(7), KeyboardInterrupt()])
def test_what_a_signal_handler_raises_is_the_programs(
    error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    def handle(*_: object) -> None:
        raise error

    other = Counts()
    monkeypatch.setattr(sys, "stdout", Alarming())
    monkeypatch.setattr(sys, "stderr", other)
    before = signal.signal(signal.SIGUSR1, handle)
    try:
        with pytest.raises(type(error)):
            program_streams.flush()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert other.flushed == 1


@pytest.mark.parametrize("make", ODD)
def test_nobody_listens(make: Callable[[], object]) -> None:
    assert program_streams.write(make(), "text") is False  # type: ignore[arg-type]


def test_somebody_listens() -> None:
    stream = Counts()
    assert program_streams.write(stream, "text") is True
    assert (stream.getvalue(), stream.flushed) == ("text", 1)


@pytest.mark.skipif(sys.platform == "win32", reason="no RLIMIT_NOFILE")
def test_a_copy_where_few_descriptors_are_allowed() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (90, hard))
    try:
        low = program_streams.lift(2)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    high = program_streams.lift(2)
    try:
        assert low < 90
        assert high >= 100
        assert not os.get_inheritable(low)
        assert not os.get_inheritable(high)
        assert os.path.sameopenfile(low, 2)
        assert os.path.sameopenfile(high, 2)
    finally:
        os.close(low)
        os.close(high)


def test_a_copy_of_nothing() -> None:
    unused = os.dup(2)
    os.close(unused)
    with pytest.raises(OSError, match="Bad file descriptor"):
        program_streams.lift(unused)

"""A SIGINT that came at a stop and is handed on at its end is the key that it was."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType

import pytest

from stepdbg.engine.process import sigint
from stepdbg.model import interrupts

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no such signals")


@pytest.fixture
def told() -> Iterator[list[bool]]:
    """Whether each SIGINT that comes is taken for the program's own."""
    found: list[bool] = []

    def handle(signum: int, frame: FrameType | None) -> None:
        found.append(sigint.is_programs_own(frame))

    before = signal.signal(signal.SIGINT, handle)
    yield found
    signal.signal(signal.SIGINT, before)


def _kept_at_a_stop() -> None:
    with interrupts.taken_at_stop():
        os.kill(os.getpid(), signal.SIGINT)
    interrupts.deliver()


def _sent() -> None:
    os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize(("comes", "is_own"), [(_kept_at_a_stop, False), (_sent, True)])
def test_whose_it_is(comes: Callable[[], None], is_own: bool, told: list[bool]) -> None:
    comes()
    assert told == [is_own]

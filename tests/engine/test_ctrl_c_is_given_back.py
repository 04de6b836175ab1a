"""A Ctrl-C that comes while its handler changes hands is lost nowhere."""

from __future__ import annotations

import signal
import sys
from types import FrameType
from unittest import mock

import pytest

from stepdbg.engine.noticing.ctrl_c import CtrlC
from stepdbg.model import interrupts

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no such signals")

WATCHED = {CtrlC._give_place_back.__code__, interrupts.replace_handler.__code__}
MOST = 100
"""More than there are lines in `WATCHED`."""


class KeyAtLine:
    """Presses Ctrl-C when the given number of lines has run."""

    def __init__(self, number: int) -> None:
        self.left, self.pressed = number, False

    def __call__(self, frame: FrameType, event: str, _arg: object) -> KeyAtLine | None:
        if frame.f_code not in WATCHED:
            return None
        if event == "line":
            self.left -= 1
            if self.left == 0:
                self.pressed = True
                signal.raise_signal(signal.SIGINT)
        return self


def handler_of_run_in_thread() -> CtrlC:
    """The handler of a run on another thread, the only one."""
    run = mock.Mock(
        **{"session.runs.active.return_value": [], "session.out.has_reported_quit": False}
    )
    ours = CtrlC(run)
    ours._elsewhere = True
    return ours


def key_given_back_at(line: int) -> bool:
    """Whether there is such a line; fails where the key that comes at it is lost."""
    ours = handler_of_run_in_thread()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    traced, key = sys.gettrace(), KeyAtLine(line)
    try:
        ours.take_place()
        assert signal.getsignal(signal.SIGINT) == ours._handle
        ours._over = True
        sys.settrace(key)
        try:
            ours._give_place_back()
        except KeyboardInterrupt:
            return True
        finally:
            sys.settrace(traced)
        assert not key.pressed, f"lost at line {line}"
        assert signal.getsignal(signal.SIGINT) == signal.default_int_handler
        return False
    finally:
        signal.signal(signal.SIGINT, before)


def test_the_key_is_lost_at_no_line() -> None:
    found = next(line for line in range(1, MOST) if not key_given_back_at(line))
    assert found > len(WATCHED)


def test_what_gives_it_back_breaks_into_the_handler() -> None:
    """The handler has begun when the place is given back."""
    ours = handler_of_run_in_thread()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        ours.take_place()
        ours._give_place_back()
        ours._over = True
        with pytest.raises(KeyboardInterrupt):
            ours._handle(signal.SIGINT, None)
    finally:
        signal.signal(signal.SIGINT, before)

"""The program's alarm is put aside and back, whatever a signal handler raises in between."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType

import pytest

from stepdbg.engine.process import alarm
from stepdbg.engine.stopping.still import Still
from stepdbg.model import standard

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no alarms")

REAL = signal.ITIMER_REAL


class TooLate(Exception):
    """What the program's handlers raise."""


def too_late(signum: int, frame: FrameType | None) -> None:
    raise TooLate


@pytest.fixture(autouse=True)
def handler() -> Iterator[None]:
    """Handlers that raise, and no alarm before and after."""
    before = {each: signal.signal(each, too_late) for each in (signal.SIGALRM, signal.SIGUSR1)}
    signal.setitimer(REAL, 0)
    yield
    signal.setitimer(REAL, 0)
    for each, handler in before.items():
        signal.signal(each, handler)


def is_aside() -> bool:
    return signal.getitimer(REAL)[0] > 1e7


def interrupt_after(
    name: str, monkeypatch: pytest.MonkeyPatch, signum: int, times: int = 1
) -> None:
    """Let a signal come in the very moment in which a function of ours in C is over."""
    function = getattr(standard.signal, name)
    left = [times]

    def interrupted(*arguments: float) -> object:
        result = function(*arguments)
        if left[0]:
            left[0] -= 1
            signal.raise_signal(signum)
        return result

    monkeypatch.setattr(standard.signal, name, interrupted)


@pytest.mark.parametrize("name", ["getitimer", "setitimer"])
@pytest.mark.parametrize("signum", [signal.SIGALRM, signal.SIGUSR1])
def test_a_handler_that_raises_while_it_is_put_aside(
    name: str, signum: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    signal.setitimer(REAL, 50, 60)
    with monkeypatch.context() as patches:
        interrupt_after(name, patches, signum)
        with pytest.raises(TooLate), Still(None):
            pytest.fail("the block is not entered")
    left, interval = signal.getitimer(REAL)
    assert 0 < left <= 50
    assert interval == 60
    with Still(None):  # as ever
        assert is_aside()
    assert 0 < signal.getitimer(REAL)[0] <= 50


def test_one_that_goes_off_while_it_is_put_aside_comes_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signal.setitimer(REAL, 50, 60)
    set_timer = standard.signal.setitimer

    def goes_off(which: int, seconds: float, interval: float = 0) -> object:
        if seconds < 1e7:
            return set_timer(which, seconds, interval)
        set_timer(which, 1e-6, 60)
        while True:  # its handler raises; `pause` might begin just after the signal
            pass

    with monkeypatch.context() as patches:
        patches.setattr(standard.signal, "getitimer", lambda _: (1e-6, 60.0))
        patches.setattr(standard.signal, "setitimer", goes_off)
        with pytest.raises(TooLate), Still(None):
            pytest.fail("the block is not entered")
    left, interval = signal.getitimer(REAL)
    assert 50 < left <= 60
    assert interval == 60


def test_a_handler_that_raises_while_it_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    signal.setitimer(REAL, 50, 60)
    still = Still(None)
    still.__enter__()
    with monkeypatch.context() as patches:
        interrupt_after("setitimer", patches, signal.SIGUSR1)
        with pytest.raises(TooLate):
            still.__exit__()
    assert 49 < signal.getitimer(REAL)[0] <= 50
    with Still(None):
        assert is_aside()
    assert 49 < signal.getitimer(REAL)[0] <= 50


def test_it_stands_as_long_as_anybody_holds_time_still() -> None:
    signal.setitimer(REAL, 50)
    of_thread = Still(None)
    with Still(None):
        thread = threading.Thread(target=of_thread.__enter__)
        thread.start()
        thread.join()
    assert is_aside(), "the thread holds it"
    alarm.put_back(object())
    assert is_aside(), "that was none of the holders"
    of_thread.__exit__()
    assert 49 < signal.getitimer(REAL)[0] <= 50


def test_one_that_somebody_sets_meanwhile_stays_as_it_was_set() -> None:
    signal.setitimer(REAL, 50)
    with Still(None):
        signal.setitimer(REAL, 30, 7)
    left, interval = signal.getitimer(REAL)
    assert 29 < left <= 30
    assert interval == 7
    with Still(None):
        signal.setitimer(REAL, 0)
    assert signal.getitimer(REAL) == (0.0, 0.0)


def test_none_is_lost_that_is_due_the_next_moment() -> None:
    """The kernel says of one with less than a microsecond left that nothing is left."""
    lost = 0
    for number in range(1500):
        went_off = threading.Event()
        signal.signal(signal.SIGALRM, lambda *_: went_off.set())  # noqa: B023 - it is over then
        signal.setitimer(REAL, 20e-6 + number % 97 * 1e-6)
        while signal.getitimer(REAL)[0]:
            with Still(None):
                pass
        went_off.wait(0 if went_off.is_set() else 0.2)
        lost += not went_off.is_set()
    assert lost == 0

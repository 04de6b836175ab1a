"""Program time stands still at a stop, and runs as ever between stops.

Nobody waits here: the machine's clock is put forward instead.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import trio
import trio.testing

from stepdbg.engine.process import clock
from stepdbg.model.replies import Timers
from tests.harness import debugging

Forward = Callable[[float], None]


@pytest.fixture
def forward(monkeypatch: pytest.MonkeyPatch) -> Forward:
    """Puts the machine's clock forward by so many seconds."""
    ahead = [0.0]
    monkeypatch.setattr(clock, "perf_counter", lambda: time.perf_counter() + ahead[0])

    def put_forward(seconds: float) -> None:
        ahead[0] += seconds

    return put_forward


def let_sleep_take(times: float, forward: Forward, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program's sleeps put the clock forward by `times` their length."""

    async def sleep(seconds: float) -> None:
        forward(seconds * times)
        await trio.lowlevel.checkpoint()

    monkeypatch.setattr(trio, "sleep", sleep)


def test_a_time_limit_survives_a_long_stop(
    forward: Forward, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    let_sleep_take(1, forward, monkeypatch)
    with debugging("timeout") as dbg:
        dbg.go("step", task="main", step=2, line_mark="inside")
        began = dbg.call(dbg.inspector.run).time
        forward(1000)
        assert dbg.call(dbg.inspector.run).time == began
        assert dbg.call(trio.current_time) == dbg.call(trio.current_time)
        (timer,) = dbg.reply("timers", Timers).timers
        assert 1 < timer.left <= 2
        stop = dbg.go("step", step=3)
        assert 1 <= stop.time - began < 2
        forward(1000)
        dbg.resume("continue")
        dbg.expect_end()
    assert capsys.readouterr().out == "in time\n"


def test_time_that_passes_between_stops_counts(
    forward: Forward, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    let_sleep_take(3, forward, monkeypatch)
    with debugging("timeout") as dbg:
        dbg.go("step", task="main", step=2, line_mark="inside")
        dbg.resume("continue")
        dbg.expect_end()
    assert capsys.readouterr().out == "timed out\n"


def test_holds_nest_and_time_goes_on_from_where_it_stood(forward: Forward) -> None:
    held = clock.HeldClock(100.0)
    with clock.hold_clock(held):
        stood = held.current_time()
        forward(10)
        with clock.hold_clock(held):
            forward(10)
            assert held.current_time() == stood
        forward(10)
        assert held.current_time() == stood
    assert 0 <= held.current_time() - stood < 5
    forward(10)
    assert 10 <= held.current_time() - stood < 15


def test_a_deadline_is_as_far_away_after_a_stop_as_before(forward: Forward) -> None:
    held = clock.HeldClock(0.0)
    deadline = held.current_time() + 60
    with clock.hold_clock(held):
        forward(100)
    assert 55 < held.deadline_to_sleep_time(deadline) <= 60


def test_it_stands_in_for_trios_clock_alone() -> None:
    class Own(trio.abc.Clock):
        def start_clock(self) -> None: ...

        def current_time(self) -> float:
            return 0.0

        def deadline_to_sleep_time(self, deadline: float) -> float:
            return deadline

    own = Own()
    assert clock.stand_in_for(own) is None
    assert clock.stand_in_for(trio.testing.MockClock()) is None
    assert not clock.can_be_held(own)
    with clock.hold_clock(own):
        assert own.current_time() == 0


def test_a_clock_that_the_program_brought_is_left_alone() -> None:
    mock = trio.testing.MockClock(rate=7, autojump_threshold=0)
    with debugging("many_names", clock=mock) as dbg:
        dbg.go("step", task="supervisor")
        assert dbg.call(lambda: mock.rate) == 0
        dbg.go("step")
        assert dbg.call(lambda: mock.rate) == 0
        dbg.resume("continue")
        dbg.expect_end()
    assert mock.rate == 7


def test_a_rate_that_was_set_at_a_stop_counts() -> None:
    mock = trio.testing.MockClock(rate=7, autojump_threshold=0)
    with debugging("many_names", clock=mock) as dbg:
        dbg.go("step")
        dbg.call(lambda: setattr(mock, "rate", 3))
        dbg.resume("continue")
        dbg.expect_end()
    assert mock.rate == 3


def test_a_mock_clock_jumps_as_without_us(capsys: pytest.CaptureFixture[str]) -> None:
    with debugging("mock_clock") as dbg:
        dbg.go("step", step=1)
        dbg.resume("continue")
        dbg.expect_end()
    assert capsys.readouterr().out == "slept 3600 s\n"

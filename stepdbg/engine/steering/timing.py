"""Moving the program's clock for the user: `time`, `speed`.

Owns: moving the clock, and saying what is due then.  Does not own: the clocks
(engine.process.clock).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepdbg._trio_internals import runs, scopes
from stepdbg.engine.process import clock
from stepdbg.model.errors import BadUsage, NotNow
from stepdbg.model.standard import math

if TYPE_CHECKING:
    from .steerable import SteerableRun

FASTEST = 1e6
"""Program seconds for each real second."""


def tell(run: SteerableRun) -> str:
    """The time, the next deadline and how fast time runs."""
    left = _left(run)
    when = "no deadline is pending" if left is None else _deadline(left)
    return f"program time {run.life.time():.6g} s; {when}; {_speed(run)}"


def move(run: SteerableRun, seconds: float) -> str:
    """Move time forward.

    Raises:
        NotNow: that would be backwards, or the clock cannot be moved.
    """
    if seconds < 0:
        raise NotNow("time cannot go backwards: what has happened would not have happened yet")
    clock.move(run.runner.clock, seconds)
    runs.wake_loop(run.runner)
    now = run.runner.clock.current_time()
    expired_scopes = [s for deadline, s in runs.live_deadlines(run.runner) if deadline <= now]
    due = len(expired_scopes)
    for scope in expired_scopes:
        run.steered.note(scopes.tasks_under(scope), "time")
    expired = {0: "no deadline is due", 1: "one deadline is due"}.get(
        due, f"{due} deadlines are due"
    )
    return f"program time {run.life.time():.6g} s; {expired}"


def move_to_deadline(run: SteerableRun) -> str:
    """Move time to the next deadline.

    Raises:
        NotNow: there is no deadline.
    """
    left = _left(run)
    if left is None:
        raise NotNow("no deadline is pending; `time +1s` moves time anyway")
    # A float may round to just before the deadline.
    return move(run, max(0.0, left) + 1e-9)


def set_speed(run: SteerableRun, speed: float) -> str:
    """Let program time run slower or faster than real time."""
    if not 0 < speed <= FASTEST:
        raise BadUsage("the speed is a number above 0 and up to a million, such as 0.1")
    clock.set_speed(run.runner.clock, speed)
    runs.wake_loop(run.runner)
    return _speed(run)


def _left(run: SteerableRun) -> float | None:
    deadline = runs.next_deadline(run.runner)
    return None if math.isinf(deadline) else deadline - run.runner.clock.current_time()


def _deadline(left: float) -> str:
    return f"the next deadline is in {left:.3g} s" if left > 0 else "a deadline is due"


def _speed(run: SteerableRun) -> str:
    speed = clock.speed_of(run.runner.clock)
    if speed == 0:
        return "time moves only when every task is blocked, or by `time`"
    if speed == 1:
        return "time runs as in reality"
    return f"time runs at {speed:g} times its real speed"

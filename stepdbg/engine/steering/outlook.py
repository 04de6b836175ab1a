"""Whether it makes sense to go on waiting for what is awaited at the prompt.

Owns: what can end a wait while other tasks stand still.
Does not own: waiting (pump), or the whole truth about waits (waiting).
"""

from __future__ import annotations

from collections.abc import Sequence
from types import FrameType
from typing import Any

import trio
from trio.lowlevel import Task

from stepdbg._trio_internals import runs, turning
from stepdbg._trio_internals.await_chain import await_chain, waits_outside
from stepdbg._trio_internals.frame_values import is_a, peek_at
from stepdbg.engine.stacks import frames
from stepdbg.model.records import dataclass
from stepdbg.model.standard import math
from stepdbg.model.task import Origin

Wait = tuple[Task, Any]
"""A task, and its coroutine that waits."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What may come of waiting.

    hopeful: whether something may end the wait by itself.
    seconds: how long to wait at most, in real seconds.
    jump: how many program seconds to move a clock that jumps when all tasks are idle.
    """

    hopeful: bool
    seconds: float
    jump: float | None = None


def of(runner: runs.Runner, waits: Sequence[Wait], outer: Any, *, free: bool) -> Outlook:
    """What may come of waiting when none of these tasks is runnable.

    outer: the cancel status inside which deadlines count; with `free`, all deadlines count.
    """
    clock = runner.clock
    timed = free or any(turning.has_deadline_within(task, outer) for task, _ in waits)
    deadline = runs.next_deadline(runner)
    outside = any(waits_outside(coroutine) for _, coroutine in waits)
    if not timed or math.isinf(deadline):
        return Outlook(outside, math.inf)
    if isinstance(clock, runs.MockClock):
        left = deadline - clock.current_time()
        if clock.autojump_threshold < math.inf and not outside and left > 0:
            return Outlook(True, 0.0, left)
        if clock.rate == 0:
            return Outlook(outside, math.inf)
    return Outlook(True, max(0.0, clock.deadline_to_sleep_time(deadline)))


def jump(runner: runs.Runner, seconds: float) -> None:
    """Move a MockClock, as Trio does when everything is idle."""
    assert isinstance(runner.clock, runs.MockClock), "only such a clock moves by itself"
    runner.clock.jump(seconds)


def what_for(coroutine: Any) -> str:
    """What a coroutine waits for, in words: Trio's function, and the task that holds the object."""
    for _, frame in await_chain(coroutine):
        if frames.origin_of(frame.f_code.co_filename) is Origin.TRIO:
            return f"{_name(frame)}{_owner(frame)}"
    return "something"


def _name(frame: FrameType) -> str:
    name = frame.f_code.co_qualname
    owner = peek_at(frame, "self")
    if owner is not None and "." in name:
        name = f"{type(owner).__name__}.{name.rpartition('.')[2]}"
    return {"NurseryManager.__aexit__": "the tasks of its nursery"}.get(name, name)


def _owner(frame: FrameType) -> str:
    owner = peek_at(frame, "self")
    if not is_a(owner, trio.Lock, trio.StrictFIFOLock):
        return ""
    holder = owner.statistics().owner
    return "" if holder is None else f" (held by {holder.name.rpartition('.')[2]})"

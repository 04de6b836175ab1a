"""A step while it lasts: its task, how long it has lasted, and where its thread is.

Owns: finding that out from any thread, without the run's help.
Does not own: what is done with it (noticing.ctrl_c, ending.quit_progress).
"""

from __future__ import annotations

from types import FrameType
from typing import TYPE_CHECKING, Final

from stepdbg._trio_internals import runs
from stepdbg.engine.process.clock import HeldClock
from stepdbg.engine.stacks.frames import innermost_own, is_own, place_of, walk_out
from stepdbg.model.standard import time
from stepdbg.model.stops import StepUnderWay

if TYPE_CHECKING:
    from stepdbg.engine.recording.recorded import Recorded

_FRAMES: Final = 8
"""How many frames are shown."""


def step_under_way(run: Recorded, top: FrameType | None) -> StepUnderWay:
    """The step that the thread of a run is in the middle of.

    Args:
        top: the innermost frame of that thread.
    """
    task = runs.stepping_task(runs.loop_frame(top))
    if task is not None and not task.coro.cr_running:  # its step is over: it is only remembered
        task = None
    found = list(walk_out(top))
    own = innermost_own(found)
    stack = [place_of(each) for each in found if is_own(each.f_code.co_filename)]
    return StepUnderWay(
        run.life.id,
        None if task is None else run.registry.label_of(task),
        None if own is None else place_of(own),
        lasted(run, top),
        tuple(stack[:_FRAMES]),
    )


def lasted(run: Recorded, top: FrameType | None) -> float | None:
    """For how many seconds of the program's time the step has lasted; None if unknown.

    Without the recorder, it is the time since the pass began: Trio reads the clock once in each
    pass, before the first step.

    Args:
        top: the innermost frame of the run's thread.
    """
    if run.recorder is not None and run.recorder.on:
        return time.perf_counter() - run.recorder.hook.last
    clock = run.runner.clock
    began = runs.pass_began(top)
    if began is None or not isinstance(clock, HeldClock) or clock.speed != 1:
        return None
    return clock.current_time() - began

"""A step while it lasts: its task, how long it has lasted, and where its thread is.

Owns: finding that out from any thread, without the run's help.
Does not own: what is done with it (noticing.ctrl_c, ending.quit_progress).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from stepdbg._trio_internals import runs, stepping
from stepdbg.engine.process.clock import HeldClock
from stepdbg.engine.process.python_threads import current_frames, stack_of
from stepdbg.engine.stacks.frames import innermost_own, is_own, place_of
from stepdbg.model.standard import itertools, time
from stepdbg.model.stops import StepUnderWay

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

    from stepdbg.engine.process.python_threads import FrameLine
    from stepdbg.engine.recording.recorded import Recorded

_FRAMES: Final = 8
"""How many frames are shown."""


def step_under_way(
    run: Recorded, stack: Sequence[FrameLine], seconds: float | None
) -> StepUnderWay:
    """The step that the thread of a run is in the middle of.

    Args:
        stack: the frames of that thread, innermost first.
        seconds: how long the step has lasted; None if unknown.
    """
    runner = run.life.living_runner()
    task = None if runner is None else stepping.running_task(runner)
    found = up_to_loop(stack)
    own = innermost_own(found)
    places = [place_of(each) for each in found if is_own(each.f_code.co_filename)]
    return StepUnderWay(
        run.life.id,
        None if task is None else run.registry.label_of(task),
        None if own is None else place_of(own),
        seconds,
        tuple(places[:_FRAMES]),
    )


def step_elsewhere(run: Recorded) -> StepUnderWay:
    """The same, called on another thread than the run's."""
    ident = run.life.ident
    return step_under_way(run, stack_of(ident), lasted(run, current_frames().get(ident)))


def up_to_loop(stack: Sequence[FrameLine]) -> list[FrameLine]:
    """The frames of a step: those inside Trio's loop, innermost first."""
    return list(itertools.takewhile(lambda each: each.f_code is not runs.LOOP_CODE, stack))


def lasted(run: Recorded, top: FrameType | None) -> float | None:
    """For how many seconds of the program's time the step has lasted; None if unknown.

    Without the recorder, it is the time since the pass began: Trio reads the clock once in each
    pass, before the first step.

    Args:
        top: the innermost frame of the run's thread.
    """
    if run.recorder is not None and run.recorder.on:
        return time.perf_counter() - run.recorder.hook.last
    runner, began = run.life.living_runner(), stepping.pass_began(top)
    clock = None if runner is None else runner.clock
    if began is None or not isinstance(clock, HeldClock) or clock.speed != 1:
        return None
    return clock.current_time() - began

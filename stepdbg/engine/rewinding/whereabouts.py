"""Which step of a run the user means.

Owns: `Whereabouts`, where a run is, and finding a moment from there.
Does not own: going to that moment (travels, past).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepdbg._trio_internals import runs
from stepdbg.engine.scheduling.state import is_about_to_step
from stepdbg.model.errors import BadUsage, NotNow
from stepdbg.model.recording import Sought, SoughtKind
from stepdbg.model.records import NamedTuple
from stepdbg.model.schedules import Logged, TurnKind, turns_of

if TYPE_CHECKING:
    from stepdbg.engine.recording.spawn_paths import SpawnPaths
    from stepdbg.engine.scheduling.steerable import SteeredRun
    from stepdbg.model.facts import LogicalId

NOW = 0
"""Used as the number of a step: the present moment of the live run."""


class Whereabouts(NamedTuple):
    """Where a run is.

    log: all that has happened in the live run.
    step: the number of the step that is under way or comes next, from 1.
    under_way: whether it has begun.
    present: the first step that has not begun in the live run.
    """

    log: Logged
    step: int
    under_way: bool
    present: int


class StepProgress(NamedTuple):
    """How far the step of the chosen task is.

    chosen: whether Trio has chosen a task of the program.
    under_way: whether its step has begun.
    """

    chosen: bool
    under_way: bool


def progress_of(run: SteeredRun) -> StepProgress:
    """How far the step is at which a run is held."""
    task = runs.current_task()
    if task is None or runs.is_system(run.runner, task):
        return StepProgress(chosen=False, under_way=False)
    return StepProgress(chosen=True, under_way=not is_about_to_step(run, task))


def step_of(sought: Sought, here: Whereabouts, paths: SpawnPaths | None) -> int:
    """The step before which the sought moment is, or `NOW`.

    paths: the logical ids of the run's tasks.

    Raises:
        BadUsage: there is no such step.
        NotNow: the task whose steps count has taken too few, or has no logical id.
    """
    if sought.kind is SoughtKind.HIT:
        return here.step
    if sought.kind in (SoughtKind.CHANGE, SoughtKind.LINE):
        return here.step + here.under_way
    if sought.seconds is not None:
        raise BadUsage("a live run goes back by steps: `goto STEP`")
    if sought.task is not None:
        task = None if paths is None else paths.of_number(sought.task)
        if task is None:
            raise NotNow("it is not known where that task was spawned")
        return _step_of_task(here, task, -(sought.step or -1))
    if sought.step is None:
        return NOW
    wanted = sought.step
    if sought.relative:
        wanted += here.step + here.under_way
    if wanted == here.present:
        return NOW
    if not 1 <= wanted < here.present:
        taken = here.present - 1
        raise BadUsage(
            f"there is no step {wanted:,}: the run has taken {taken:,} so far, and `goto 1` "
            "is the first one"
        )
    return wanted


def _step_of_task(here: Whereabouts, task: LogicalId, count: int) -> int:
    """The step that is `count` steps of one task back."""
    own, number, before = [], 0, here.step + here.under_way
    for turn in turns_of(here.log):
        number += turn.kind is TurnKind.STEP
        if turn.kind is TurnKind.STEP and number < before and here.log.tasks[turn.task] == task:
            own.append(number)
    if len(own) < count:
        steps = "no step" if not own else "1 step" if len(own) == 1 else f"only {len(own):,} steps"
        raise NotNow(f"that task has taken {steps} before this moment")
    return own[-count]

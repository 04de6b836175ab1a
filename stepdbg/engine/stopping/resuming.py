"""Turning a resume, as a front end gives it, into the plan that carries it out.

Owns: finding the live task and frames that a resume is about.
Does not own: what the plan does (stepping).
"""

from __future__ import annotations

from types import FrameType
from typing import TYPE_CHECKING, Protocol

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, tasks
from stepdbg.engine.stacks.frames import task_frames
from stepdbg.model.records import replace
from stepdbg.model.stops import (
    IntoCall,
    NextLine,
    Resume,
    ResumeStep,
    ReturnFrom,
    StepTask,
    UntilLine,
)

from .stepping import Into, Next, Plan, Return, StepAny, StepSome, Until

if TYPE_CHECKING:
    from stepdbg.engine.seeing.seen import SeenTasks
    from stepdbg.model.facts import TaskNumber

    from .held import Held


class Following(Protocol):
    """A run that goes on by a plan."""

    @property
    def plan(self) -> Plan: ...
    def follow(self, plan: Plan) -> None: ...


def plan_for(run: SeenTasks, resume: Resume, held: Held) -> Plan:
    """The plan that carries out a resume (a quit or a restart is not a plan).

    Args:
        held: the stop that the resume ends.
    """
    if isinstance(resume, StepTask):
        plan = _step(run, resume)
        plan.alone = _alone(run, resume.tasks) if resume.alone else None
        return plan
    if isinstance(resume, ResumeStep):
        return held.plan
    if not isinstance(resume, NextLine | IntoCall | ReturnFrom | UntilLine):
        return Plan()
    current = runs.current_task()
    subject = current if resume.task is None else _living(run, resume.task)
    own_frame = held.frame if subject is current else None
    failed = held.failed_frames_of(subject)
    if failed is not None:
        # The user was looking at frames that have ended; go on from the ones that still run.
        resume = replace(resume, frame=max(resume.frame - failed.ended, 0))
    stack = [] if subject is None else task_frames(subject, own_frame)
    if not stack[resume.frame :]:
        return StepAny()  # no frame to follow: the task has exited, or is not Python
    plan = line_plan(subject, stack[resume.frame :], resume, _of(run, subject))
    if isinstance(resume, NextLine | IntoCall) and resume.alone:
        plan.alone = subject
    return plan


def drop_step(run: Following, step: Plan) -> None:
    """Go on without a step that the user gave up by `continue` at a stop outside of the run.

    Must be called on the thread of the run.

    Args:
        run: the run.
        step: the plan that the run had then; if it has another one by now, that one stays.
    """
    if run.plan is step and step.is_step:
        run.follow(Plan())


def _alone(run: SeenTasks, numbers: tuple[TaskNumber, ...]) -> Task | None:
    """The task that `step -o` is about: the task that the user named, else the stop's own."""
    return _living(run, numbers[0]) if numbers else runs.current_task()


def _living(run: SeenTasks, number: int) -> Task | None:
    return tasks.with_number(runs.living_tasks(run.runner), number)


def _of(run: SeenTasks, subject: Task | None) -> str:
    return "" if subject is None else f" in {run.registry.label_of(subject)}"


def line_plan(
    subject: Task | None,
    stack: list[FrameType],
    resume: NextLine | IntoCall | ReturnFrom | UntilLine,
    where: str,
) -> Plan:
    """The plan for a resume about lines.

    Args:
        stack: the live frames from the frame in view outwards.
        where: whose frames these are, for the plan's name (`` in worker#2 (4)``).
    """
    match resume:
        case NextLine(count=count):
            return Next(subject, stack, f"next{where}", count)
        case IntoCall(anything=anything):
            return Into(subject, stack, f"into{where}", anything)
        case ReturnFrom():
            return Return(subject, stack, f"return{where}")
        case UntilLine(line=line):
            first = stack[0].f_lineno + 1 if line is None else line
            return Until(subject, stack, f"until line {first}{where}", first)


def _step(run: SeenTasks, resume: StepTask) -> Plan:
    if not resume.tasks:
        return StepAny(resume.count)
    wanted = {number for number in resume.tasks if _living(run, number) is not None}
    if not wanted:
        return StepAny()
    label, others = str(run.registry.label(min(wanted))), len(wanted) - 1
    return StepSome(wanted, f"{label} or {others} more" if others else label, resume.count)

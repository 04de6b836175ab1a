"""Stops outside of any run.

Owns: holding a thread that is in no ``trio.run`` (a worker thread, code before and after a run) or
in no task of it (a signal handler).  Does not own: stops of runs (stopping).

The run for which a worker thread works is held with it (gate).  Everything else goes on meanwhile,
and the stop says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Protocol

from stepdbg.engine.ending import quitting
from stepdbg.engine.process import python_threads
from stepdbg.engine.process.guard import is_programs
from stepdbg.engine.seeing import stops
from stepdbg.engine.stacks import frames
from stepdbg.engine.waiting import threads
from stepdbg.model.stops import (
    Continue,
    IntoCall,
    NextLine,
    Quit,
    Resume,
    ReturnFrom,
    StepTask,
    Stop,
    UntilLine,
)

from . import resuming
from .gate import Gate, gate_here
from .held import Outside
from .house import House, StoppableRun
from .stepping import Arrival, LinePlan
from .stopping import report_lost_stop
from .turns import Turns

if TYPE_CHECKING:
    from stepdbg.model.breakpoints import BreakpointHit

    from .stepping import Plan


def hold_outside(
    house: House, arrival: Arrival, hits: tuple[BreakpointHit, ...], note: str = ""
) -> BaseException | None:
    """Hold the calling thread, ask the front end, and carry out the answer.

    Returns:
        The exception to raise there if the user has quit.  It ends the thread; in the main thread,
        it ends the program.  In a process that stepdbg did not start, it ends what runs there, as
        Ctrl-C would.
    """
    frame = arrival.frame
    if frame is None:
        return None
    held = Outside(arrival.kind, frame)
    resume = house.desk.ask_outside(
        held, lambda: gate_here(house), partial(_hold, house, held, arrival, hits, note)
    )
    house.out.deliver_interrupt()
    return _what_leaves(house) if isinstance(resume, Quit) else None


def _what_leaves(house: House) -> BaseException:
    # SystemExit ends a thread that works for no task, and nothing is printed
    # (`threading.excepthook`).
    alone = not python_threads.is_main_here() and threads.task_here() is None
    if house.out.ends_program or alone:
        return SystemExit(quitting.QUIT_EXIT_CODE)
    return KeyboardInterrupt()


def _hold(
    house: House,
    held: Outside,
    arrival: Arrival,
    hits: tuple[BreakpointHit, ...],
    note: str,
    gate: Gate | None,
) -> Resume:
    """Ask, and carry out the answer, while the run that the thread works for is held."""
    held.gate = gate
    if house.out.quitting:  # the user has quit at another stop while this one waited
        resume: Resume = Quit()
    elif not house.hits.are_wanted(hits):
        resume = Continue()
    else:
        resume = _ask(house, held, arrival, hits, note)
    house.desk.answered(resume)
    if house.out.take(resume):
        return resume
    if gate is not None and isinstance(resume, StepTask):
        gate.go_on_by(resume, held)
    if isinstance(resume, Continue):
        _drop_steps(house, gate)
    plan = _plan(held, resume)
    house.lines.follow(plan)
    if plan is not None:
        house.desk.turns = house.desk.turns or Turns()
        house.desk.turns.let_first(plan.name)
    return resume


class RunBetweenSteps(StoppableRun, Protocol):
    """A run whose thread runs code of the program in no task."""

    @property
    def quitting(self) -> bool: ...
    def follow(self, plan: Plan) -> None: ...


def _drop_steps(house: House, gate: Gate | None) -> None:
    """The user said `continue`: give up the steps that runs are in, as after a stop in a task."""
    if gate is not None:
        gate.drop_step()
    for run in house.runs.active():
        if (gate is None or run is not gate.run) and run.held is None and run.plan.is_step:
            run.call_here(partial(resuming.drop_step, run, run.plan))


def hold_between_steps(
    house: House, run: RunBetweenSteps, arrival: Arrival, hits: tuple[BreakpointHit, ...]
) -> None:
    """Hold a run in code that runs on its thread between two of its steps.

    That code is mostly a signal handler; it may also be a clock or an instrument of the program.
    The run has no current task then, so the thread is at the stop, and the run is held with it.
    """
    frame = arrival.frame
    if frame is None or run.quitting:
        return
    held = Outside(arrival.kind, frame)
    note = f"between two steps of run {run.life.id}, which is held with it"

    def work() -> None:
        quits = house.out.quitting
        resume = Quit() if quits else _ask(house, held, arrival, hits, note)
        house.desk.answered(resume)
        if house.out.take(resume):
            return
        house.lines.follow(_plan(held, resume))
        if isinstance(resume, StepTask):
            run.follow(resuming.plan_for(run, resume, held))
        elif isinstance(resume, Continue):
            resuming.drop_step(run, run.plan)

    house.desk.ask(held, run, work)
    house.out.deliver_interrupt()


def _ask(
    house: House,
    held: Outside,
    arrival: Arrival,
    hits: tuple[BreakpointHit, ...],
    note: str,
) -> Resume:
    try:
        picture = _picture(house, held, arrival, hits, note)
        return house.desk.show(picture, house.inspector(None))
    except KeyboardInterrupt:
        return Quit()
    except BaseException as error:
        if is_programs(error):
            raise
        report_lost_stop(house, error, held, hits)
        return Continue()


def _picture(
    house: House,
    held: Outside,
    arrival: Arrival,
    hits: tuple[BreakpointHit, ...],
    note: str,
) -> Stop:
    value, raised = stops.result_picture(arrival.result)
    stack = held.live_frames()
    shown = stack[0] if arrival.chosen else frames.innermost_own(stack)
    gate = held.gate
    return Stop(
        kind=arrival.kind,
        run=None,
        task=None,
        step=0,
        time=0.0,
        wake=None,
        place=None if shown is None else frames.place_of(shown),
        queue_length=0,
        task_count=0,
        next_deadline=None,
        hits=hits,
        in_step=True,
        note="; ".join(filter(None, (arrival.note, note, *_what_goes_on(house, gate)))),
        commands=arrival.commands,
        thread=held.thread,
        works_for=None if gate is None else gate.label,
        value=value,
        raised=raised,
    )


def _what_goes_on(house: House, gate: Gate | None) -> Iterator[str]:
    """What the user should know about everything else while a thread is held."""
    turns = house.desk.turns
    before = "" if turns is None else turns.under_way
    if before:
        yield f"`{before}` has not come to its end: that thread waits for something"
    held = None if gate is None else gate.run
    if gate is not None:
        step = "" if gate.is_reached() else ", but not before the step that is under way has ended"
        yield f"run {gate.run.life.id} is held with it{step}"
    running = [
        f"run {run.life.id}" for run in house.runs.active() if run is not held and run.held is None
    ]
    if running:
        yield f"{' and '.join(running)} {'go' if running[1:] else 'goes'} on meanwhile"


def _plan(held: Outside, resume: Resume) -> LinePlan | None:
    if not isinstance(resume, NextLine | IntoCall | ReturnFrom | UntilLine):
        return None
    stack = held.live_frames()[resume.frame :]
    if not stack:
        return None
    works_for = "" if held.gate is None else f", for {held.gate.label}"
    plan = resuming.line_plan(None, stack, resume, f" in thread {held.thread}{works_for}")
    return plan if isinstance(plan, LinePlan) else None

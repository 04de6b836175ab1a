"""Under what a workload is run: bare, with an instrument of its own, or debugged.

Owns: the settings.  Does not own: the workloads, or measuring.  The debugged settings use the
real session behind a front end that continues at the first stop, which is what
``python -m stepdbg -c continue`` does.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from types import FrameType
from typing import TextIO, TypeAlias

import trio
from trio.lowlevel import Task

from stepdbg.engine.running.session import Session
from stepdbg.launcher.trace_file import TraceWish
from stepdbg.model.breakpoints import BreakpointSpec, TaskTarget
from stepdbg.model.facts import TaskNumber
from stepdbg.model.options import SessionOptions
from stepdbg.model.protocols import Controller, Inspector
from stepdbg.model.stops import Continue, Event, Resume, StepTask, Stop
from stepdbg.model.tape import Tape

Instruments = list[trio.abc.Instrument]
HowToGoOn = Callable[[Inspector], Resume]
HowToSteer = Callable[[TaskNumber, Controller], Resume]
TraceFunction: TypeAlias = "Callable[[FrameType, str, object], TraceFunction | None]"
Setting = Callable[[], AbstractContextManager[Instruments]]
"""Entered around one run, it gives the instruments that the run is to have of its own."""

NEVER_MATCH = (
    *("nobody", "no_such_task", "another.module.worker", "worker#99"),
    *("nobody-*", "*.nobody", "x*y*z", "[xyz]*.child?", "*nothing here*", "job-[0-9]"),
)


class Continues:
    """A front end that sets breakpoints and lets the run go on, once.

    specs: the breakpoints.  resume: how the run goes on.
    """

    wants_recorder = False

    def __init__(self, specs: tuple[BreakpointSpec, ...], resume: HowToGoOn) -> None:
        self.stops = 0
        self._specs = specs
        self._resume = resume

    takes_ctrl_c = False

    def would_answer(self) -> bool:
        """No."""
        return False

    def on_session(self, inspector: Inspector, controller: Controller) -> None:
        """Nothing to prepare."""

    def on_stop(self, _stop: Stop, inspector: Inspector, controller: Controller) -> Resume:
        """Set the breakpoints, go on."""
        self.stops += 1
        for spec in self._specs:
            controller.add_breakpoint(spec)
        return self._resume(inspector)

    def on_event(self, event: Event) -> None:
        """Nobody looks."""

    def close(self) -> None:
        """Nothing is held."""


class Steers(Continues):
    """A front end that stops before the first step of the task `watched`, and steers there.

    steer: what to do there, so that the run stops once more; then everybody is released.
    """

    def __init__(self, steer: HowToSteer) -> None:
        start = BreakpointSpec(TaskTarget("watched"), temporary=True)
        super().__init__((start,), simply_on)
        self._steer = steer

    def on_stop(self, stop: Stop, inspector: Inspector, controller: Controller) -> Resume:
        """The stop at the start, that of the task, and the one that follows from steering."""
        if self.stops == 0:
            return super().on_stop(stop, inspector, controller)
        self.stops += 1
        if self.stops == 2 and stop.task is not None:
            return self._steer(stop.task.number, controller)
        controller.steering.release(())
        return Continue()


class EmptyStep(trio.abc.Instrument):
    """The least that a debugger on Trio's public interface pays at every step."""

    def before_task_step(self, task: Task) -> None:
        """Nothing."""


class Diary(trio.abc.Instrument):
    """All nine hooks, each writing a line: the tracer of Trio's tutorial.

    out: where the lines go.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def before_run(self) -> None:
        """Before anything else."""
        self._out.write("run begins\n")

    def after_run(self) -> None:
        """After everything else."""
        self._out.write("run is over\n")

    def task_spawned(self, task: Task) -> None:
        """A task was made."""
        self._out.write(f"spawned {task.name}\n")

    def task_scheduled(self, task: Task) -> None:
        """A task became runnable."""
        self._out.write(f"scheduled {task.name}\n")

    def before_task_step(self, task: Task) -> None:
        """A step begins."""
        self._out.write(f"step of {task.name}\n")

    def after_task_step(self, task: Task) -> None:
        """A step ends."""
        self._out.write(f"step ended {task.name}\n")

    def task_exited(self, task: Task) -> None:
        """A task is over."""
        self._out.write(f"exited {task.name}\n")

    def before_io_wait(self, timeout: float) -> None:
        """The loop waits, or has a quick look."""
        self._out.write(f"waiting {timeout}\n")

    def after_io_wait(self, timeout: float) -> None:
        """It has waited."""
        self._out.write(f"waited {timeout}\n")


@contextlib.contextmanager
def bare() -> Iterator[Instruments]:
    """Trio alone."""
    yield []


@contextlib.contextmanager
def empty_instrument() -> Iterator[Instruments]:
    """Trio with an instrument whose one hook does nothing."""
    yield [EmptyStep()]


def traced(*, lines: bool) -> Setting:
    """Trio under a trace function that does nothing, as the base of pdb.

    Args:
        lines: whether it is called for lines, too, and not for calls alone.
    """

    def trace(_frame: FrameType, _event: str, _arg: object) -> TraceFunction | None:
        return trace if lines else None

    @contextlib.contextmanager
    def setting() -> Iterator[Instruments]:
        before = sys.gettrace()
        sys.settrace(trace)
        try:
            yield []
        finally:
            sys.settrace(before)

    return setting


@contextlib.contextmanager
def tracer() -> Iterator[Instruments]:
    """Trio with a tracer that writes to nowhere."""
    with open(os.devnull, "w", encoding="utf-8") as out:
        yield [Diary(out)]


def simply_on(_inspector: Inspector) -> Resume:
    """`continue`."""
    return Continue()


def to_a_step_of_init(inspector: Inspector) -> Resume:
    """`step` of the root task, whose steps do not count: all others are watched in vain."""
    return StepTask((inspector.tasks(system=True)[0].label.number,))


def hold_it(task: TaskNumber, controller: Controller) -> Resume:
    """`hold`, until nobody else is left."""
    controller.steering.hold((task,))
    return Continue()


def only_it(task: TaskNumber, controller: Controller) -> Resume:  # noqa: ARG001 - see `HowToSteer`
    """`step -o`, to its end."""
    return StepTask((task,), 10**9, alone=True)


def debugged(
    *specs: BreakpointSpec,
    record: bool = False,
    every: bool = False,
    lints: bool = False,
    taped: bool = False,
    trace: bool = False,
    resume: HowToGoOn = simply_on,
    steer: HowToSteer | None = None,
) -> Setting:
    """Under stepdbg, let go at the first stop.

    Args:
        specs: breakpoints, which must not stop the run.
        record: whether the flight recorder is on.
        every: whether each send, receive, acquire and release is noted as well.
        lints: whether all lints are collected, as for a report.
        taped: whether what the run is given is kept on a tape in memory.
        trace: whether there is a trace to a file, which nobody keeps.
        resume: how the run goes on.
        steer: see `Steers`; then there are three stops.
    """

    @contextlib.contextmanager
    def setting() -> Iterator[Instruments]:
        front_end = Continues(specs, resume) if steer is None else Steers(steer)
        tape = Tape() if taped else None
        session = Session(front_end, SessionOptions(record=record, tape=tape))
        if every:
            session.controller.change_setting("history", "all on")
        if lints:
            session.lints.collect(ignored)
        if trace:
            wish = TraceWish()
            wish.on, wish.path = True, os.devnull
            wish.check()
            wish.prepare(session)
        session.install()
        try:
            yield []
        finally:
            session.uninstall()
        if front_end.stops != (1 if steer is None else 3):
            raise AssertionError(f"{front_end.stops} stops")

    return setting


def ignored(_: object) -> None:
    """What is found is not looked at."""


CONTROL = "bare (control)"
SETTINGS: dict[str, Setting] = {
    CONTROL: bare,
    "stepdbg, nothing set": debugged(),
    "stepdbg, 10 task breakpoints that never match": debugged(
        *(BreakpointSpec(TaskTarget(pattern)) for pattern in NEVER_MATCH)
    ),
    "stepdbg, a breakpoint at each step of one task, `if False`": debugged(
        BreakpointSpec(TaskTarget("watched"), condition="False")
    ),
    "stepdbg, `step` of a task that has no step": debugged(resume=to_a_step_of_init),
    "stepdbg, one task is held": debugged(steer=hold_it),
    "stepdbg, `step -o` of that one": debugged(steer=only_it),
    "stepdbg, recorder on": debugged(record=True),
    "stepdbg, recorder on, `set history all on`": debugged(record=True, every=True),
    "stepdbg, recorder on, a tape": debugged(record=True, taped=True),
    "stepdbg, a trace to a file": debugged(trace=True),
    "stepdbg, collecting lints": debugged(lints=True),
    "an empty `before_task_step`": empty_instrument,
    "a tracer with all nine hooks": tracer,
    "`sys.settrace`, calls alone": traced(lines=False),
    "`sys.settrace`, lines": traced(lines=True),
}
"""By the name that the table shows; each is compared with `bare`."""

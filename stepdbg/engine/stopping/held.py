"""What is held at a stop, and the prompt at which the user is asked.

Owns: `Held`, one object for one stop; `RunHold`, which knows the state of a run; `Desk`, the one
prompt of the process.  Does not own: the order of things at a stop (stopping, outside,
postmortem), or what the user answers (resuming, ending.ways_out).

Several stops may exist at once: other runs wait for their turn at the prompt, and a failure may be
held without a prompt, only for a picture.  The user is asked about one stop at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, TypeVar

import outcome
from trio.lowlevel import Task

from stepdbg._trio_internals import runs
from stepdbg.engine.process import python_threads
from stepdbg.engine.stacks import frames
from stepdbg.model import interrupts
from stepdbg.model.depth import missed, what_was_missed
from stepdbg.model.errors import NotNow
from stepdbg.model.facts import RunId
from stepdbg.model.ours import is_ours
from stepdbg.model.standard import threading
from stepdbg.model.stops import Event, Moved, Note, Resume, StepTask, Stop, StopKind
from stepdbg.model.task import RunState
from stepdbg.sealed import end_room, make_room

from .stepping import Plan
from .still import Still

if TYPE_CHECKING:
    from stepdbg.engine.cancelling.happening import Happening
    from stepdbg.engine.failing.exception_view import ExceptionView
    from stepdbg.engine.failing.failed_frames import FailedFrames
    from stepdbg.model.protocols import Controller, FrontEnd, Inspector
    from stepdbg.model.steering import Progress

    from .gate import Gate
    from .still import Timed
    from .turns import Turns


T = TypeVar("T")


class Held:
    """A run or a thread at one stop; made when the stop begins, gone when it ends.

    Args:
        kind: why it is held.
        task: the task whose step is about to begin or under way.
        frame: the innermost frame of the program, for a stop inside a step.
        run: the run that is held; None for a thread outside of any task.
        plan: how the run went on until here; the plan of `continue` if there was no other.
        at_line: whether the program's own code called the debugger, and can take an exception.

    Attributes:
        ident: the identity of the thread.
        failed: where a task fails, its frames.
        exceptions: what it fails with.
        result: what was returned or raised, for a stop where a call or task ends.
        unfinished: the plan that a breakpoint has interrupted, for `resume`.
        cancelled: the scope that is being cancelled.
    """

    def __init__(
        self,
        kind: StopKind,
        task: Task | None = None,
        frame: FrameType | None = None,
        *,
        run: RunId | None = None,
        plan: Plan | None = None,
        at_line: bool = False,
    ) -> None:
        self.kind = kind
        self.task = task
        self.frame = frame
        self.run = run
        self.plan = Plan() if plan is None else plan
        self.at_line = at_line
        self.ident = threading.get_ident()
        self.failed: FailedFrames | None = None
        self.exceptions: ExceptionView | None = None
        self.result: outcome.Outcome[object] | None = None
        self.unfinished: Plan | None = None
        self.cancelled: Happening | None = None
        self._thrown: BaseException | None = None

    def fails(self, failed: FailedFrames, exceptions: ExceptionView) -> None:
        """Note that a task fails here, with these frames and exceptions."""
        self.failed, self.exceptions = failed, exceptions

    def failed_frames_of(self, task: Task | None) -> FailedFrames | None:
        """The frames with which a task fails here; None for a task that does not fail here."""
        return self.failed if self.failed is not None and self.failed.task is task else None

    def interrupt_plan(self) -> None:
        """Keep the plan that a breakpoint has interrupted: `resume` takes it up again."""
        self.unfinished = self.plan

    def end(self) -> None:
        """The stop is over: keep no exception alive, nor its frames."""
        self.failed = self.exceptions = self.result = self.cancelled = None

    def show(self, failed: FailedFrames) -> None:
        """Show the failing task with the frames of another of its exceptions."""
        self.failed = failed

    def throw(self, error: BaseException) -> None:
        """Raise an exception at this line when the program goes on."""
        self._thrown = error

    def thrown(self) -> BaseException | None:
        """The exception to raise there; returned once, then forgotten."""
        error, self._thrown = self._thrown, None
        return error

    def frame_of(self, task: Task) -> FrameType | None:
        """The innermost frame that runs, if this task is in the middle of a step here."""
        return self.frame if task is self.task else None


def named_at(held: Held | None, name: str) -> object:
    """What a name with a dollar stands for at a stop.  Raises `NotNow`.

    Args:
        name: ``_exception``, the exception in view; ``_retval``; ``_task``, the task in view.
    """
    result = None if held is None else held.result
    if name == "_exception" and held is not None and held.exceptions is not None:
        return held.exceptions.error
    if name == "_exception" and isinstance(result, outcome.Error):
        return result.error
    if name == "_retval" and isinstance(result, outcome.Value):
        return result.value
    task = runs.current_task()
    if name == "_task" and task is not None:
        return task
    why = {"_exception": "nothing has failed", "_retval": "nothing was returned"}
    raise NotNow(f"there is no ${name} at this stop: {why.get(name, 'no task is in view')} here")


class Outside(Held):
    """A thread that is held outside of any task.

    Attributes:
        thread: the name of the thread.
        gate: holds the run for which the thread works; None if it works for no run.
    """

    frame: FrameType
    gate: Gate | None = None

    def __init__(self, kind: StopKind, frame: FrameType) -> None:
        super().__init__(kind, None, frame)
        self.thread = python_threads.name_here()

    def live_frames(self) -> list[FrameType]:
        """Its frames, innermost first, without the launcher's and what is below them."""
        found = []
        frame: FrameType | None = self.frame
        while frame is not None and not is_ours(frame.f_code.co_filename):  # the launcher's
            found.append(frame)
            frame = frame.f_back
        return found


class RunHold:
    """Whether a run goes on, and where it is held if it does not.

    Attributes:
        held: the stop, None while the run goes on.
        stands: whether a `Still` makes its time stand still.
        since: the moment of `perf_counter` from which it does.
        gates: the gates that stops in worker threads have closed.
    """

    def __init__(self) -> None:
        self.held: Held | None = None
        self.gates: list[Gate] = []
        self.stands = False
        self.since = 0.0
        self._waits = False
        self._ended = False

    @property
    def state(self) -> RunState:
        """The state of the run."""
        if self._ended:
            return RunState.ENDED
        if self.held is not None or self.gates:
            return RunState.STOPPED
        return RunState.WAITING if self._waits else RunState.RUNNING

    def live_frames(self, task: Task) -> list[FrameType]:
        """The live frames of a task, innermost first; if it fails, the frames of the traceback."""
        held = self.held
        if held is None:
            return frames.task_frames(task, None)
        failed = None if held.failed is None else held.failed_frames_of(task)
        if failed is not None:
            return failed.live_frames()
        return frames.task_frames(task, held.frame if task is held.task else None)

    def at(self, held: Held) -> _At:
        """A context in which the run is held at a stop."""
        return _At(self, held)

    def wait_for(self, prompt: threading.RLock) -> None:
        """Take the prompt when another run has given it up."""
        self._waits = True
        try:
            prompt.acquire()
        finally:
            self._waits = False

    def run_ended(self) -> None:
        """The run has ended, so nothing is held."""
        self._ended = True


class _At:
    """See `RunHold.at`.  A class, because every stop enters it and a generator is slower."""

    def __init__(self, hold: RunHold, held: Held) -> None:
        self._hold = hold
        self._held = held
        self._outer = hold.held

    def __enter__(self) -> None:
        self._hold.held = self._held

    def __exit__(self, *_: object) -> None:
        self._hold.held = self._outer
        self._held.end()


class Desk:
    """The one prompt of the process, and the stop that the user is asked about there.

    Args:
        front_end: asks the user.
        controller: changes things on its behalf.
        afterwards: called when a stop is over, on its thread.
        with_token: adds the token of its run to a stop that is about a failure or a deadlock.
        stops_at_start: whether the first run stops before its main task's first step.

    Attributes:
        asked: the stop that the user is being asked about; None if there is none.
        turns: says which thread's stop comes first; None as long as that has not mattered.
        moves: shows other moments of a run; None: not used.
        report: receives how a run gets on; None: not used.
    """

    def __init__(
        self,
        front_end: FrontEnd,
        controller: Controller,
        afterwards: Callable[[], None],
        with_token: Callable[[Stop], Stop],
        *,
        stops_at_start: bool,
    ) -> None:
        self.front_end = front_end
        self._controller = controller
        self.with_token = with_token
        self.asked: Held | None = None
        self._stops_at_start = stops_at_start
        self._afterwards = afterwards
        self._prompt = threading.RLock()
        self.turns: Turns | None = None
        self.moves: Callable[[Stop], Stop] | None = None
        self.report: Callable[[Progress | None], None] | None = None

    @property
    def outside(self) -> Outside | None:
        """The thread outside of any task that the user is asked about; None if there is none."""
        return self.asked if isinstance(self.asked, Outside) else None

    def is_held_here(self) -> bool:
        """Whether this thread is at a stop already: code evaluated at a stop never stops."""
        held = self.asked
        return held is not None and held.ident == threading.get_ident()

    def answered(self, resume: Resume) -> None:
        """The user lets the program go on in this way."""
        self._stops_at_start = isinstance(resume, StepTask)

    def stop_at_start(self) -> None:
        """Make the run that begins next stop before its main task's first step."""
        self._stops_at_start = True

    def stops_at_start(self) -> bool:
        """Whether a run that begins stops before its main task's first step.

        The first one does; later ones only while the user steps, because a user who typed
        `continue` wants to reach a breakpoint or the end.
        """
        return self._stops_at_start

    def tell(self, event: Event, run_here: Callable[[], Timed | None]) -> None:
        """Report an event; before it, report what was left out because too few frames were left.

        Args:
            run_here: gives the run of this thread, whose time stands still meanwhile.
        """
        if missed:  # it is emptied by this
            self.tell(Note(what_was_missed(), "warning"), run_here)
        if self.is_held_here():  # everything stands still already
            self.front_end.on_event(event)
        else:
            with Still(run_here()):
                self.front_end.on_event(event)

    def show(self, stop: Stop, inspector: Inspector) -> Resume:
        """Show a stop and return the answer; the user may look at other moments meanwhile."""
        while True:
            resume = self.front_end.on_stop(stop, inspector, self._controller)
            if not isinstance(resume, Moved) or self.moves is None:
                return resume
            stop = self.moves(stop)

    def forked(self, nobody: FrontEnd) -> None:
        """This is a child of a fork: the thread that had the prompt is the parent's.

        Args:
            nobody: a front end that never asks a user.
        """
        self.front_end = nobody
        self._prompt = threading.RLock()
        self.asked = None

    def ask_outside(
        self, held: Held, gate: Callable[[], Gate | None], work: Callable[[Gate | None], T]
    ) -> T:
        """Hold a thread outside of any task, and the run for which it works.

        Args:
            held: the stop.
            gate: makes the gate that holds that run, or None.
            work: asks and carries out the answer; called with that gate.
        """
        with Still(None):
            while True:
                if self.turns is not None:
                    self.turns.wait()
                closed = gate()
                with closed or nullcontext(), self._prompt:
                    if self.turns is not None and self.turns.is_somebody_first():
                        continue  # another stop was answered: that thread needs the run
                    with interrupts.taken_at_stop():
                        try:
                            return self._asking(held, partial(work, closed))
                        finally:
                            held.end()

    def ask(self, held: Held, run: Timed, work: Callable[[], T]) -> T:
        """Hold a run while somebody is asked.

        Time stands still from the first moment on, even while another stop has the prompt.

        Args:
            held: the stop.
            run: the run that is held with it.
            work: asks, and carries out the answer.
        """
        with Still(run):
            prompt = self._prompt  # a child that is forked meanwhile gets a new one
            if self.turns is not None:
                self.turns.wait()
            if not prompt.acquire(blocking=False):
                run.hold.wait_for(prompt)
            try:
                with interrupts.taken_at_stop(), _At(run.hold, held):
                    return self._asking(held, work)
            finally:
                prompt.release()

    def _asking(self, held: Held, work: Callable[[], T]) -> T:
        outer, self.asked = self.asked, held
        if self.turns is not None:
            self.turns.arrived()
        try:
            made = make_room()  # the program may have used up all descriptors
            try:
                return work()
            finally:
                if made:
                    end_room()
        finally:
            self.asked = outer
            self._afterwards()

"""What each resume means, in one place.

Owns: plans, which answer the question "does this end the resume?" for steps, for a task's exit, and
for lines.  Does not own: what delivers steps (noticing) and lines (lines), the breakpoints, or the
stop itself (stopping).

A plan about lines names frames, not functions.  The same function may run in many tasks and in a
recursion, but a `next` belongs to one frame of one task, however often that frame suspends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from types import CodeType, FrameType

import outcome
from trio.lowlevel import Task

from stepdbg._trio_internals import runs, tasks
from stepdbg._trio_internals.watching import Passing
from stepdbg.engine.lines import bytecode
from stepdbg.engine.stacks.frames import (
    first_own_caller,
    is_of_named_tuple,
    is_own,
    runs_own_code,
)
from stepdbg.model.ours import is_ours
from stepdbg.model.records import dataclass
from stepdbg.model.stops import Asked, Passed, StopKind


@dataclass(frozen=True, slots=True)
class Arrival:
    """A plan has arrived: the run stops here.

    frame: the innermost frame to show; None at a step or an exit.
    result: what was returned or raised.
    chosen: whether the user asked for this very frame; if not, the innermost frame of own code says
        more.
    since: the moment of `perf_counter` from which nothing of the program has run; None: now.
    note: a sentence from the program for the user.
    commands: command lines that the program wants run.
    """

    kind: StopKind
    frame: FrameType | None = None
    result: outcome.Outcome[object] | None = None
    chosen: bool = False
    since: float | None = None
    note: str = ""
    commands: tuple[str, ...] = ()

    @classmethod
    def at_wish(cls, frame: FrameType, asked: Asked) -> Arrival:
        """At a frame at which the program asks to be stopped."""
        said, wanted = asked.header, asked.commands
        return cls(StopKind.PAUSE, frame, None, True, asked.since, said, wanted)


class Plan:
    """How a run goes on after a stop; this one is `continue`: nothing ends it.

    Attributes:
        every_step: whether it has to see every step; if not, steps cost nothing.
        passing: the tasks whose further steps it only wants counted; it does not see them.
        exits: whether it has to see tasks exit.
        name: in words, for the stop that interrupts it; empty if an interruption loses nothing.
        is_start: whether it leads to the stop at the start of a run.
        is_step: whether the user gave it at a stop, so that `continue` at another stop drops it.
        alone: the task that should run alone unless it blocks.
    """

    every_step = False
    passing: Passing | None = None
    exits = False
    name = ""
    is_start = False
    is_step = False
    alone: Task | None = None

    def at_step(self, task: Task) -> Arrival | None:  # noqa: ARG002 - for others
        """A task of the user's is about to step."""
        return None

    def at_exit(self, task: Task, result: outcome.Outcome[object]) -> Arrival | None:  # noqa: ARG002
        """A task has run its last step."""
        return None

    def passed(self) -> Passed | None:
        """What ran meanwhile, if that was counted."""
        return None

    def note(self) -> str:
        """What the user should know at the stop; empty if all went as asked."""
        return ""


class _Counting(Plan):
    """Counts the steps of other tasks that pass by."""

    every_step = True
    is_step = True

    def __init__(self) -> None:
        self._passed = Passing()

    def count(self, task: Task) -> None:
        """A step goes by."""
        self._passed.steps += 1
        self._passed.tasks.add(tasks.number(task))

    def passed(self) -> Passed | None:
        """The steps of other tasks since the resume."""
        passed = self._passed
        return Passed(passed.steps, len(passed.tasks)) if passed.steps else None


class StepAny(_Counting):
    """`step [N]`: to the N-th next step of any task; also a halt, and the start of a run."""

    def __init__(self, count: int = 1, kind: StopKind = StopKind.STEP, note: str = "") -> None:
        super().__init__()
        self._left = count
        self._kind = kind
        self._note = note
        self.is_start = kind is StopKind.START
        self.is_step = kind is StopKind.STEP

    def note(self) -> str:
        """What the user has to know about the halt."""
        return self._note

    def at_step(self, task: Task) -> Arrival | None:
        """Arrives at the last one of these steps."""
        self._left -= 1
        if self._left <= 0:
            return Arrival(self._kind)
        self.count(task)
        return None


class StepSome(_Counting):
    """`step TASK [N]`: to the N-th next step of any of some tasks, or until all have exited.

    Args:
        numbers: the numbers of the tasks.
        label: how the user's text calls them.
    """

    exits = True

    def __init__(self, numbers: Iterable[int], label: str, count: int = 1) -> None:
        super().__init__()
        self.passing = self._passed
        self._numbers = set(numbers)
        self._left = count
        self.name = f"step {label}"

    def at_step(self, task: Task) -> Arrival | None:
        """Arrives at the last one of their steps."""
        if tasks.number(task) not in self._numbers:
            self.count(task)
            return None
        self._left -= 1
        return Arrival(StopKind.STEP) if self._left <= 0 else None

    def at_exit(self, task: Task, result: outcome.Outcome[object]) -> Arrival | None:
        """Arrives where there will be no further step."""
        number = tasks.number(task)
        if number not in self._numbers:
            return None
        if len(self._numbers) > 1:
            self._numbers.discard(number)
            return None
        return Arrival(StopKind.EXIT, result=result)


class LinePlan(_Counting):
    """A plan that ends at a line; the base of `next`, `into`, `return` and `until`.

    Args:
        subject: the task it belongs to; None outside of tasks.
        stack: the live frames, innermost first, from the frame in view outwards.
        name: the resume in words.

    Attributes:
        calls: which functions to report when they begin, None for none.
    """

    exits = True
    calls: Callable[[CodeType], bool] | None = None

    def __init__(self, subject: Task | None, stack: Sequence[FrameType], name: str) -> None:
        super().__init__()
        self.passing = self._passed
        self.subject = subject
        self.name = name
        self.frame = stack[0]
        # Always follow the frame in view, but only those callers that are the user's own code.
        self.frames = [stack[0], *(each for each in stack[1:] if is_own_code(each.f_code))]
        self._suspended = stack[0].f_back is None

    def codes(self) -> list[CodeType]:
        """The code objects whose events it needs."""
        return [frame.f_code for frame in self.frames]

    def at_step(self, task: Task) -> Arrival | None:
        """Counts what other tasks do meanwhile."""
        if task is not self.subject:
            self.count(task)
        return None

    def at_exit(self, task: Task, result: outcome.Outcome[object]) -> Arrival | None:
        """Arrives when its own task has run its last step: there is no further line."""
        return Arrival(StopKind.EXIT, result=result) if task is self.subject else None

    def on_line(self, frame: FrameType, line: int) -> Arrival | None:  # noqa: ARG002
        """A line of a followed function is about to run, in this plan's task."""
        return None

    def on_start(self, frame: FrameType) -> bool:  # noqa: ARG002
        """A function begins; returns whether `codes` have changed."""
        return False

    def on_resume(self, frame: FrameType) -> bool:  # noqa: ARG002
        """A generator goes on; returns whether `codes` have changed."""
        return False

    def on_leave(self, frame: FrameType, result: outcome.Outcome[object]) -> Arrival | None:
        """A followed function is left, by a return or by an exception.

        The outermost function of a thread is the last chance to stop: no line of the program runs
        after it.  (A task has its exit, the program its end.)
        """
        if self.subject is not None or frame is not self.frames[-1]:
            return None
        is_module = frame.f_code.co_name == "<module>"
        return None if is_module else Arrival(StopKind.RETURN, frame, result)


class Next(LinePlan):
    """`next [N]`: the N-th next line of the frame or of a caller."""

    def __init__(
        self, subject: Task | None, stack: Sequence[FrameType], name: str, count: int = 1
    ) -> None:
        super().__init__(subject, stack, name)
        self._left = count

    def on_line(self, frame: FrameType, line: int) -> Arrival | None:  # noqa: ARG002
        """Arrives at the N-th line in one of its frames."""
        if not _holds(self.frames, frame):
            return None
        if self._left > 1:
            self._left -= 1
            return None
        return Arrival(StopKind.NEXT, frame, chosen=True)


class Into(Next):
    """`into`: the first line of the next call of own code, else the next line.

    Args:
        anything: code of libraries and Trio also counts (stepdbg's never does).
    """

    def __init__(
        self, subject: Task | None, stack: Sequence[FrameType], name: str, anything: bool
    ) -> None:
        super().__init__(subject, stack, name)
        self._anything = anything
        self.calls = _is_any_code if anything else is_own_code

    def on_start(self, frame: FrameType) -> bool:
        """Follows the function that begins: its first line is where this arrives."""
        if self.calls is None or not self.calls(frame.f_code) or not self._counts(frame):
            return False
        self.frames = [frame, *self.frames]
        self.calls = None
        return True

    def on_resume(self, frame: FrameType) -> bool:
        """Follows a generator that goes on after a ``yield``, as if it had been called."""
        if _holds(self.frames, frame) or not bytecode.is_after_yield(frame):
            return False
        return self.on_start(frame)

    def _counts(self, frame: FrameType) -> bool:
        """Whether the program itself makes this call, and not one of our hooks."""
        if not (self._anything or runs_own_code(frame)):
            return False
        caller = frame.f_back
        while caller is not None and caller.f_code is not runs.LOOP_CODE:
            if _holds(self.frames, caller):
                return True
            if is_ours(caller.f_code.co_filename):
                return False
            caller = caller.f_back
        return True


# Functions until Python 3.11, inlined since then.  They do not count as calls on any version.
_COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>"})


def is_own_code(code: CodeType) -> bool:
    """Whether the lines of a function are those of the program's own code."""
    if not is_own(code.co_filename) or code.co_name in _COMPREHENSIONS:
        return False
    return not is_of_named_tuple(code)


def _is_any_code(code: CodeType) -> bool:
    filename = code.co_filename
    if filename.startswith("<frozen ") or code.co_name in _COMPREHENSIONS:
        return False
    return not is_ours(filename)


class Entry(LinePlan):
    """Goes to the first line of a program, whose frame does not exist yet.

    Args:
        code: of the program's first module.
    """

    name = ""

    def __init__(self, code: CodeType) -> None:
        _Counting.__init__(self)
        self.subject = None
        self._code = code

    def codes(self) -> list[CodeType]:
        """The one code object that is entered."""
        return [self._code]

    def on_line(self, frame: FrameType, line: int) -> Arrival | None:  # noqa: ARG002
        """The first line of that code ends it."""
        return Arrival(StopKind.START, frame, chosen=True)

    def on_leave(self, frame: FrameType, result: outcome.Outcome[object]) -> Arrival | None:  # noqa: ARG002
        """Never arrives: a program without a line has ended."""
        return None


class Return(LinePlan):
    """`return`: until the frame returns or raises; the outermost one: until the task exits."""

    def codes(self) -> list[CodeType]:
        """Only the frame itself is of interest."""
        return [self.frame.f_code]

    def on_leave(self, frame: FrameType, result: outcome.Outcome[object]) -> Arrival | None:
        """Arrives in the awaiting frame, with what came out."""
        if frame is not self.frame:
            return None
        if self.subject is not None and frame is self.subject.coro.cr_frame:
            return None  # at_exit tells more
        # If no code of the program awaits it (a worker thread), show this frame itself.
        caller = first_own_caller(frame.f_back)
        shown = frame if caller is None else frame.f_back
        return Arrival(StopKind.RETURN, shown, result, chosen=not is_own(frame.f_code.co_filename))


class Until(LinePlan):
    """`until [LINE]`: a later line of the frame, or any line of a caller.

    Args:
        line: the first line that counts.
    """

    def __init__(
        self, subject: Task | None, stack: Sequence[FrameType], name: str, line: int
    ) -> None:
        super().__init__(subject, stack, name)
        self._line = line

    def on_line(self, frame: FrameType, line: int) -> Arrival | None:
        """Arrives at a line that is far enough, or outside of the frame."""
        if frame is self.frame:
            return Arrival(StopKind.NEXT, frame, chosen=True) if line >= self._line else None
        arrived = _holds(self.frames, frame)
        return Arrival(StopKind.NEXT, frame, chosen=True) if arrived else None


def _holds(frames: Sequence[FrameType], frame: FrameType) -> bool:
    """Whether a frame is among others, by identity."""
    return any(each is frame for each in frames)

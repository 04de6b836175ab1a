"""Whether an event is a hit.

Owns: checking a breakpoint's task pattern, condition, ignore and hit counts; printing log points;
switching off a breakpoint at which code of stepdbg fails.
Does not own: the breakpoints (breakpoints) or what notices events (noticing,
stopping.program_lines).

The caller of all this is program code, or Trio.  Two kinds of exceptions leave it: those that a
signal handler of the program has raised, and those that the callers' guards report.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import cache, partial
from types import CoroutineType, FrameType
from typing import TYPE_CHECKING, Final, Protocol

import outcome
from trio.lowlevel import Task

from stepdbg._trio_internals import runs
from stepdbg.engine.failing.failed_frames import FailedFrames, frames_at_exit, frames_of_error
from stepdbg.engine.failing.failures import is_failure
from stepdbg.engine.process import guard, memory
from stepdbg.engine.recording.registry import Registry
from stepdbg.engine.stacks.frames import OWN_FILES, innermost_own, runs_for_ours, task_frames
from stepdbg.engine.typed.conditions import ask, ask_at_exit, log_line
from stepdbg.model.breakpoints import (
    BreakpointHit,
    CancelTarget,
    DeadlineTarget,
    ExceptionTarget,
    IdleTarget,
    SlowTarget,
    TaskEvent,
)
from stepdbg.model.depth import is_short, with_room
from stepdbg.model.standard import contextvars
from stepdbg.model.stops import Event, Note

from . import exceptions
from . import watched as _watched
from .breakpoints import Breakpoint, BreakpointTable

if TYPE_CHECKING:
    from stepdbg.engine.typed.dollars import Dollars

    from .watched import ValueWatch


class Prompt(Protocol):
    """The one prompt of the process."""

    @property
    def asked(self) -> object | None: ...
    def is_held_here(self) -> bool: ...


class Ending(Protocol):
    """How debugging ends."""

    @property
    def quitting(self) -> bool: ...


class Decider:
    """Evaluates conditions, counts, prints log points, and switches off breakpoints that fail.

    Args:
        table: the breakpoints.
        tell: prints what a log point says.
        changed: called when this has cleared or switched off a breakpoint.
        dollars: gives the values of names with a dollar.
    """

    def __init__(
        self,
        table: BreakpointTable,
        tell: Callable[[Event], None],
        changed: Callable[[], None],
        dollars: Callable[[], Dollars],
    ) -> None:
        self._table = table
        self._tell = tell
        self._changed = changed
        self._dollars = dollars
        self.asking: FrameType | Breakpoint | None = None
        """The frame in which some thread evaluates a condition or fills in a log text; if there is
        none, the breakpoint."""

    def decide(
        self,
        wanted: Iterable[Breakpoint],
        frame: FrameType | None,
        context: contextvars.Context | None,
        error: BaseException | None = None,
        task: Task | None = None,
        result: outcome.Outcome[object] | None = None,
    ) -> tuple[BreakpointHit, ...]:
        """Which of these breakpoints stop the run; counts hits, clears temporary ones.

        Args:
            frame: where conditions are evaluated and log texts filled in.
            context: the context variables for that; None if they are entered already.
            error: the exception, for breakpoints on exceptions.
            task: whose event it is; None: the current task's.
            result: the task's result, where it ends.
        """
        hits: tuple[BreakpointHit, ...] = ()
        around = self.asking
        for each in wanted:
            try:
                self.asking = frame or each
                holds, problem = True, ""
                if each.condition is not None:
                    if frame is None:
                        holds, problem = ask_at_exit(each.condition, task, result, self._dollars)
                    else:
                        holds, problem = ask(each.condition, frame, context, self._dollars, error)
                if holds and each.counts(task):
                    hits += with_room(partial(self._meet, each, problem, frame, context, error))
            except BaseException as wrong:
                if isinstance(wrong, RecursionError) and is_short():  # nothing was counted
                    hits += with_room(partial(self.decide, (each,), frame, context, error, task))
                    continue
                if isinstance(wrong, MemoryError) and memory.give_up():
                    hits += self.decide((each,), frame, context, error, task)
                    continue
                if guard.is_programs(wrong):
                    raise
                self.switch_off((each,), wrong)
            finally:
                self.asking = around
        return hits

    def asks_in(self, frame: FrameType) -> bool:
        """Whether a frame runs because it was needed to decide."""
        return self.asking is not None and runs.is_called_by(frame, _DECIDES)

    def _meet(
        self,
        each: Breakpoint,
        problem: str,
        frame: FrameType | None,
        context: contextvars.Context | None,
        error: BaseException | None,
    ) -> tuple[BreakpointHit, ...]:
        """Handle a hit: returns it, or prints what the breakpoint logs instead of a stop."""
        if not self._is_still_there(each):
            return ()
        if each.log is None or problem:
            return (each.as_hit(problem),)
        self._tell(Note(log_line(each.log, frame, context, self._dollars, error), "log"))
        return ()

    def _is_still_there(self, each: Breakpoint) -> bool:
        """Whether a breakpoint has not been cleared meanwhile; clears a temporary one."""
        if not each.spec.temporary:
            return each.enabled and self._table.holds(each)
        if not self._table.claim(each):
            return False
        self._changed()
        return True

    def switch_off(self, faulty: Iterable[Breakpoint], error: BaseException) -> None:
        """Switch off breakpoints at which code of stepdbg fails, and report that once."""
        faulty = [each for each in faulty if each.enabled]
        if not faulty:
            return
        for each in faulty:
            each.enabled = False
        names, are = _names(faulty)
        guard.report_bug(
            error, f"looking at {names}", f"{names} {are} switched off, and your program goes on"
        )
        self._changed()

    def clear(self, each: Breakpoint, sentence: str) -> None:
        """Clear a breakpoint that can no longer be hit, and say so."""
        if self._table.holds(each):
            self._table.remove(each.number)
            self._tell(Note(sentence))
            self._changed()

    def lose(self, lost: Iterable[BreakpointHit]) -> str:
        """Switch off breakpoints whose stop cannot be shown.

        Returns: a clause that says so; empty without breakpoints.
        """
        numbers = {hit.number for hit in lost}
        faulty = [each for each in self._table if each.number in numbers]
        if not faulty:
            return ""
        for each in faulty:
            each.enabled = False
        self._changed()
        return " ".join((*_names(faulty), "switched off"))


_DECIDES: Final = Decider.decide.__code__


def _names(some: list[Breakpoint]) -> tuple[str, str]:
    """Some breakpoints in words, and the verb for them."""
    numbers = ", ".join(str(each.number) for each in some)
    return (f"breakpoint {numbers}", "is") if len(some) == 1 else (f"breakpoints {numbers}", "are")


def _is_deaf(prompt: Prompt, ending: Ending, decider: Decider) -> bool:
    """Whether code from the prompt or from a breakpoint runs here, or nothing stops any more."""
    typed = prompt.asked is not None and prompt.is_held_here()
    return typed or ending.quitting or decider.asking is not None


class Hits:
    """Which breakpoints an event hits, in any run of the process.

    Args:
        table: the breakpoints.
        decider: decides whether they stop the run.
        prompt: the prompt.
        ending: how debugging ends.
        registry_of: gives the registry that knows the name of a task; None if there is none.
    """

    def __init__(
        self,
        table: BreakpointTable,
        decider: Decider,
        prompt: Prompt,
        ending: Ending,
        registry_of: Callable[[Task], Registry | None],
    ) -> None:
        self.decider = decider
        self._decide = decider.decide
        self._table = table
        self._prompt = prompt
        self._ending = ending
        self._registry_of = registry_of
        is_deaf = partial(_is_deaf, prompt, ending, decider)
        self.watched: Callable[[], ValueWatch] = cache(
            lambda: _watched.ValueWatch(table, decider, is_deaf, registry_of)
        )

    def get_ready(self) -> None:
        """Import and make what the first hit will need now, while time stands still."""
        exceptions.wanted(self._table, TimeoutError())
        FailedFrames(None, (), 0)
        Note("", "log")
        for each in self._table:
            each.as_hit()
            break

    def are_wanted(self, hits: tuple[BreakpointHit, ...]) -> bool:
        """Whether a stop that had to wait is still wanted: not if all of these were cleared."""
        there = {each.number for each in self._table if each.enabled}
        return not hits or any(hit.spec.temporary or hit.number in there for hit in hits)

    # -- events of tasks ----------------------------------------------------------------

    def at_events(
        self, registry: Registry, task: Task, events: Collection[TaskEvent]
    ) -> tuple[BreakpointHit, ...]:
        """The breakpoints on these moments in a task's life that are hit now."""
        return self._of_task(self._about(registry, task, events), task)

    def _about(
        self, registry: Registry, task: Task, events: Collection[TaskEvent]
    ) -> list[Breakpoint]:
        waiting = [each for each in self._table.about_task(task.name) if each.event in events]
        return _matching(registry, waiting, task) if waiting else waiting

    def _of_task(self, wanted: list[Breakpoint], task: Task) -> tuple[BreakpointHit, ...]:
        if not wanted:
            return ()
        frame = innermost_own(task_frames(task))
        return self._decide(wanted, frame, _context_of(task), None, task)

    def at_exit(
        self, registry: Registry, task: Task, result: outcome.Outcome[object]
    ) -> tuple[BreakpointHit, ...]:
        """The breakpoints that a task's exit hits; a condition sees the frames that have failed."""
        events = {TaskEvent.EXIT}
        wanted: list[Breakpoint] = []
        frame = None
        if isinstance(result, outcome.Error):
            frame = innermost_own(frames_at_exit(task, result.error).live_frames())
            if is_failure(result.error):
                events.add(TaskEvent.FAIL)
                wanted += exceptions.wanted(self._table, result.error, uncaught=True)
        wanted += self._about(registry, task, events)
        error = result.error if isinstance(result, outcome.Error) else None
        return self._decide(wanted, frame, _context_of(task), error, task, result) if wanted else ()

    def at_failing_block(
        self, registry: Registry, task: Task, error: BaseException, here: FrameType | None
    ) -> tuple[BreakpointHit, ...]:
        """The breakpoints that a failing nursery block hits.

        here: the own code that has the block, for an exception that no own code has raised.
        """
        wanted = self._about(registry, task, {TaskEvent.FAIL})
        if not wanted:
            return ()
        failed = innermost_own([entry.frame for entry in frames_of_error(error)])
        return self._decide(wanted, failed or here, _context_of(task), error, task)

    def when_slow(
        self, registry: Registry, task: Task, seconds: float
    ) -> tuple[BreakpointHit, ...]:
        """The breakpoints that a step of this length hits."""
        slow = [
            each
            for each in self._table.enabled(SlowTarget)
            if isinstance(each.spec.target, SlowTarget) and seconds > each.spec.target.seconds
        ]
        return self._of_task(_matching(registry, slow, task), task) if slow else ()

    def when_idle(self) -> tuple[BreakpointHit, ...]:
        """The breakpoints that an idle run hits."""
        return self._decide(self._table.enabled(IdleTarget), None, None)

    def at_cancel(
        self, frame: FrameType | None, *, by_deadline: bool, in_wait: bool
    ) -> tuple[BreakpointHit, ...]:
        """The breakpoints that the cancellation of a scope hits.

        Args:
            frame: where conditions are evaluated: in the own code that cancels, or that is
                cancelled.
            in_wait: whether the scope is only a part of one of Trio's own waits.
        """
        kinds = (CancelTarget, DeadlineTarget) if by_deadline else (CancelTarget,)
        wanted = [
            each
            for each in self._table.enabled(*kinds)
            if not in_wait or getattr(each.spec.target, "every", False)
        ]
        return self._decide(wanted, frame, None) if wanted else ()

    # -- lines --------------------------------------------------------------------------

    def at_line(self, wishes: Iterable[Breakpoint], frame: FrameType) -> tuple[BreakpointHit, ...]:
        """The breakpoints that a line of the program hits.

        Those with a task pattern are hit only inside tasks.
        """
        wanted = [each for each in wishes if each.pattern is None or self._is_about(each)]
        if not wanted or self._ending.quitting:
            return ()
        if self._prompt.asked is not None and self._prompt.is_held_here():
            return ()
        if self.decider.asking is not None and self.decider.asks_in(frame):
            return ()
        if OWN_FILES.get(frame.f_code.co_filename) is not True and runs_for_ours(frame):
            return ()
        return self._decide(wanted, frame, None)

    def _is_about(self, each: Breakpoint) -> bool:
        task = runs.current_task()
        if task is None or not each.may_match(task.name):
            return False
        registry = self._registry_of(task)
        return registry is not None and each.matches(registry, task)

    def at_raise(self, error: BaseException, frame: FrameType) -> tuple[BreakpointHit, ...]:
        """The breakpoints that an exception hits when it comes to the program's own code.

        Args:
            frame: the own code that raises it, or that calls or awaits the code that does.
        """
        wanted = exceptions.wanted(self._table, error)
        if not wanted or self._ending.quitting or self._prompt.is_held_here():
            return ()
        if self.decider.asks_in(frame):
            return ()
        return self._decide(wanted, frame, None, error)

    def on_exceptions(self) -> list[Breakpoint]:
        """The enabled breakpoints on exceptions."""
        return self._table.enabled(ExceptionTarget)


def refused_task(wishes: Collection[Breakpoint]) -> str | None:
    """The current task's name, if none of these breakpoints is about tasks of that name."""
    task = runs.current_task()
    if not wishes or task is None or any(each.may_match(task.name) for each in wishes):
        return None
    return task.name


def _matching(registry: Registry, waiting: Iterable[Breakpoint], task: Task) -> list[Breakpoint]:
    return [each for each in waiting if each.matches(registry, task)]


def _context_of(task: Task) -> contextvars.Context | None:
    """The task's context variables; None while the task runs: they are entered then."""
    coro = task.coro
    return None if isinstance(coro, CoroutineType) and coro.cr_running else task.context

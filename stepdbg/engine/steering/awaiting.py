"""`await` at the prompt: code inside the stopped task.

Owns: which tasks allow it, letting time run meanwhile, and what the user reads if the code is given
up.  Does not own: driving it (pump), compiling it (typed.typed_code).
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, tasks, turning
from stepdbg.engine.process.clock import let_run
from stepdbg.engine.stacks.scope_places import scopes_of_trio
from stepdbg.model.errors import EvaluationError, NotNow

from .pump import Pump, Verdict

if TYPE_CHECKING:
    from .steerable import SteerableRun

Drive = Callable[[Coroutine[Any, Any, object]], object]
"""Runs a coroutine to its end and returns its result."""

Ask = Callable[[str], bool]
"""Asks the user a question, given as a sentence without its end; returns whether they agree."""

_NAMED_OTHERS = 3


def drive_in(run: SteerableRun, task: Task, *, free: bool = False, ask: Ask | None = None) -> Drive:
    """How to drive a coroutine inside a task of a held run.

    free: all tasks that are not held run meanwhile.
    ask: asks whether they may run, if the coroutine cannot finish without them.

    The result raises:
        NotNow: the task is blocked, or what is awaited cannot come while the others wait.
        EvaluationError: it was interrupted.
    """

    def drive(coroutine: Coroutine[Any, Any, object]) -> object:
        inside = task.coro.cr_running
        if not inside and not tasks.is_runnable(task):
            coroutine.close()
            raise NotNow(
                f"{run.registry.label_of(task)} is blocked, and its wait would get what it awaits "
                "here; `await --when-runnable …` does it before the task's next step"
            )
        others = _others(run, task)

        def may_run(stuck: str) -> bool:
            return ask is not None and bool(others) and ask(f"it waits for {stuck}, and {others}")

        with turning.outside_of(task, set() if inside else scopes_of_trio(task)):
            pump = Pump(run, task, inside=inside, free=free, ask=may_run)
            with let_run(run.runner.clock):
                result = pump.drive(coroutine)
        run.steered.note((task,), "await")
        _check(pump.verdict, others, free=free or pump.verdict.freed)
        return result

    return drive


def _check(verdict: Verdict, others: str, *, free: bool) -> None:
    if verdict.interrupted:
        raise EvaluationError("interrupted")
    if not verdict.stuck:
        return
    if free:
        raise NotNow(f"given up: it waits for {verdict.stuck}, and no task can bring that about")
    raise NotNow(
        f"given up: it waits for {verdict.stuck}, and {others or 'nobody else is there'} "
        "while you are at the prompt; `await --free …` lets them run meanwhile"
    )


def _others(run: SteerableRun, task: Task) -> str:
    """The other tasks, which stand still at the prompt, in words; empty if there are none."""
    runner = run.runner
    others = [
        each
        for each in runs.living_tasks(runner)
        if each is not task and not runs.is_system(runner, each)
    ]
    if not others:
        return ""
    named = ", ".join(str(run.registry.label_of(each)) for each in others[:_NAMED_OTHERS])
    more = len(others) - _NAMED_OTHERS
    waits = "waits" if len(others) == 1 else "wait"
    return f"{named}{f' and {more} more' if more > 0 else ''} {waits}"

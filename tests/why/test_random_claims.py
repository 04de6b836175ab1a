"""Random programs: what is claimed of their tasks is true, decided by running them on.

`STEPDBG_EXAMPLES` says how many programs, 2000 for the full count (see CONTRIBUTING).
"""

from __future__ import annotations

import collections
import math
import os
from dataclasses import dataclass, field
from typing import Any

import trio
import trio.testing
from trio.lowlevel import Task

from stepdbg._trio_internals import runs, scopes, tasks
from stepdbg.engine.running.onlooking import run_here
from stepdbg.engine.waiting.graph import BlockedGraph
from stepdbg.engine.waiting.knots import Knots
from stepdbg.model.facts import TaskNumber
from stepdbg.model.waits import Claim, Knot
from tests.random_programs import program

EXAMPLES = int(os.environ.get("STEPDBG_EXAMPLES", "60"))
FIRST = int(os.environ.get("STEPDBG_FIRST_EXAMPLE", "0"))
FAULTS = (
    *(LookupError, RuntimeError),
    *(trio.ClosedResourceError, trio.BrokenResourceError, trio.EndOfChannel),
)
"""What random tasks may raise."""
CERTAIN = (Claim.DEADLOCK, Claim.UNTIL_CANCELLED)


@dataclass(eq=False)
class Claimed:
    """What was claimed at one look.

    stuck: the tasks that were claimed to go on by a cancellation or never, with the steps that
        they had taken.
    """

    stuck: dict[Task, int]
    knots: list[Knot]
    dead: bool
    over: bool = False

    def broken_by(self, task: Task) -> bool:
        """Whether a step that a task is about to take is one that was claimed not to come."""
        if self.over or self.stuck.get(task) != tasks.steps_taken(task):
            return False
        error = tasks.error_to_come(task)
        by_deadline = getattr(error, "source", "") == "deadline"  # from Trio 0.31 on it is told
        if isinstance(error, trio.Cancelled) and not by_deadline and not self.dead:
            self.over = True  # what one of them does from now on may let the others go on
            return False
        return True


@dataclass(eq=False)
class Watcher(trio.abc.Instrument):
    """Looks, and sees whether what was claimed comes true."""

    looks: list[Claimed] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    ending: bool = False

    def look(self) -> None:
        """Note what is claimed at this moment."""
        inspector = run_here(None)
        assert inspector is not None
        run = inspector._live_run()
        found, _ = inspector.deadlocks()
        numbers = [TaskNumber(tasks.number(task)) for task in runs.living_tasks(run.runner)]
        whys = [knot for each in inspector.whys(numbers) for knot in each.knots]
        knots = [each.knot for each in found] + whys
        claims = Knots(run, BlockedGraph(run))
        stuck = {task: tasks.steps_taken(task) for task in claims.stuck}
        known = set(map(tasks.number, stuck))
        for knot in knots:
            if knot.claim in CERTAIN:
                assert {label.number for label in (*knot.cycle, *knot.missing)} <= known
        dead = any(knot.claim is Claim.DEADLOCK for knot in knots)
        assert not any(each.whole for each in found), "somebody looks"
        self.looks.append(Claimed(stuck, knots, dead))

    def before_task_step(self, task: Task) -> None:
        if not self.ending:
            self.broken += [str(each) for each in self.looks if each.broken_by(task)]

    def before_io_wait(self, _timeout: float, /) -> None:
        """Nobody goes on any more: end it all."""
        runner = runs.current_runner()
        assert runner is not None
        waits = runner.runq or runner.waiting_for_idle or not math.isinf(runs.next_deadline(runner))
        if waits or self.ending or runner.main_task is None:
            return
        self.ending = True
        trio.lowlevel.current_trio_token().run_sync_soon(self._end)

    def _end(self) -> None:
        runner = runs.current_runner()
        assert runner is not None
        for task in runs.living_tasks(runner):
            for scope in scopes.scopes_around(task):
                scope.shield = False
        assert runner.main_task is not None
        for nursery in runner.main_task.child_nurseries:
            nursery.cancel_scope.cancel()


def run_on(seed: int) -> Watcher:
    """Run the program of a number to its end, however it ends."""
    watcher = Watcher()
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(program(seed), f"{__file__}.{seed}.py", "exec"), names)
    names["look"] = watcher.look
    clock = trio.testing.MockClock(autojump_threshold=0)
    try:
        trio.run(names["main"], clock=clock, instruments=[watcher])
    except* (
        LookupError,
        RuntimeError,
        trio.ClosedResourceError,
        trio.BrokenResourceError,
        trio.EndOfChannel,
    ):
        pass
    return watcher


def test_no_claim_is_false() -> None:
    seen: collections.Counter[str] = collections.Counter()
    for seed in range(FIRST, FIRST + EXAMPLES):
        watcher = run_on(seed)
        assert not watcher.broken, f"seed {seed}\n{program(seed)}"
        for look in watcher.looks:
            seen["looks"] += 1
            seen["stuck"] += bool(look.stuck)
            seen.update({knot.claim.value for knot in look.knots})
    print(dict(seen))
    assert seen["stuck"] * 20 > seen["looks"], "some must be stuck, or nothing was tried"


def test_the_same_number_gives_the_same_program() -> None:
    assert program(7) == program(7)
    assert program(7) != program(8)

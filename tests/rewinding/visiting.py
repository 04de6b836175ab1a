"""``python -m tests.rewinding.visiting FIRST COUNT``: ways through the pasts of random programs.

Owns: what is done in the process that executes the programs, and what it compares.
Does not own: the programs (random_programs), the test that starts the process (test_same_locals).

A process with threads cannot be copied, and a runner of tests may have some, so this is a process
of its own.  Its front end has no text: at each stop it takes a picture of all tasks, with their
lines and local variables.  What the past shows before a step must be what was seen there the first
time, or at an earlier visit.
"""

from __future__ import annotations

import contextlib
import random
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import trio

from stepdbg.engine.rewinding.travels import here_in
from stepdbg.engine.running.run import DebuggedRun
from stepdbg.engine.running.session import Session
from stepdbg.model.errors import BadUsage, NotNow
from stepdbg.model.options import SessionOptions
from stepdbg.model.protocols import Controller, Inspector
from stepdbg.model.recording import Sought
from stepdbg.model.silent_front_end import SilentFrontEnd
from stepdbg.model.stops import (
    Continue,
    Event,
    Moved,
    NextLine,
    Note,
    Resume,
    StepTask,
    Stop,
    StopKind,
)
from stepdbg.model.task import FrameRef
from stepdbg.model.values import Budget
from tests.random_programs import program

STOPS, VISITS = 60, 50
"""How many stops of a program are seen the first time, and how many moments of its past later."""

_PRESENT = ("this is the present moment", "the past ends here: this is the present moment")

_HEAD = """
import random

counted = 0
shields = []


def tick():
    global counted
    counted += 1
    return counted, random.randrange(1000), *times()


def times():
    # What the clock says, asked in three ways.
    clock = trio.lowlevel.current_clock()
    now, deadline = trio.current_time(), trio.current_effective_deadline()
    return now, deadline, deadline - clock.current_time()


def shielding():
    shields.append(trio.CancelScope(shield=True))
    return shields[-1]

"""


def text_of(seed: int) -> str:
    """A random program with short sleeps; each wait follows a change of a local variable."""
    source = re.sub(r"(sleep|after)\((\d)\)", r"\1(\2 / 200)", program(seed))
    source = source.replace("trio.CancelScope(shield=True)", "shielding()")
    waits = r"^( +)(?=await |async with |with )"
    source = re.sub(waits, r"\1mark = tick()\n\1", source, flags=re.MULTILINE)
    return source.replace("import weakref\n", f"import weakref\n{_HEAD}")


def picture_of(inspector: Inspector) -> str:
    """The tasks of a run, with all lines and variables of the program's code, without addresses."""
    lines = []
    for task in inspector.tasks():
        number = task.label.number
        lines.append(f"{task.label.name} {number}")
        for index, frame in enumerate(inspector.frames(number)):
            if Path(frame.place.filename).name.startswith("program_"):
                found = inspector.locals(FrameRef(number, index), Budget(seconds=0))
                texts = ", ".join(f"{each.name}={each.value.text}" for each in found)
                lines.append(f"  {frame.place.function}:{frame.place.line} {texts}")
    return re.sub("0x[0-9a-f]+", "0x…", "\n".join(lines))


class Visitor(SilentFrontEnd):
    """A front end that goes back from random stops to random moments, and on from there.

    Args:
        seed: the number of the program.
        visits: how many moments of the past to see.

    Attributes:
        names: the globals of the program.  session: debugs it.
        visited: how many moments of the past were compared.  wrong: what differed.
    """

    wants_recorder = True
    session: Session

    def __init__(self, seed: int, visits: int) -> None:
        self.names: dict[str, Any] = {"__name__": "program"}
        self.visited = 0
        self.wrong: list[str] = []
        self._rng = random.Random(seed)
        self._visits, self._stops = visits, 0
        self._pictures: dict[int, str] = {}
        self._over = False
        self._left = ""
        self._scope = trio.CancelScope()
        self._state: dict[str, Any] = {"moves": 0, "found": [], "rng": 0, "wanted": 0}

    def would_answer(self) -> bool:
        return True

    def on_event(self, event: Event) -> None:
        if isinstance(event, Note) and event.level == "warning":
            self.wrong.append(event.text)

    async def execute(self) -> None:
        """Execute the program until it ends, fails, or has been seen enough."""
        with self._scope, contextlib.suppress(Exception):
            await self.names["main"]()
        self._over = True
        await trio.lowlevel.checkpoint()

    def _end(self) -> None:
        """Let the program end, even if it is deadlocked."""
        self._scope.cancel()
        for each in self.names["shields"]:
            each.shield = False

    # -- a talk that goes from one process to another -----------------------------------

    def get_ready(self) -> None:
        """See `rewinding.past.BeginsAnew`, as for the others."""

    def rest(self) -> bool:
        return True

    def go_on(self) -> None:
        pass

    def hand_over(self) -> dict[str, Any]:
        return self._state

    def take_over(
        self,
        _stop: object,
        _inspector: object,
        _controller: object,
        _setup: object,
        given: dict[str, Any],
    ) -> None:
        self._state, self._rng = given, random.Random(given["rng"])

    def take_back(self, given: dict[str, Any]) -> None:
        for step, picture, wanted in given["found"]:
            self.visited += 1
            self._compare(step, picture)
            if wanted not in (0, step):
                self.wrong.append(f"step {step} instead of {wanted}")
        self._state = {**given, "found": []}

    # -- stops ------------------------------------------------------------------------

    def on_stop(self, stop: Stop, inspector: Inspector, controller: Controller) -> Resume:
        if stop.past is not None:
            return self._in_the_past(stop, inspector, controller)
        picture, here = picture_of(inspector), here_in(self._run())
        if self._left:
            self._returned(stop, picture)
        elif not here.under_way:
            self._compare(here.step, picture)
        ends = self._over or self._stops >= STOPS or stop.kind is StopKind.DEADLOCK
        goes_back = self.visited < self._visits if ends else self._rng.random() < 0.1
        while goes_back:
            if self._goes_back(stop, controller, here.step):
                self._left = picture
                return Moved()
            goes_back = ends and self.visited < self._visits
        self._stops += 1
        if ends:
            self._end()
        return Continue() if ends else self._goes_on()

    def _in_the_past(self, stop: Stop, inspector: Inspector, controller: Controller) -> Resume:
        state, rng, past = self._state, self._rng, stop.past
        assert past is not None
        in_step = stop.in_step or stop.kind is StopKind.EXIT
        if not in_step:
            state["found"].append((past.step, picture_of(inspector), state["wanted"]))
        state["wanted"] = 0
        state["moves"] -= 1
        state["rng"] = rng.getrandbits(32)
        if state["moves"] > 0 and rng.random() < 0.4:
            return self._goes_on()
        if state["moves"] <= 0 or not self._asks(stop, controller, past.step + in_step):
            assert stop.run is not None
            controller.go_to(Sought(stop.run))
        return Moved()

    def _goes_on(self) -> Resume:
        return NextLine() if self._rng.random() < 0.2 else StepTask()

    def _goes_back(self, stop: Stop, controller: Controller, before: int) -> bool:
        self._state.update(moves=self._rng.randint(1, 8), rng=self._rng.getrandbits(32))
        return self._asks(stop, controller, before)

    def _asks(self, stop: Stop, controller: Controller, before: int) -> bool:
        """Ask for a moment before a step; returns whether there is one."""
        rng = self._rng
        assert stop.run is not None
        self._state["wanted"] = step = rng.randint(1, before)
        sought = Sought(stop.run, step)
        if rng.random() < 0.3 and stop.task is not None:
            self._state["wanted"] = 0
            count = -rng.randint(1, 3)
            sought = Sought(stop.run, count, relative=True, task=stop.task.number)
        try:
            controller.go_to(sought)
        except (BadUsage, NotNow) as error:
            if "has taken" not in str(error):
                self.wrong.append(str(error))
                self._visits = 0  # there is no way back, so it is of no use to ask again
            return False
        return True

    def _returned(self, stop: Stop, picture: str) -> None:
        if stop.note not in _PRESENT:
            self.wrong.append(f"it came back: {stop.note}")
        if picture != self._left:
            self.wrong.append(f"the present has changed:\n{self._left}\n---\n{picture}")
        self._left = ""

    def _compare(self, step: int, picture: str) -> None:
        before = self._pictures.setdefault(step, picture)
        if before != picture:
            self.wrong.append(f"before step {step}:\n{before}\n---\n{picture}")

    def _run(self) -> DebuggedRun:
        run = self.session.runs.of_thread()
        assert isinstance(run, DebuggedRun)
        return run


def visit(seed: int, visits: int, folder: Path) -> Visitor:
    """Execute a program, and go through its past."""
    visitor = Visitor(seed, visits)
    visitor.session = Session(visitor, SessionOptions(record=True, goes_back=True))
    file = folder / f"program_{seed}.py"
    file.write_text(text_of(seed), "utf-8")
    random.seed(seed)
    visitor.session.install()
    try:
        exec(compile(file.read_text("utf-8"), str(file), "exec"), visitor.names)
        with contextlib.suppress(Exception):
            trio.run(visitor.execute)
    finally:
        visitor.session.uninstall()
    return visitor


def main() -> None:
    """Print for each program how many moments were compared, and a line for each difference."""
    first, count, *more = map(int, sys.argv[1:])
    visits = more[0] if more else VISITS
    with tempfile.TemporaryDirectory() as name:
        for seed in range(first, first + count):
            visitor = visit(seed, visits, Path(name))
            print(f"program {seed}: {visitor.visited} moments of the past", flush=True)
            for each in visitor.wrong:
                print(f"program {seed} differs: {each}", flush=True)


if __name__ == "__main__":
    main()

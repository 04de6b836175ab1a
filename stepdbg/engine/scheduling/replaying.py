"""Following a schedule: a strategy, and the time that goes with it.

Owns: `Replay`, its `LogPlace`.
Does not own: the schedule (model.schedules), the order behind its end (in_turn), the run queue.

The log says who steps, so a pass has one task.  It also says where deadlines passed, so those pass
there and nowhere else, and the clock stands still in between.  A replay cannot make anything come
from outside of the run.  So while the next task of the log is not runnable, and some task waits for
a thread, a process or a socket, the replay waits in real time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from trio.lowlevel import Task

from stepdbg._trio_internals import expiring, runs, scopes, tasks
from stepdbg._trio_internals.await_chain import anybody_waits_outside
from stepdbg.engine.process.clock import HeldClock, kind_of
from stepdbg.engine.process.guard import hand_over, report_bug
from stepdbg.engine.stacks.frames import innermost_own, task_frames
from stepdbg.model.facts import LogicalId, RunId
from stepdbg.model.schedules import (
    NO_HASH_SEED,
    Base,
    Logged,
    Schedule,
    Turn,
    TurnKind,
    turns_of,
)
from stepdbg.model.standard import math, os, time
from stepdbg.model.stops import Note

from . import writing_down
from .in_turn import Deviating, InTurn

if TYPE_CHECKING:
    from stepdbg.engine.recording.registry import Registry
    from stepdbg.model.stops import Event
    from stepdbg.model.uncontrolled import Touch

    from .given import Given
    from .state import Steered

_PATIENCE, _GRACE = 10.0, 0.5
"""The seconds for which a replay waits for the next task of the log: while somebody waits for a
thread, a process or a socket; and else, since threads and signal handlers may call into the run."""

_NAP, _LOOK_AGAIN = 0.001, 0.05
"""The seconds between two looks: while others could step, and while nobody can."""


class ReplayedRun(Protocol):
    """A run that follows a schedule."""

    @property
    def runner(self) -> runs.Runner: ...
    @property
    def registry(self) -> Registry: ...
    @property
    def held(self) -> object | None: ...
    @property
    def quitting(self) -> bool: ...
    @property
    def tell(self) -> Callable[[Event], None]: ...


class ScheduledRun(ReplayedRun, Protocol):
    """One that is to follow one."""

    @property
    def id(self) -> RunId: ...
    @property
    def steered(self) -> Steered: ...


def begin(run: ScheduledRun, schedule: Schedule, seed: int | None) -> Replay:
    """Let a run that begins follow a schedule, and say what is not as it was.

    seed: of ``--seed``.
    """
    replay = Replay(run, schedule)
    replay.begin()  # at once, since time goes by
    then = schedule.header
    now = writing_down.header_of(kind_of(run.runner.clock), run.id, seed)
    for each in writing_down.differences(then, now):
        run.tell(Note(f"{each}; it is followed all the same", "warning"))
    steps = f"{schedule.log.steps:,} steps" if schedule.log.steps else "its facts"
    run.tell(Note(f"replay: the run follows a schedule ({steps})"))
    if then.hash_seed == NO_HASH_SEED:
        unset = "PYTHONHASHSEED was unset, so the order of sets of strings is not controlled"
        run.tell(Note(f"replay: {unset}"))
    return replay


class LogPlace:
    """A place in the log of a schedule.

    Args:
        log: the log.
        run: the run that follows it.

    Attributes:
        next: the turn that comes next, None behind the end.
        steps: how many steps are behind it.
    """

    def __init__(self, log: Logged, run: ReplayedRun) -> None:
        self.steps = 0
        self._turns = turns_of(log)
        self.next: Turn | None = next(self._turns, None)
        self._log, self._run = log, run
        self._numbers: dict[int, int] = {}

    def go_on(self) -> None:
        """The next turn has been taken."""
        self.steps += self.next is not None and self.next.kind is TurnKind.STEP
        self.next = next(self._turns, None)

    def number_of(self, turn: Turn) -> int | None:
        """The number of the task of a turn, None before it is spawned."""
        known, paths = self._numbers.get(turn.task), self._run.registry.paths
        if known is None and paths is not None:
            known = paths.number_of(self._log.tasks[turn.task])
            if known is not None:
                self._numbers[turn.task] = known
        return known

    def scope_of(self, turn: Turn) -> tuple[float, runs.CancelScope] | None:
        """The soonest deadline of the task of a turn, with its scope."""
        number = self.number_of(turn)
        for deadline, scope in expiring.by_deadline(self._run.runner):
            # The task that has entered the scope is older than the children in it.
            if min(map(tasks.number, scopes.tasks_under(scope)), default=None) == number:
                return deadline, scope
        return None

    def makes_no_difference(self, turn: Turn) -> bool:
        """Whether a deadline that is not there is one of a task that is being cancelled anyway.

        Who cancels a scope, or lets its deadline pass, takes those inside along that are due by
        the clock; in the log they may have passed a moment later.
        """
        number = self.number_of(turn)
        return any(
            tasks.number(task) == number and scopes.task_is_cancelled(task)
            for task in self._run.runner.tasks
        )

    def expected(self, turn: Turn) -> str:
        """What the log says at a turn, and why the run cannot do it."""
        who, at = self._log.tasks[turn.task], f"step {self.steps + 1} of {self._log.steps}"
        if turn.kind is TurnKind.DEADLINE:
            return f"a deadline of {who} was to pass before {at}, and it has none"
        number = self.number_of(turn)
        found = tasks.with_number(self._run.runner.tasks, number)
        frame = None if found is None else innermost_own(task_frames(found))
        if number is None:
            state = "no such task has been spawned"
        elif frame is None:
            state = "it is not runnable" if found else "it has ended"
        else:
            state = f"it waits at {os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}"
        return f"{who} was to take {at}, and {state}"


def could_step(run: ReplayedRun, queued: Sequence[Task]) -> str:
    """Which tasks of the program's could step, as the end of a sentence; empty for none."""
    tasks_ = [task for task in queued if not runs.is_system(run.runner, task)]
    others = sorted(str(_id_of(run.registry, task)) for task in tasks_)
    return f"; runnable: {', '.join(others[:5])}" if others else ""


def _comes(tape: Given | None, place: LogPlace, turn: Turn) -> bool:
    """Whether a tape has something for the run at a place of its log, so that it goes on."""
    if tape is None:
        return False
    return tape.come(place.steps) or tape.wake(place.number_of(turn))


def _set(clock: HeldClock | None, now: float) -> None:
    if clock is not None:
        clock.jump(max(now - clock.current_time(), 0.0))


def _id_of(registry: Registry, task: Task) -> LogicalId:
    found = registry.logical_id_of(task)
    return found if isinstance(found, LogicalId) else LogicalId("loop")


class Replay:
    """A strategy that lets the tasks of a run step as a schedule says.

    Args:
        run: it is about to begin.
        schedule: with a log, or with facts.

    Attributes:
        following: whether the log still says who steps.
        tape: gives the run what it was given before, None where nothing does.
    """

    def __init__(self, run: ReplayedRun, schedule: Schedule) -> None:
        self._run, self._log = run, schedule.log
        self._id_of = partial(_id_of, run.registry)
        self._place = LogPlace(schedule.log, run)
        self._waits_since: float | None = None
        self.tape: Given | None = None
        self._clock: HeldClock | None = None
        self._begun_at = 0.0
        self.following = self._place.next is not None
        self._rest: InTurn = (
            Deviating(run.runner, self._id_of, schedule)
            if schedule.facts
            else InTurn(run.runner, self._id_of, stays=schedule.base is Base.STAY)
        )

    def begin(self) -> None:
        """Take the run's clock in hand, if it is Trio's own and the log says how it went."""
        clock = self._run.runner.clock
        if isinstance(self._rest, Deviating):
            expiring.choose_deadlines(self._run.runner, self._rest.see_deadlines)
        elif self.following and isinstance(clock, HeldClock):
            self._clock, self._begun_at = clock, clock.current_time()
            clock.__enter__()
            clock.when_standing = self._before_sleep
            expiring.choose_deadlines(self._run.runner, self._choose_deadlines)

    def detach(self) -> None:
        """The run goes on without stepdbg."""
        self.leave()
        expiring.choose_no_more(self._run.runner)

    def leave(self) -> None:
        """Follow no more: time goes on, and deadlines pass by themselves."""
        self.following = False
        clock, self._clock = self._clock, None
        if clock is not None:
            clock.when_standing = None
            clock.__exit__()
        if self.tape is not None:
            self.tape.leave()

    def end(self) -> None:
        """The run is over: say what is left of the log, if it should have gone on."""
        steps = self._place.steps
        left = self._log.steps - steps
        if self.following and left and not self._run.quitting:
            ended = f"the run has ended after step {steps} of the schedule"
            sentence = f"{ended}, which has {left} more: it has left the schedule"
            self._run.tell(Note(sentence, "warning"))
        self.leave()

    def overruled(self, by: str) -> None:
        """The user says who steps.  by: the command."""
        if self.following:
            self.leave()
            at = f"at step {self._place.steps} of {self._log.steps}"
            sentence = f"the run has left the schedule {at}, since `{by}` says who steps"
            self._run.tell(Note(sentence, "warning"))

    def touched(self, touch: Touch) -> None:
        """The run has touched something for the first time that no schedule controls."""
        if self.following and (self.tape is None or not self.tape.holds(touch.kind)):
            self._run.tell(Note(f"replay: the schedule does not control {touch}", "warning"))

    def next_pass(self, queued: Sequence[Task]) -> Sequence[Task] | None:
        """See `run_queue.Strategy`."""
        if self._run.quitting:
            self.leave()
            return None
        if not self.following:
            return self._rest.next_pass(queued)
        place = self._place
        self._pass_time()
        coming = self.tape is not None and self.tape.come(place.steps)
        while place.next is not None and place.next.kind is TurnKind.DEADLINE:
            if self._clock is not None:
                return ()  # it passes before the next pass
            place.go_on()  # a clock that is not in hand lets deadlines pass where it will
        turn = place.next
        number = None if turn is None or coming else place.number_of(turn)
        for task in queued:
            if tasks.number(task) == number:  # nearly each pass ends here
                place.go_on()
                self._waits_since = None
                return [task]
        if all(runs.is_system(self._run.runner, task) for task in queued):
            return None
        if coming:
            return ()
        if turn is None:
            self._end_of_log()
            return self._rest.next_pass(queued)
        if self.tape is not None and self.tape.wake(number):
            return ()
        if self._may_come():
            time.sleep(_NAP)
            return ()
        self._diverge(turn, queued)
        return self._rest.next_pass(queued)

    def _may_come(self) -> bool:
        """Whether the next task of the log may still be woken from outside of the run."""
        now = time.monotonic()
        self._waits_since = self._waits_since or now
        waited = now - self._waits_since
        return waited < _GRACE or (waited < _PATIENCE and anybody_waits_outside(self._run.runner))

    # -- time -------------------------------------------------------------------------

    def _pass_time(self) -> None:
        """Let the clock be as late as the log says."""
        place = self._place
        while place.next is not None and place.next.kind is TurnKind.TIME:
            _set(self._clock, self._begun_at + place.next.time / 1000)
            place.go_on()

    def _choose_deadlines(self, let_pass: Callable[[runs.CancelScope], None]) -> bool:
        """Trio's loop asks which deadlines pass; False: those that are due."""
        try:
            if self._run.held is not None or not self.following:
                return False  # something is awaited at the prompt
            place = self._place
            self._pass_time()
            while place.next is not None and place.next.kind is TurnKind.DEADLINE:
                found = place.scope_of(place.next)
                if found is None and place.makes_no_difference(place.next):
                    place.go_on()
                    continue
                if found is None:
                    self._diverge(place.next, ())
                    return False
                _set(self._clock, found[0])
                place.go_on()
                let_pass(found[1])
                self._pass_time()
        except BaseException as error:  # Trio's loop is the caller
            self._give_up(error)
            return False
        return True

    def _before_sleep(self) -> float | None:
        """Nothing is runnable, and Trio's loop is about to sleep.

        Returns:
            For how many seconds it may, whatever deadlines there are; None: until the next one.
        """
        if self._run.held is not None or not self.following:
            return None
        try:
            self._pass_time()
            turn = self._place.next
            if turn is None:
                self._end_of_log()
            elif turn.kind is TurnKind.DEADLINE:
                return 0.0  # it passes now
            elif _comes(self.tape, self._place, turn):
                return 0.0
            elif self._run.runner.waiting_for_idle:
                return math.inf  # Trio sleeps for as long as the task that waits for that wants
            elif self._may_come():
                return _LOOK_AGAIN
            else:
                self._diverge(turn, ())
        except BaseException as error:  # Trio's loop is the caller
            self._give_up(error)
        return None

    # -- leaving the log --------------------------------------------------------------

    def _end_of_log(self) -> None:
        self.leave()
        if not runs.is_over(self._run.runner):
            sentence = (
                f"the schedule ends here, after step {self._place.steps}: from now on the tasks "
                "step in the default order, and time goes on"
            )
            self._run.tell(Note(sentence))

    def _diverge(self, turn: Turn, queued: Sequence[Task]) -> None:
        """The run cannot do what the log says."""
        self.leave()
        what = f"{self._place.expected(turn)}{could_step(self._run, queued)}"
        self._run.tell(Note(f"the run has left the schedule: {what}", "warning"))

    def _give_up(self, error: BaseException) -> None:
        self.leave()
        if not hand_over(error):
            report_bug(error, "following a schedule", "your program goes on as under Trio")

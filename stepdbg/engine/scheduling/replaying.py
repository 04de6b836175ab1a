"""Following a schedule: a strategy, and the time that goes with it.

Owns: `Replay`.
Does not own: the schedule (model.schedules), a place in its log (log_place), what scopes see on the
clock (replayed_clock), the order after its end (in_turn), the run queue.

The log says which task steps, so each pass has one task.  It also says where deadlines passed: they
pass exactly there, and the clock stands still in between.  A replay cannot make anything arrive
from outside of the run.  So while the next task of the log is not runnable, and some task waits for
a thread, a process or a socket, the replay waits in real time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from trio.lowlevel import Task

from stepdbg._trio_internals import expiring, runs, tasks
from stepdbg._trio_internals.await_chain import anybody_waits_outside
from stepdbg.engine.process.clock import HeldClock, kind_of
from stepdbg.engine.process.guard import hand_over, report_bug
from stepdbg.model.facts import RunId
from stepdbg.model.schedules import (
    NO_HASH_SEED,
    Base,
    Schedule,
    Turn,
    TurnKind,
)
from stepdbg.model.standard import math, time
from stepdbg.model.stops import Note

from . import writing_down
from .in_turn import Deviating, InTurn
from .log_place import LogPlace, ReplayedRun, could_step, id_of
from .replayed_clock import ReplayedClock

if TYPE_CHECKING:
    from stepdbg.model.uncontrolled import Touch

    from .outside_input import OutsideInput
    from .state import Steered

_PATIENCE, _GRACE = 10.0, 0.5
"""The seconds for which a replay waits for the next task of the log.  First: while a task waits for
a thread, a process or a socket.  Second: otherwise, because threads and signal handlers may call
into the run.
"""

_NAP, _LOOK_AGAIN = 0.001, 0.05
"""The seconds between two looks: while other tasks could step, and while none can."""


_THEN = "from now on the tasks step in the default order, and time goes on"


class ScheduledRun(ReplayedRun, Protocol):
    """A run that is about to follow a schedule."""

    @property
    def id(self) -> RunId: ...
    @property
    def steered(self) -> Steered: ...


def begin(run: ScheduledRun, schedule: Schedule, seed: int | None) -> Replay:
    """Let a run that begins follow a schedule, and say what differs from the recording.

    seed: of ``--seed``.
    """
    replay = Replay(run, schedule)
    replay.begin()  # at once, because time goes by
    then = schedule.header
    now = writing_down.header_of(kind_of(run.runner.clock), run.id, seed)
    for each in writing_down.differences(then, now):
        run.tell(Note(f"{each}; the run follows the schedule all the same", "warning"))
    steps = f"{schedule.log.steps:,} steps" if schedule.log.steps else "its facts"
    run.tell(Note(f"replay: the run follows a schedule ({steps})"))
    if then.hash_seed == NO_HASH_SEED:
        unset = "PYTHONHASHSEED was unset, so the order of sets of strings is not controlled"
        run.tell(Note(f"replay: {unset}"))
    return replay


def _comes(tape: OutsideInput | None, place: LogPlace, turn: Turn) -> bool:
    """Whether a tape has something for the run at this place of the log that lets it go on."""
    if tape is None:
        return False
    return tape.deliver_until(place.steps) or tape.wake(place.number_of(turn))


def _set(clock: HeldClock | None, now: float) -> None:
    if clock is not None:
        clock.jump(max(now - clock.current_time(), 0.0))


def _pass_time(place: LogPlace, clock: HeldClock | None, begun_at: float) -> None:
    """Set a clock as late as the log says at a place.

    begun_at: the time of the clock when the run began.
    """
    turn = place.next
    while turn is not None and turn.kind is TurnKind.TIME:
        _set(clock, begun_at + turn.time / 1000)
        place.go_on()
        turn = place.next


class _Patience:
    """Whether the next task of the log may still be woken from outside of the run.

    Attributes:
        since: when the wait for it has begun; None while there is none.
    """

    def __init__(self, run: ReplayedRun) -> None:
        self._run = run
        self.since: float | None = None

    def lasts(self) -> bool:
        """Whether to wait on."""
        now = time.monotonic()
        self.since = self.since or now
        waited = now - self.since
        if waited < _GRACE:
            return True
        return waited < _PATIENCE and anybody_waits_outside(self._run.runner)


class Replay:
    """A strategy that lets the tasks of a run step as a schedule says.

    Args:
        run: the run, which is about to begin.
        schedule: with a log, or with facts.

    Attributes:
        following: whether the log still says which task steps.
        tape: gives the run what it got from outside in the recording; None if there is no tape.
    """

    def __init__(self, run: ReplayedRun, schedule: Schedule) -> None:
        self._run, self._log = run, schedule.log
        self._id_of = partial(id_of, run.registry)
        self._place = LogPlace(schedule.log, run)
        self._patience = _Patience(run)
        self.tape: OutsideInput | None = None
        self._replayed_clock = ReplayedClock(run, schedule.reads)
        self._clock: HeldClock | None = None
        self._begun_at = 0.0
        self.following = self._place.next is not None
        self._rest: InTurn = (
            Deviating(run.runner, self._id_of, schedule)
            if schedule.facts
            else InTurn(run.runner, self._id_of, stays=schedule.base is Base.STAY)
        )

    def begin(self) -> None:
        """Control the run's clock, if it is Trio's own and the log says how time went by."""
        clock = self._run.runner.clock
        if isinstance(self._rest, Deviating):
            expiring.choose_deadlines(self._run.runner, self._rest.see_deadlines)
        elif self.following and isinstance(clock, HeldClock):
            clock.__enter__()
            self._clock = clock
            self._begun_at = self._replayed_clock.begin(clock, self._give_up)
            clock.when_standing = self._before_sleep
            expiring.choose_deadlines(self._run.runner, self._choose_deadlines)

    def detach(self) -> None:
        """The run goes on without stepdbg."""
        self.leave()
        expiring.choose_no_more(self._run.runner)

    def leave(self) -> None:
        """Stop following: time goes on, and deadlines pass by themselves."""
        self.following = False
        self._replayed_clock.end()
        clock, self._clock = self._clock, None
        if clock is not None:
            clock.when_standing = None
            clock.__exit__()
        if self.tape is not None:
            self.tape.leave()

    def end(self) -> None:
        """At the end of the run: say how much of the log is left, if it should have gone on."""
        steps, left = self._place.steps, self._log.steps - self._place.steps
        if self.following and left and not self._run.quitting:
            ended = f"the run has ended after step {steps} of the schedule"
            sentence = f"{ended}, which has {left} more: it has left the schedule"
            self._run.tell(Note(sentence, "warning"))
        self.leave()

    def overruled(self, by: str) -> None:
        """Leave the schedule, because the user chooses which task steps.  by: the command."""
        if self.following:
            self.leave()
            at = f"at step {self._place.steps} of {self._log.steps}"
            sentence = f"the run has left the schedule {at}, because `{by}` says which task steps"
            self._run.tell(Note(sentence, "warning"))

    def touched(self, touch: Touch) -> None:
        """The run has touched something for the first time that no schedule controls."""
        taped = self.tape is not None and self.tape.holds(touch.kind)
        if self.following and not (taped or self._replayed_clock.holds(touch.kind)):
            self._run.tell(Note(f"replay: the schedule does not control {touch}", "warning"))

    def next_pass(self, queued: Sequence[Task]) -> Sequence[Task] | None:
        """Give the task that the log names; no task while that one may still be woken."""
        if self._run.quitting:
            self.leave()
            return None
        if not self.following:
            return self._rest.next_pass(queued)
        place = self._place
        _pass_time(self._place, self._clock, self._begun_at)
        coming = self.tape is not None and self.tape.deliver_until(place.steps)
        turn = place.next
        while turn is not None and turn.kind is TurnKind.DEADLINE:
            if self._clock is not None:
                return ()  # the deadline passes before the next pass
            place.go_on()  # a clock that is not controlled lets deadlines pass at any time
            turn = place.next
        number = None if turn is None or coming else place.number_of(turn)
        for task in queued:
            if tasks.number(task) == number:  # nearly every pass ends here
                self._takes(task)
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
        if self._patience.lasts():
            time.sleep(_NAP)
            return ()
        self._diverge(turn, queued)
        return self._rest.next_pass(queued)

    def _takes(self, task: Task) -> None:
        """The next step of the log begins."""
        self._place.go_on()
        self._replayed_clock.step_begins(task, self._place)
        self._patience.since = None

    # -- time -------------------------------------------------------------------------

    def _choose_deadlines(self, let_pass: Callable[[runs.CancelScope], None]) -> bool:
        """Choose the deadlines that pass, for Trio's loop; False: those that are due."""
        try:
            if self._run.held is not None or not self.following:
                return False  # something is awaited at the prompt
            place = self._place
            missed = self._replayed_clock.missed()
            if missed:
                self._leave_by(missed)
                return False
            _pass_time(self._place, self._clock, self._begun_at)
            while (turn := place.next) is not None and turn.kind is TurnKind.DEADLINE:
                if turn.within:  # the next step finds that it has passed
                    number, expected = place.number_of(turn), place.expected(turn)
                    self._replayed_clock.passes_within(number, turn.which, expected)
                    place.go_on()
                    continue
                found = place.scope_of(turn)
                if found is None and place.makes_no_difference(turn):
                    place.go_on()
                    continue
                if found is None:
                    self._diverge(turn, ())
                    return False
                _set(self._clock, found[0])
                place.go_on()
                let_pass(found[1])
                _pass_time(self._place, self._clock, self._begun_at)
        except BaseException as error:  # Trio's loop is the caller
            self._give_up(error)
            return False
        return True

    def _before_sleep(self) -> float | None:
        """Called when nothing is runnable and Trio's loop is about to sleep.

        Returns:
            For how many seconds it may sleep, ignoring deadlines; None: until the next deadline.
        """
        if self._run.held is not None or not self.following:
            return None
        try:
            _pass_time(self._place, self._clock, self._begun_at)
            turn = self._place.next
            if turn is None:
                self._end_of_log()
            elif turn.kind is TurnKind.DEADLINE or _comes(self.tape, self._place, turn):
                return 0.0
            elif self._run.runner.waiting_for_idle:
                return math.inf  # Trio sleeps for as long as the waiting task wants
            elif self._patience.lasts():
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
            self._run.tell(Note(f"the schedule ends here, after step {self._place.steps}: {_THEN}"))

    def _diverge(self, turn: Turn, queued: Sequence[Task]) -> None:
        """Say that the run cannot do what the log says, and leave the schedule."""
        self._leave_by(f"{self._place.expected(turn)}{could_step(self._run, queued)}")

    def _leave_by(self, what: str) -> None:
        self.leave()
        self._run.tell(Note(f"the run has left the schedule: {what}", "warning"))

    def _give_up(self, error: BaseException) -> None:
        self.leave()
        if not hand_over(error):
            report_bug(error, "following a schedule", "your program goes on as under Trio")

"""The step log: every step of a run in order, in four bytes each.

Owns: `StepLog`, its words, and reading it as the log of a schedule; `ClockLog`, beside it.
Does not own: the hook that calls it (_trio_internals.recording), logical ids (spawn_paths), the
flight recorder, which drops its oldest notes (recorder), following a log (scheduling).

A word is the number of the task that has stepped.  Two bits set others apart: a deadline that has
passed, with the number of the task whose scope it is; how old the run is, in milliseconds; and
a deadline that a scope has found passed within the step whose word comes next, with the number of
that look at the clock (`patches.watch_looks`), counted within the step from 1.  If a task has
several deadlines, one more word before that of a deadline says which one, the outermost is 0.  A
look number of 0 says that the next deadline passes within the next step, which finds it.
A time is noted at the end of a step, at most every ten milliseconds.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from stepdbg._trio_internals import clock_reads, patches, recording, runs, scopes, tasks
from stepdbg.engine.process.clock import HeldClock, kind_of
from stepdbg.model.schedules import MOST_READS, Logged, TurnWriter
from stepdbg.model.standard import itertools, math

if TYPE_CHECKING:
    from types import FrameType

    from stepdbg.model.clock_reads import ClockReads
    from stepdbg.model.facts import LogicalId

    from .recorded import MayStand
    from .spawn_paths import SpawnPaths

MOST_WORDS = 10_000_000
"""How many words to keep: 40 MB."""

LOOK, DEADLINE, TIME = 1 << 30, 2 << 30, 3 << 30
WHICH = LOOK | 1 << 29
_VALUE = (1 << 30) - 1
"""More tasks than any process makes, and more milliseconds (12 days) than anybody watches a run."""

_BETWEEN_TIMES = 0.01

NOT_FROM_THE_START = "the steps of this run were not logged from its start"


class StepLog:
    """The steps of one run; before `begin` it logs nothing and costs nothing.

    Args:
        when_ended: called when the log does not go on any more.

    Attributes:
        words: what was logged.
        ended: why the log does not go on; empty while it goes on.
        clock: the kind of the run's clock, see `kind_of`.
        clock_log: what the program reads on it.
    """

    def __init__(self, when_ended: Callable[[], object]) -> None:
        self.words = array("I")
        self.ended = NOT_FROM_THE_START
        self._when_ended = when_ended
        self.clock = "own"
        self._most = MOST_WORDS
        self._clock: HeldClock | None = None
        self._begun_at = 0.0
        self._look_counter = _LookCounter(self.words)
        self._unwatch: Callable[[], None] = recording.ignore
        self.clock_log = ClockLog(self.words)

    def begin(self, runner: runs.Runner, hold: MayStand) -> None:
        """Log from now on, if the run has no task yet: an incomplete log is of no use.

        hold: that of the run; what is done at a stop is not logged.
        """
        if runner.init_task is not None:
            return
        self.ended = ""
        self._look_counter.hold = hold
        self._unwatch = patches.watch_looks(runner, self._look_counter.count)
        self.clock = kind_of(runner.clock)
        if isinstance(runner.clock, HeldClock):
            self._clock, self._begun_at = runner.clock, runner.clock.current_time()
            self.clock_log.begin(runner, hold, self._begun_at)

    def listen(self, hook: recording.RecordingHook) -> None:
        """Let a hook log its steps here, if the log goes on."""
        if self.ended:
            return
        hook.log, hook.unlog = self.words.append, self.words.pop

        def pass_time(now: float) -> float:
            if len(self.words) >= self._most:
                self.end(f"the log of steps is full: it keeps {self._most:,}")
                hook.log = hook.unlog = recording.ignore
                return math.inf
            if self._clock is not None:
                age = self._clock.at(now) - self._begun_at
                self.words.append(TIME | min(max(int(age * 1000), 0), _VALUE))
            return now + _BETWEEN_TIMES

        hook.log_due, hook.log_time = 0.0, pass_time

    def end(self, why: str) -> None:
        """Stop logging."""
        self.let_go()
        if not self.ended:
            self.ended = why
            self._when_ended()

    def let_go(self) -> None:
        """The run is over, or logged no longer."""
        unwatch, self._unwatch = self._unwatch, recording.ignore
        unwatch()
        self.clock_log.let_go()

    def note_cancel(self, scope: runs.CancelScope, found: scopes.FoundBy | None) -> None:
        """A scope is about to be cancelled, which is logged if its deadline has passed.

        found: who has found that; None if the scope is cancelled otherwise.
        """
        if found is None or self.ended:
            return
        current = runs.current_task()
        if found in scopes.OWN_LOOKS and current is not None:
            # One of -inf has passed whatever the clock says; Trio uses it for its checkpoints.
            if scopes.deadline(scope) != -math.inf:
                self._look_counter.note()
            return
        owner = scopes.oldest_under(scope)
        if owner is None:
            return
        if owner is current:
            self._look_counter.note()  # it may have entered the scope in this step
            return
        if current is not None:
            self._look_counter.add(LOOK)
        timed = scopes.timed_around(owner)
        if len(timed) > 1 and scope in timed:
            self._look_counter.add(WHICH | timed.index(scope))
        self._look_counter.add(DEADLINE | tasks.number(owner))

    def count(self) -> int:
        """How many steps it holds, including those of Trio's own tasks."""
        return sum(word < LOOK for word in self.words)

    def steps_at(self, places: Sequence[int], paths: SpawnPaths) -> list[int]:
        """How many steps of the program's tasks come before each of these ascending positions."""
        reading, steps, at = _Reading(paths), 0, 0
        found = []
        for place in places:
            for word in self.words[at:place]:
                steps += word < LOOK and reading.is_programs(word)
            at = max(at, place)
            found.append(steps)
        return found

    def reads(self, paths: SpawnPaths) -> ClockReads | None:
        """What the program has read on the clock; None if it has not asked."""
        return self.clock_log.read(partial(self.steps_at, paths=paths))

    def read(self, paths: SpawnPaths, *under_way: int) -> Logged:
        """The log with logical ids; it ends at the first task without one.

        under_way: the number of the task whose step has begun, if that step counts as well.
        """
        return _Reading(paths).of(itertools.chain(self.words, under_way))


class ClockLog:
    """What the program reads on the clock of one run.

    Trio's own reads count as well where they make a deadline, so deadlines are the same again.

    words: the words of its step log.

    Attributes:
        full: whether there were more reads than it keeps.
    """

    def __init__(self, words: array[int]) -> None:
        self.full = False
        self._words = words
        self._begun = 0.0
        self._places, self._times = array("I"), array("d")
        self._hold: MayStand | None = None
        self._unwatch: Callable[[], None] = recording.ignore

    def begin(self, runner: runs.Runner, hold: MayStand, begun: float) -> None:
        """Note the reads from now on.

        hold: that of the run; what is read at a stop is not noted.
        begun: the time now.
        """
        self._hold, self._begun = hold, begun
        self._unwatch = clock_reads.watch_reads(runner, self._hear)

    def let_go(self) -> None:
        """The run is over, or logged no longer."""
        unwatch, self._unwatch = self._unwatch, recording.ignore
        unwatch()

    def _hear(self, now: float, _: int) -> None:
        hold = self._hold
        if hold is None or hold.stands or hold.held is not None:
            return
        if len(self._times) >= MOST_READS:
            self.full = True
            self.let_go()
            return
        try:
            self._times.append(now)
            self._places.append(len(self._words))
        except MemoryError:  # the program is the caller, and must not get it
            self.full = True
            del self._times[len(self._places) :]
            self.let_go()

    def read(self, steps_at: Callable[[Sequence[int]], list[int]]) -> ClockReads | None:
        """The reads so far; None if there were none.

        steps_at: gives how many steps of the program come before each of some ascending positions
            in the step log.
        """
        if not self._times:
            return None
        from stepdbg.model.clock_reads import ClockReads  # few runs are written down

        return ClockReads(self._begun, array("I", steps_at(self._places)), self._times[:])


class _LookCounter:
    """Counts the looks at the clock in the step that is under way.

    Args:
        words: of the log.
    """

    __slots__ = ("_at", "_looks", "_words", "hold")

    def __init__(self, words: array[int]) -> None:
        self._words = words
        self._at = self._looks = 0
        self.hold: MayStand | None = None

    def count(self, asking: FrameType) -> None:
        """A scope looks; a word more than at the last look tells that a step has ended.

        A replay counts the same looks.  So two kinds do not count: looks between steps, which Trio
        takes at the scopes inside one whose deadline has passed, and looks that have no order.

        asking: the frame that asks for the time.
        """
        task = runs.current_task()
        if task is None or (self.hold is not None and self.hold.stands):
            return
        if not scopes.is_in_order(asking, task):
            return
        words = len(self._words)
        if words != self._at:
            self._at, self._looks = words, 0
        self._looks += 1

    def note(self) -> None:
        """The last look has found that a deadline has passed."""
        if self.hold is not None and not self.hold.stands:
            self.add(LOOK | self._looks)

    def add(self, word: int) -> None:
        """Add a word that is not the end of a step."""
        self._words.append(word)
        if self._at == len(self._words) - 1:
            self._at += 1


class _Reading:
    """One reading of a log.

    Args:
        paths: the logical ids of the run.
    """

    def __init__(self, paths: SpawnPaths) -> None:
        self._paths = paths
        self._places: dict[int, int] = {}
        self._table: list[LogicalId] = []

    def of(self, words: Iterable[int]) -> Logged:
        """Read these words."""
        turns, places, looks = TurnWriter(), self._places, []
        which, within = None, False
        for word in words:
            if word >= TIME:
                turns.time(word & _VALUE)
                continue
            if WHICH <= word < DEADLINE:
                which = word ^ WHICH
                continue
            if word == LOOK:
                within = True
                continue
            if LOOK <= word < DEADLINE:
                looks.append(word & _VALUE)
                continue
            number = word & _VALUE
            place = places.get(number)
            if place is None:
                place = self._place_of(number)
            if place == _UNKNOWN:
                break
            if word >= DEADLINE:
                if place != _TRIOS:
                    turns.deadline(place, which, within=within)
                which, within = None, False
                continue
            if place != _TRIOS:
                for look in looks:
                    turns.look(look)
                turns.step(place)
            looks.clear()
        return Logged(tuple(self._table), turns.written(), turns.steps)

    def is_programs(self, number: int) -> bool:
        """Whether a task is the program's."""
        place = self._places.get(number)
        return (self._place_of(number) if place is None else place) >= 0

    def _place_of(self, number: int) -> int:
        found = self._paths.of_number(number)
        if found is None:
            place = _UNKNOWN
        elif found.root == "system" and len(found.path) == 1:
            place = _TRIOS
        else:
            place = len(self._table)
            self._table.append(found)
        self._places[number] = place
        return place


_UNKNOWN, _TRIOS = -1, -2
"""Instead of an index in the table: the task is unknown; the task is in no schedule."""

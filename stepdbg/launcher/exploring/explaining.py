"""Making a schedule that fails small, and finding the two steps whose order matters.

Owns: `found_fault`, `Explaining`.
Does not own: facts and how they are dropped (engine.exploring.deviating), what a process does
(workers), the report (render.exploring).

Each try has a process of its own: a failure leaves things behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stepdbg.engine.exploring.choosers import Following
from stepdbg.engine.exploring.deviating import (
    Keeping,
    Noting,
    earlier,
    fewest,
    later,
    moments_of,
    order_facts,
)
from stepdbg.engine.exploring.lateness import Lateness, as_before
from stepdbg.model.exploring import Explained, Fault, FoundFault, ShownStep
from stepdbg.model.facts import LogicalId
from stepdbg.model.schedule_text import text_of
from stepdbg.model.schedules import After, Base, Instead, Logged, Moment, Schedule
from stepdbg.model.standard import time

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stepdbg.engine.exploring.choosers import Chooser
    from stepdbg.engine.exploring.deviating import Fact
    from stepdbg.model.schedules import Header

_TRIES = 200
"""For each of the two ways to say what a schedule changes."""

_SECONDS = 10.0
"""For making it small, and again for finding the two steps: so long only where a run is slow."""

_REPLAYS = 20

_HALVINGS = 10
"""So often the lateness of a step is halved."""

Packed = dict[str, Any]
"""What another process tells of a schedule, see `workers`."""


def found_fault(
    tried: Packed,
    run: Callable[[Chooser, Lateness | None], Packed | None],
    header: Header,
    *,
    explains: bool,
) -> FoundFault | None:
    """The failure of a schedule; None where it does not come again in a new process.

    Args:
        tried: the schedule that failed.
        run: see `Explaining`.
        header: of the schedule.
        explains: whether it is made small and explained.
    """
    key, title, text = tried["fault"]
    explaining = Explaining(key, run)
    small = explaining.again(tried)
    if small is None:
        return None
    explained = None
    if explains:
        explained, small = explaining.of(small)
    log = Logged(ids_of(small["tasks"]), small["turns"], small["steps"])
    token = text_of(Schedule(header, Base.STOCK, log=log))
    fault = Fault(key, title, text)
    return FoundFault(
        fault,
        token,
        0,
        steps=log.steps,
        output=small["output"],
        explained=explained,
        late=small["late"],
        fired=fired_of(small),
    )


class Explaining:
    """Explains one failure.

    Args:
        key: of the failure.
        run: runs the call once with a chooser, in a process of its own, and with what lets
            deadlines pass early; None where that process has ended otherwise than it should.
    """

    def __init__(self, key: str, run: Callable[[Chooser, Lateness | None], Packed | None]) -> None:
        self._key, self._run_late = key, run
        self._late = 0.0
        self._fired: tuple[Moment | None, ...] = ()
        self._until = time.monotonic() + _SECONDS
        self._left = 0

    def of(self, failed: Packed) -> tuple[Explained, Packed]:
        """What can be said of a schedule that failed, and the smaller one that fails as well."""
        failed = self._sooner(failed)
        small, facts, of = self._smaller(failed)
        self._as_in(small)
        log = ids_of(small["log"])
        replays = sum(self._fails(self._run(Following(log))) for _ in range(_REPLAYS))
        self._left, self._until = _TRIES, time.monotonic() + _SECONDS
        pair = self._pair(log, facts)
        shown = None
        if pair is not None:
            shown = _shown(small, log, pair[0]), _shown(small, log, pair[1])
        told = tuple(map(str, facts))
        return Explained(told, of, replays, _REPLAYS, shown), small

    def again(self, failed: Packed, late: float | None = None) -> Packed | None:
        """The same schedule once more; None where it does not fail.

        Args:
            failed: the schedule.
            late: seconds that a step may be late, as in the schedule without it.
        """
        self._as_in(failed, late)
        tried = self._run(Following(ids_of(failed["log"])))
        return tried if self._fails(tried) else None

    def _run(self, chooser: Chooser) -> Packed | None:
        late = Lateness(self._late, as_before(self._fired)) if self._fired else None
        return self._run_late(chooser, late)

    def _as_in(self, tried: Packed, late: float | None = None) -> None:
        """Let deadlines pass as in a schedule from now on, with steps at most so late."""
        self._fired = fired_of(tried)
        self._late = tried["late"] if late is None else late

    def _sooner(self, failed: Packed) -> Packed:
        """The failure with the least lateness that is found."""
        lowest = limit = 0.0
        for _ in range(_HALVINGS if failed["late"] else 0):
            tried = self.again(failed, limit)
            if tried is None:
                lowest = limit
            else:
                failed = tried
            limit = (lowest + failed["late"]) / 2
        self._as_in(failed)
        return failed

    def _fails(self, tried: Packed | None) -> bool:
        return tried is not None and tried["fault"] is not None and tried["fault"][0] == self._key

    def _try(self, chooser: Chooser) -> Packed | None:
        """What comes of a chooser, None where it does not fail, or no try is left."""
        if self._left <= 0 or time.monotonic() > self._until:
            return None
        self._left -= 1
        tried = self._run(chooser)
        return tried if self._fails(tried) else None

    def _smaller(self, failed: Packed) -> tuple[Packed, tuple[Fact, ...], int]:
        """The smallest schedule found, its facts, and how many facts the first one had."""
        log = ids_of(failed["log"])
        by_order = order_facts(log)
        noting = self._run(Noting(log))
        instead = () if noting is None else facts_of(noting["facts"])
        both = self._fewest(by_order, stays=False), self._fewest(instead, stays=True)
        found = [each for each in both if each is not None]
        if not found:
            return failed, by_order, len(by_order)
        facts, small = min(found, key=lambda each: len(each[0]))
        return small, facts, len(by_order)

    def _fewest(
        self, facts: tuple[Fact, ...], *, stays: bool
    ) -> tuple[tuple[Fact, ...], Packed] | None:
        """Some of the facts with which it fails, and what came of them; None where it does not."""
        last: list[Packed] = []

        def fails(some: tuple[Fact, ...]) -> bool:
            tried = self._try(Keeping(some, stays=stays))
            if tried is not None:
                last[:] = [tried]
            return tried is not None

        self._left = _TRIES
        return (fewest(facts, fails), last[0]) if fails(facts) else None

    def _pair(self, log: tuple[LogicalId, ...], facts: tuple[Fact, ...]) -> tuple[int, int] | None:
        """The places of two steps: the failure goes when the second one comes before the first."""
        moments = moments_of(log)
        by_fact: list[tuple[int, bool]] = []
        for fact in facts:
            if isinstance(fact, After) and {fact.step, fact.after} <= set(moments):
                by_fact += (moments.index(fact.step), True), (moments.index(fact.after), False)
        changes = [place for place in range(1, len(log)) if log[place] != log[place - 1]]
        others = [(place, back) for place in reversed(changes) for back in (True, False)]
        for place, back in dict.fromkeys((*by_fact, *others)):
            passed = self._passed(log, place, back=back)
            if passed is not None:
                return (passed, place) if back else (place, passed)
        return None

    def _passed(self, log: tuple[LogicalId, ...], place: int, *, back: bool) -> int | None:
        """Which step the one at a place passes when the failure goes; None where it does not."""
        for to, order in (earlier if back else later)(log, place):
            if self._left <= 0 or time.monotonic() > self._until:
                return None
            self._left -= 1
            tried = self._run(Following(order))
            if tried is None or ids_of(tried["log"])[: to + 1] != tuple(order[: to + 1]):
                return None  # it waits for that step
            if not self._fails(tried):
                return to
        return None


def ids_of(said: Sequence[Any]) -> tuple[LogicalId, ...]:
    """Logical ids that another process has told."""
    return tuple(LogicalId(root, path) for root, path in said)


def fired_of(tried: Packed) -> tuple[Moment | None, ...]:
    """The deadlines that passed early, see `Lateness.fired`."""
    return tuple(each and Moment(LogicalId(*each[0]), each[1]) for each in tried["fired"])


def facts_of(said: Sequence[Any]) -> tuple[Fact, ...]:
    """Substitutions that another process has told."""
    return tuple(
        Instead(Moment(LogicalId(*task), nth), LogicalId(*other)) for task, nth, other in said
    )


def _shown(tried: Packed, log: tuple[LogicalId, ...], place: int) -> ShownStep:
    """One step of a schedule, with the lines between which it runs."""
    moment, lines = moments_of(log)[place], tried["lines"]
    later = [other for other in range(place + 1, len(log)) if log[other] == log[place]]
    return ShownStep(str(moment), lines[place], lines[later[0]] if later else "")

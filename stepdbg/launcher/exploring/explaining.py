"""Reducing a schedule that fails, and finding the two steps whose order matters.

Owns: `found_fault`, `Explaining`.
Does not own: trying whether a failure happens again (retries), facts and how they are dropped
(engine.exploring.deviating), what a process does (trials), the report (render.exploring).

Each try has a process of its own, since a run that fails may leave things changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stepdbg.engine.exploring.choosers import MODES, Following, InPasses
from stepdbg.engine.exploring.deviating import (
    FactChooser,
    FactFinder,
    fewest,
    merged,
    moments_of,
    order_facts,
)
from stepdbg.engine.exploring.step_notes import StepNotes
from stepdbg.model.accesses import touched_of
from stepdbg.model.exploring import (
    TRIES_OF_MODE,
    Explained,
    Fault,
    FoundFault,
    SharedName,
    ShownStep,
)
from stepdbg.model.facts import LogicalId
from stepdbg.model.patterns import path_text
from stepdbg.model.records import replace
from stepdbg.model.schedule_text import text_of
from stepdbg.model.schedules import Base, Logged, Moment, Schedule, Substitution
from stepdbg.model.standard import itertools

from .columns import Shown, table_of
from .meaning import Failed, shared_by, words_anyway, words_by_pair, words_without_pair
from .pairs import exchanges
from .retries import Packed, RepeatCheck, Tries, fired_of, ids_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stepdbg.engine.exploring.deviating import Fact
    from stepdbg.model.schedules import Header

    from .pairs import Exchange

_REPLAYS = 20

_PAIRS = 4
"""How many pairs of steps are tried in the search for one whose kind of failure has a name."""

_FEW = 2
"""With so few facts the other ways in `_WAYS` are not tried."""

_WAYS = ((True, False), (False, True), (False, False), (True, True))
"""The ways to describe a schedule, each a pair of flags: whether a task stays in the default order,
and whether the description consists of order facts (or of substitutions).

The first two are always tried.
"""

_HALVINGS = 10
"""How many times the lateness of a step is halved."""


def found_fault(
    tried: Packed,
    tries: Tries,
    header: Header,
    *,
    explains: bool,
) -> FoundFault | None:
    """The failure of a schedule; None if it does not happen again in a new process.

    Args:
        tried: the schedule that failed.
        tries: runs schedules.
        header: the header of the schedule that is reported.
        explains: whether to reduce the schedule and explain the failure.
    """
    key, title, text = tried["fault"]
    again = RepeatCheck(key, tries)
    small = again.again(tried)
    if small is None:
        return None
    small = again.shorter(small)
    explained = None
    if explains:
        explained, small = Explaining(key, tries, again, header.run).of(small)
    log = Logged(ids_of(small["tasks"]), small["turns"], small["steps"])
    header = replace(header, lints=key.startswith("lint "))
    token = text_of(Schedule(header, Base.STOCK, log=log))
    again_tried = again.again(small, text=True)
    if again_tried is not None:
        _, small_title, text = again_tried["fault"]
        # The reduced schedule may have another result with the same key.  And the text of a lint
        # has numbers of tasks, which continue from one run of a process to the next.
        title = small_title if key.startswith(("result ", "lint ")) else title
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
        key: the key of the failure.
        tries: runs schedules.
        again: tries whether the failure happens again.
        run: the number of the run in a process that replays the schedule.
    """

    def __init__(self, key: str, tries: Tries, again: RepeatCheck, run: int) -> None:
        self._key, self._tries, self._again, self._run = key, tries, again, run
        self._stays = False

    def of(self, failed: Packed) -> tuple[Explained, Packed]:
        """The explanation of a schedule that failed, and a smaller schedule that fails as well."""
        failed = self._sooner(failed)
        self._again.begin()
        small, facts, of = self._smaller(failed)
        self._again.as_in(small)
        log = ids_of(small["log"])
        replays = sum(self._again.fails(self._again.run(Following(log))) for _ in range(_REPLAYS))
        sentences = tuple(map(str, facts))
        mode, tried = self._mode()
        explained = Explained(
            sentences, of, replays, _REPLAYS, mode=mode, tried=tried, stays=self._stays
        )
        self._again.as_in(small)
        return self._with_steps(explained, small, facts), small

    def _with_steps(
        self, explained: Explained, small: Packed, facts: tuple[Fact, ...]
    ) -> Explained:
        """An explanation with the two steps whose order matters, and what they do, added."""
        log = ids_of(small["log"])
        seen = self._again.seen(log)
        if seen is None:
            return explained
        passed = tuple((place, LogicalId(*who)) for place, who in seen["passed"])
        failed = Failed(log, touched_of(seen["touched"]), self._key, seen["locks"], passed)
        words, by_pair = words_without_pair(failed), words_by_pair(failed)
        exchange = None
        self._again.begin()
        near = next((at for at, kind, *_ in failed.touched.raised if kind in self._key), len(log))
        found = exchanges(log, facts, self._again.follows, self._again.is_over, near)
        for each in itertools.islice(found, _PAIRS):
            exchange = exchange or each
            if each.pair in by_pair:
                exchange = each
            if words or not by_pair or each.pair in by_pair:
                break
        pair = None if exchange is None else exchange.pair
        names = {LogicalId(*who): (number, name) for who, number, name in seen["names"]}
        shown = Shown(log, seen["lines"], ids_of(seen["usual"]), names, passed)
        columns, rows = table_of(shown, pair)
        words = words or by_pair.get(pair or (0, 0), "") or words_anyway(failed)
        explained = replace(explained, words=words, columns=columns, rows=rows)
        if exchange is None or pair is None:
            return explained
        first = moments_of(log)[pair[0]]
        # The logical id, because the numbers of tasks differ from process to process.
        task = path_text(first.task, self._run)
        stop = f"tbreak task {task}, hits =={first.nth}", "continue"
        both = _shown(seen, log, pair[0]), _shown(seen, log, pair[1])
        shared = shared_by(pair, failed) or self._shared_otherwise(log, exchange)
        return replace(explained, pair=both, shared=shared, stop=stop)

    def _shared_otherwise(
        self, log: tuple[LogicalId, ...], exchange: Exchange
    ) -> tuple[SharedName, ...]:
        """What both steps touch if they run in the opposite order.

        In the schedule that fails, the second step may do nothing: the failure has cancelled its
        task.
        """
        seen = self._tries.once(
            Following(exchange.order),
            self._again.lateness(),
            StepNotes(touches=True),
            most=self._again.most,
        )
        if seen is None:
            return ()
        moments, then = moments_of(log), moments_of(ids_of(seen["log"]))
        if any(moments[place] not in then for place in exchange.pair):
            return ()
        first, last = (then.index(moments[place]) for place in exchange.pair)
        failed = Failed(ids_of(seen["log"]), touched_of(seen["touched"]), self._key)
        return shared_by((first, last), failed)

    def _mode(self) -> tuple[str, tuple[int, ...]]:
        """The most restricted mode of ordering in which the failure still happens.

        Returns:
            The mode, and the number of orders tried in each more restricted one.  A slow run has
            a quarter of the time for each mode, since the other parts of an explanation say more.
        """
        last, late, counts = TRIES_OF_MODE, self._again.late, list[int]()
        for mode in MODES:
            number = 0
            self._again.begin(4)
            until = self._again.until
            while number < last:
                chooser = InPasses(1, mode)
                number, tried = self._tries.up_to_fault(
                    chooser, number, last, late, until, self._again.most
                )
                if tried is None:
                    break
                # Its process has run other schedules before.  The failure counts only if it happens
                # in a process of its own as well.
                if self._again.fails(tried) and self._again.again(tried):
                    return mode, tuple(counts)
            counts.append(number)
        return "free", tuple(counts)

    def _sooner(self, failed: Packed) -> Packed:
        """The same failure with the least lateness of steps that is found."""
        lowest = limit = 0.0
        for _ in range(_HALVINGS if failed["late"] else 0):
            tried = self._again.again(failed, limit)
            if tried is None:
                lowest = limit
            else:
                failed = tried
            limit = (lowest + failed["late"]) / 2
        self._again.as_in(failed)
        return failed

    def _smaller(self, failed: Packed) -> tuple[Packed, tuple[Fact, ...], int]:
        """The smallest schedule found, its facts, and how many facts the first one had."""
        log = ids_of(failed["log"])
        of = len(order_facts(log))
        best: tuple[tuple[Fact, ...], Packed, bool] | None = None
        for stays, by_order in _WAYS:
            if best is not None and len(best[0]) <= _FEW and stays is by_order:
                break
            facts = order_facts(log) if by_order else self._instead(log, stays=stays)
            found = self._fewest(facts, stays=stays)
            if found is not None and (best is None or len(found[0]) <= len(best[0])):
                best = *found, stays
        if best is None:
            return failed, order_facts(log), of
        facts, small, self._stays = best
        return small, facts, of

    def _instead(self, log: tuple[LogicalId, ...], *, stays: bool) -> tuple[Fact, ...]:
        """The substitutions by which a log differs."""
        finder = self._again.run(FactFinder(log, stays=stays))
        return () if finder is None else facts_of(finder["facts"])

    def _fewest(
        self, facts: tuple[Fact, ...], *, stays: bool
    ) -> tuple[tuple[Fact, ...], Packed] | None:
        """The fewest facts that fail, and the schedule that they give; None if none fails."""
        last: list[Packed] = []

        def fails(some: tuple[Fact, ...]) -> bool:
            tried = self._again.attempt(FactChooser(some, stays=stays))
            if tried is not None:
                last[:] = [tried]
            return tried is not None

        self._again.renew()
        if not fails(facts):
            return None
        return merged(fewest(facts, fails), fails, self._again.is_over), last[0]


def facts_of(said: Sequence[Any]) -> tuple[Fact, ...]:
    """Substitutions that another process has sent."""
    return tuple(
        Substitution(Moment(LogicalId(*task), nth), LogicalId(*other)) for task, nth, other in said
    )


def _shown(tried: Packed, log: tuple[LogicalId, ...], place: int) -> ShownStep:
    """One step of a schedule, with the lines between which it runs."""
    moment, lines = moments_of(log)[place], tried["lines"]
    later = [other for other in range(place + 1, len(log)) if log[other] == log[place]]
    return ShownStep(str(moment), lines[place], lines[later[0]] if later else "")

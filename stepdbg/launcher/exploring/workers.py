"""Processes that try schedules until one of these must be reported.

Owns: what such a fork does: `work_off`, `work_apart`; `Share`.
Does not own: forks (children), which there are and what follows from their messages (search), one
schedule (engine.exploring.trying).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stepdbg.engine.exploring.choosers import Following
from stepdbg.engine.exploring.lateness import lateness_of
from stepdbg.engine.exploring.portfolio import chooser_named
from stepdbg.engine.exploring.trying import Tried, try_once
from stepdbg.model.facts import LogicalId
from stepdbg.model.standard import (
    gc,
    math,
    time,
)

from .children import Chance, Child, Output, Say, Work, answer_of, get_ready
from .completeness import CompletenessCheck, last_message
from .trials import packed

if TYPE_CHECKING:
    from stepdbg.engine.exploring.calls import Repeatable
    from stepdbg.engine.exploring.choosers import Chooser
    from stepdbg.engine.exploring.lateness import Lateness

    from .wish import ExploreWish

_BETWEEN_NEWS = 0.05
"""Seconds between two messages about schedules that have not failed."""

_COLLECT = 20
"""After so many schedules the garbage collector runs."""

_AGAIN = 100
"""After so many schedules the default order runs once more, to see whether it is still the same."""


class Share:
    """What one worker must do.

    Args:
        wish: what to explore, and for how long.
        worker: the worker's number, from 0.
        until: the moment of `time.monotonic` at which it ends, None for never.

    Attributes:
        first: the number of its first schedule.
        last: it ends before the schedule of this number; None for no limit.
        memory: what the chooser of the process before it has learnt.
        alone: whether each schedule has a fork of its own.
        usual: the task of each step in the default order, as in `Tried.log`.
    """

    def __init__(self, wish: ExploreWish, worker: int, until: float | None) -> None:
        self.wish, self.worker, self.until = wish, worker, until
        self.first = 0
        self.last: int | None = None
        self.memory: Any = None
        self.alone = False
        self.usual: tuple[LogicalId, ...] = ()
        self._began = time.monotonic()
        if wish.schedules is not None:  # shares differ by at most one; the first workers have more
            self.last = (wish.schedules + wish.jobs - 1 - worker) // wish.jobs

    def is_over(self, number: int) -> bool:
        """Whether the budget is spent."""
        if self.last is not None and number >= self.last:
            return True
        return self.until is not None and time.monotonic() >= self.until

    def chooser(self) -> Chooser:
        """A chooser that goes on where the process before has ended."""
        chooser = chooser_named(self.wish.strategy, self.wish.seed, self.worker)
        # The estimate of all orders knows nothing of deadlines.
        if not (self.wish.late or self.alone):
            chooser.room = self._room
        if self.memory is not None:
            chooser.remember(self.memory)
        return chooser

    def _room(self, number: int) -> float:
        """About how many more schedules the budget allows, counted from this one."""
        if self.last is not None:
            return self.last - number
        if self.until is None:
            return math.inf
        now = time.monotonic()
        return (self.until - now) * number / (now - self._began)

    def late(self, chooser: Chooser, number: int) -> Lateness | None:
        """Which deadlines pass early in a schedule; None if none may."""
        seed = self.wish.seed * 1_009 + self.worker
        return lateness_of(self.wish.late, chooser, seed, number)


def work_off(call: Repeatable, share: Share) -> Work:
    """The work of a worker: try schedules until one of them must be reported."""
    chance = Chance()

    def work(say: Say) -> None:
        output, news, chooser = Output(), _News(say), share.chooser()
        get_ready()
        number, check = share.first, CompletenessCheck(chooser)
        while not (share.is_over(number) or chooser.exhausted):
            chance.restore()
            check.before()
            tried = try_once(call, chooser, number, late=share.late(chooser, number))
            number += 1
            written = output.take()
            check.after(tried)
            news.of(tried)
            if tried.spoilt:
                news.tell()
                say(("spoilt", number, chooser.memory(), packed(tried, written)))
                return
            if number % _COLLECT == 0:
                gc.collect()
            if chooser.exhausted or (number - share.first) % _AGAIN == _AGAIN // 10:
                chance.restore()
                again = try_once(call, Following(()), 0)
                output.take()
                check.after(again)
                if again.log != share.usual or again.spoilt:
                    news.tell()
                    say(("leaks", number, chooser.memory()))
                    return
        news.tell()
        say(last_message(chooser))

    return work


def work_apart(call: Repeatable, share: Share) -> Work:
    """The work of a worker that gives each schedule a process of its own."""
    chance = Chance()

    def work(say: Say) -> None:
        output, chooser = Output(), share.chooser()
        chooser.doubts("what one run leaves behind may change the next one")
        get_ready()
        number = share.first
        while not (share.is_over(number) or chooser.exhausted):

            def once(tell: Say, number: int = number) -> None:
                chance.restore()
                tried = try_once(call, chooser, number, late=share.late(chooser, number))
                tell((tried.order, chooser.memory(), packed(tried, output.take())))

            said = answer_of(Child(once))
            if len(said) != 3:
                say(said)
                return
            order, memory, came = said
            number += 1
            chooser.remember(memory)
            say(("ran", [order]))
            if came["fault"] is not None or came["cut"]:
                say(("spoilt", number, memory, came))
                return
        say(last_message(chooser))

    return work


class _News:
    """Counts the schedules of a worker, and reports them in few messages."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._orders: list[int] = []
        self._told = 0.0

    def of(self, tried: Tried) -> None:
        """Count one more schedule."""
        self._orders.append(tried.order)
        now = time.monotonic()
        if now > self._told + _BETWEEN_NEWS:
            self.tell(now)

    def tell(self, now: float = 0.0) -> None:
        """Report the schedules that were not reported so far."""
        if self._orders:
            self._say(("ran", self._orders))
            self._orders = []
        self._told = now

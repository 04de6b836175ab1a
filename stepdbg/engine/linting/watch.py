"""Which lints are on, which hooks they need, what was found, and when to report it.

Owns: `Lints`, one object for all runs.
Does not own: the setting (process.settings), finding (the other modules here).

stepdbg reports a lint once for each place: at the next stop, or when its run ends without one.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Final

from stepdbg.engine.process.clock import HeldClock
from stepdbg.engine.process.guard import report_bug
from stepdbg.model.errors import NotNow
from stepdbg.model.lints import BY_TIME, LINTS, Lint, LintFound, LintName, LintsFound
from stepdbg.model.standard import time
from stepdbg.model.task import RunState

from .never_awaited import NeverAwaited
from .rare import RareLints

if TYPE_CHECKING:
    from stepdbg.engine.process.settings import Choice, Switches
    from stepdbg.engine.recording.origins import Origins
    from stepdbg.model.stops import Event

    from .views import LintedRun, LintedRuns

_WORSE: Final = 2
"""A slow step is reported again at its place if it lasts this many times as long."""

_SHARE: Final = 0.1
"""The share of a program's time that looks may take in the long run."""

_AT_ONCE: Final = 0.1, 2.0
"""The seconds that looks may take in addition: looks while the run goes on, and looks at stops."""

_FIRST: Final = 100
"""For how many looks `_AT_ONCE` counts.  A client that stops more often than a user could read gets
only the share."""


class _Share:
    """Limits the time of looks: a look at each of a thousand stops would slow the program down."""

    def __init__(self, at_once: float) -> None:
        self._looks, self._at_once = 0, at_once
        self._spent, self._began = 0.0, time.perf_counter()

    def spend(self, look: Callable[[], None]) -> None:
        """Look, if there is time for it."""
        begun = time.perf_counter()
        at_once = self._at_once if self._looks < _FIRST else 0.0
        if self._spent < at_once + _SHARE * (begun - self._began):
            look()
            self._looks += 1
            self._spent += time.perf_counter() - begun


class Lints:
    """The lints of a session.

    Args:
        switches: the setting, what the user has switched on or off.
        lived: the runs of the process.
        origins: which task took each lock, and where.
        tell: reports an event.
        held_here: gives the run that is held on this thread, at a prompt.

    Attributes:
        on: the lints that are on.
        seen: the lints so far, in the order in which they were found.
    """

    def __init__(
        self,
        switches: Choice[Switches],
        lived: LintedRuns,
        origins: Origins,
        tell: Callable[[Event], None],
        held_here: Callable[[], LintedRun | None],
    ) -> None:
        self.seen: list[Lint] = []
        self._switches = switches
        self._report: Callable[[Lint], None] | None = None
        self._repeats = False
        self._lived, self._send, self._held_here = lived, tell, held_here
        self._watches = False
        self._known: dict[tuple[LintName, str, int | None], Lint] = {}
        self._untold: list[Lint] = []
        self._rare = RareLints(lived, origins, self.found)
        self._never_awaited = NeverAwaited(self.found)
        self._while_idle, self._at_stops = map(_Share, _AT_ONCE)
        self._restore: dict[LintName, Callable[[], None]] = {}
        self.on = self._asked_for()
        switches.tell(self._switched, in_force=lambda: dict.fromkeys(self.on, True))

    # -- watching ---------------------------------------------------------------------

    def collect(self, report: Callable[[Lint], None] | None) -> None:
        """Report each lint as it is found, and look for lints while the run goes on as well.

        All lints are on in such a session, whatever they cost, except those that the user has
        switched off.

        report: called with each lint; None for a replay of a schedule that failed by a lint.  Such
            a replay looks as exploring did: at all tasks whenever the run is idle, but not for
            lints that depend on real time.  It reports a lint when the run is next idle, or over.
        """
        self._report = report or self._report
        self._repeats = self._repeats or report is None
        self.on = self._asked_for()

    @property
    def collecting(self) -> bool:
        """Whether this session collects lints."""
        return self._repeats or self._report is not None

    def _asked_for(self) -> frozenset[LintName]:
        """The lints that must be on."""
        by_time = BY_TIME if self._report is None else ()
        return frozenset(
            kind.name
            for kind in LINTS
            if self._switches.value.get(
                kind.name, not kind.costs or (self.collecting and kind.name not in by_time)
            )
        )

    def _switched(self, _: Switches) -> None:
        self.on = self._asked_for()
        self.arrange()

    def arrange(self) -> None:
        """Watch only for what the lints that are on need."""
        on, self._watches = self.on, True
        begin: dict[LintName, Callable[[], Callable[[], None]]] = {
            LintName.LOST_LOCK: self._rare.watch_locks,
            LintName.LOST_GENERATOR: self._rare.watch_generators,
            LintName.NEVER_AWAITED: self._never_awaited.begin,
        }
        for name, start in begin.items():
            if name in on and name not in self._restore:
                self._restore[name] = start()
            elif name not in on and name in self._restore:
                self._restore.pop(name)()
        for run in self._lived.active():
            run.call_here(run.carried.arrange)

    def follow(self, run: LintedRun, *, attached: bool) -> None:
        """Adapt to a run that goes on, or is no longer debugged; called on its thread."""
        self._never_awaited.track(attached and LintName.NEVER_AWAITED in self.on)
        clock = run.runner.clock
        if isinstance(clock, HeldClock):
            wanted = attached and self.collecting
            clock.before_sleep = partial(self.on_idle, run) if wanted else None

    def close(self) -> None:
        """Stop watching."""
        while self._restore:
            self._restore.popitem()[1]()

    # -- finding ----------------------------------------------------------------------

    def found(self, lint: Lint) -> None:
        """Add a lint, unless there was one of its kind at its place; any thread may call this."""
        place = lint.place
        where = ("", None) if place is None else (place.filename, place.line)
        key = (lint.name, *where)
        if lint.name not in self.on:
            return
        known = self._known.get(key)
        if known is not None and lint.seconds <= known.seconds and lint.count <= known.count:
            return
        self._known[key] = lint
        if known is not None:
            for listed in (self.seen, self._untold):
                _replace(listed, known, lint)
            more = lint.count > known.count  # the list of lints shows the count
            if more or lint.seconds < _WORSE * known.seconds or self._report is None:
                return
        else:
            self.seen.append(lint)
            self._untold.append(lint)
        if self._report is not None:
            run = self._lived.of_thread()
            with nullcontext() if run is None else run.still():
                self._report(lint)

    def findings(self) -> LintsFound:
        """The lints so far, after one more look at a run that is held here.

        Raises:
            NotNow: this session does not run the program, so it has not looked for lints.
        """
        if not self._watches:
            raise NotNow("no lints were looked for, because the program does not run under stepdbg")
        held, on = self._held_here(), self.on
        if held is not None:
            self.look(held, whole=True)
        unseen = 0 if held is None else held.lint_search.to_come
        off = tuple(k.name for k in LINTS if k.name not in on)
        return LintsFound(tuple(self.seen), off, unseen)

    def look(self, run: LintedRun, *, whole: bool = False) -> None:
        """Look for lints in a run that is not running any task; its time stands still meanwhile.

        Args:
            run: the run.
            whole: whether to examine all tasks, because a user waits for the result.
        """
        self._rare.look()
        try:
            with run.still():
                search = run.lint_search
                look = search.look_at_all if whole else search.look
                for lint in look(self.on):
                    self.found(lint)
        except Exception as error:
            report_bug(error, "looking for lints")

    # -- reporting --------------------------------------------------------------------

    def at_stop(self, run: LintedRun, *, deadlocked: bool) -> tuple[Lint, ...]:
        """Look for lints at a stop.

        Args:
            run: the run that is held.
            deadlocked: whether the whole run is.  Then it does not look, since the stop shows what
                every task waits for.

        Returns:
            The lints that were not reported before.
        """
        if not deadlocked:
            self._at_stops.spend(partial(self.look, run))
        return self._tell(at_stop=True)

    def on_idle(self, run: LintedRun) -> None:
        """A run has nothing to do: look, if lints are collected and the last looks were short."""
        moves = run.runner.runq or run.quitting or run.state is not RunState.RUNNING
        if self._repeats and not moves:
            self.look(run, whole=True)
            self._tell(at_stop=False)
        elif self.collecting and not moves:
            self._while_idle.spend(partial(self.look, run))

    def run_ended(self, run: LintedRun) -> None:
        """A run is over: report the lints that no stop has reported."""
        self._rare.look()
        if not run.quitting:
            self._tell(at_stop=False)

    def _tell(self, *, at_stop: bool) -> tuple[Lint, ...]:
        untold, self._untold = tuple(self._untold), []
        for each in untold:
            self._send(LintFound(each, at_stop, self._repeats))
        return untold


def _replace(listed: list[Lint], known: Lint, worse: Lint) -> None:
    """Replace a lint in the list by a worse one at the same place."""
    listed[:] = [worse if each is known else each for each in listed]

"""Trying schedules until something is found or the budget is spent.

Owns: `Search`: which processes there are, what follows from their messages, the verdict.
Does not own: the numbers so far (so_far), what a process does (workers), the options (wish), the
report (render.exploring).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepdbg.engine.exploring.choosers import Following
from stepdbg.engine.scheduling import writing_down
from stepdbg.model.errors import NotNow
from stepdbg.model.exploring import FoundFault, Verdict
from stepdbg.model.facts import RunId
from stepdbg.model.later import load_all_of, load_for_stops
from stepdbg.model.records import replace
from stepdbg.model.standard import functools, select, tempfile, time, traceback

from .children import Child, Said, answer_of
from .explaining import found_fault
from .retries import ids_of
from .so_far import SoFar
from .trials import Trials, in_order
from .workers import Share, work_apart, work_off

if TYPE_CHECKING:
    from collections.abc import Callable

    from stepdbg.engine.exploring.calls import Repeatable

    from .retries import Packed
    from .wish import ExploreWish

_SILENT = 60.0
"""After so many seconds without a message, the schedule of a worker counts as one that does not
end."""

_AFTER_BUDGET = 2.0
"""How many seconds after the end of the budget a schedule may still run."""

_BETWEEN_LOOKS = 0.5

NO_RUN = "no Trio run begins in it"
"""Why code cannot be explored that does not use Trio, or uses it on another thread."""


class Search:
    """One exploration.

    Args:
        call: what is run again and again.
        wish: what to explore, and for how long.
        progress: called now and then with three numbers: the schedules so far, the distinct ones,
            and seconds.

    Attributes:
        interrupted: whether Ctrl-C has ended the search.
    """

    def __init__(
        self,
        call: Repeatable,
        wish: ExploreWish,
        progress: Callable[[int, int, float], None] | None = None,
    ) -> None:
        self._call = call
        self._wish, self._progress = wish, progress
        self._began = time.monotonic()
        until = None if wish.seconds is None else self._began + wish.seconds
        self._until = until
        self._shares = [Share(wish, worker, until) for worker in range(wish.jobs)]
        self._children: dict[int, tuple[Child, Share]] = {}
        self._so_far = SoFar()
        self._found: dict[str, FoundFault] = {}
        self._notes = self._so_far.notes
        self._broken = ""
        self.interrupted = False

    def verdict(self) -> Verdict:
        """Explore."""
        try:
            self._begin()
            while self._children and not self._is_decided():
                self._listen()
        except KeyboardInterrupt:
            self.interrupted = True
            self._notes.append("stopped by Ctrl-C")
        finally:
            for child, _ in self._children.values():
                child.kill()
            self._children.clear()
        seconds = time.monotonic() - self._began
        return self._so_far.verdict(self._found, self._broken, seconds)

    def _is_decided(self) -> bool:
        decided = bool(self._found and not self._wish.all_failures)
        return decided or bool(self._broken or self._so_far.every)

    # -- processes --------------------------------------------------------------------

    def _begin(self) -> None:
        """Run the default order once, and start the workers."""
        if self._wish.same_result:
            self._compare_results()
        if self._wish.lints:
            from .linted import Linted

            self._call = Linted(self._call)
        said = self._answer(Child(in_order(self._call, Following(()))))
        if said[0] != "tried":
            self._give_up(said)
            return
        usual = ids_of(said[1]["log"])
        if not usual:
            self._broken = NO_RUN
            return
        self._so_far.own_clock = said[1]["own_clock"]
        if self._wish.late and self._so_far.own_clock:
            self._notes.append("no step is late: the run has a clock of the program's own")
        if said[1]["fault"] is not None:
            self._so_far.schedules = 1
            self._so_far.orders.add(hash(usual))
            self._found_fault(said[1])
        for share in self._shares:
            share.usual, share.alone = usual, self._call.brings_clock
            self._start(share)

    def _compare_results(self) -> None:
        """Count a result that is not that of the default order as a failure."""
        from .usual import comparing

        output = self._wish.same_output
        self._call, note = comparing(self._call, output=output, answer=self._answer)
        if note:
            self._notes.append(note)

    def _start(self, share: Share) -> None:
        if share.is_over(share.first) or self._is_decided():
            return
        work = work_apart if share.alone else work_off
        child = Child(work(self._call, share))
        self._children[child.reader] = child, share

    def _answer(self, child: Child) -> Said:
        """The one message of a child; a child that takes too long is ended."""
        self._children[child.reader] = child, self._shares[0]  # for Ctrl-C
        readable, _, _ = select.select([child.reader], [], [], _SILENT)
        del self._children[child.reader]
        if not readable:
            child.kill()
            return ("silent",)
        return answer_of(child)

    def _listen(self) -> None:
        readable, _, _ = select.select(list(self._children), [], [], _BETWEEN_LOOKS)
        for reader in readable:
            child, share = self._children[reader]
            said = child.hear()
            if said is None:
                del self._children[reader]
                status = child.end()
                if not self._is_decided():
                    self._give_up(("died", status))
                continue
            for each in said:
                self._take(each, child, share)
        now = time.monotonic()
        if self._progress is not None:
            self._progress(self._so_far.schedules, len(self._so_far.orders), now - self._began)
        self._end_the_silent(now)

    def _end_the_silent(self, now: float) -> None:
        for reader, (child, _) in list(self._children.items()):
            late = self._until is not None and now > self._until + _AFTER_BUDGET
            if late or now > child.heard + _SILENT:
                del self._children[reader]
                child.kill()
                self._so_far.cut += 1
                if not late:
                    self._notes.append(
                        f"a schedule took more than {_SILENT:.0f} seconds and was ended"
                    )

    # -- their messages ---------------------------------------------------------------

    def _take(self, said: Said, child: Child, share: Share) -> None:
        match said:
            case ("ran", orders):
                self._so_far.schedules += len(orders)
                self._so_far.orders.update(orders)
            case ("spoilt", number, memory, tried):
                self._leave(child)
                share.first, share.memory = number, memory
                self._so_far.cut += bool(tried["cut"])
                if tried["fault"] is not None:
                    self._found_fault(tried)
                self._start(share)
            case ("leaks", number, memory):
                self._leave(child)
                share.first, share.memory = number, memory
                self._separate("a run changes what the next one does")
                self._start(share)
            case ("done", finished, every):
                self._leave(child)
                self._so_far.finished = finished
                if every is not None:
                    self._so_far.come_to_all(*every)
            case _:
                self._leave(child)
                self._give_up(said)

    def _leave(self, child: Child) -> None:
        """Forget a child that has sent its last message."""
        del self._children[child.reader]
        child.end()

    def _separate(self, why: str) -> None:
        """Let each schedule have a process of its own from now on."""
        if not self._shares[0].alone:
            self._notes.append(f"each schedule has a process of its own from here on, since {why}")
        for share in self._shares:
            share.alone = True

    def _give_up(self, said: Said) -> None:
        """End the search: a child has sent something unexpected, or has died."""
        self._broken = _what_broke(said)

    # -- failures ---------------------------------------------------------------------

    def _found_fault(self, tried: Packed) -> None:
        """A schedule has failed: check that it fails in a new process as well."""
        key = tried["fault"][0]
        known = self._found.get(key)
        if known is not None:
            self._found[key] = replace(known, times=known.times + 1)
            return
        _load_for_failures()
        clock = "own" if tried["own_clock"] else "system"
        header = writing_down.header_of(clock, RunId(self._wish.run), None)
        alone = self._shares[0].alone or self._call.brings_clock
        trials = Trials(self._call, self._answer, self._wish.seed, alone=alone)
        found = found_fault(tried, trials, header, explains=self._wish.explains)
        if found is None:
            self._separate(f"a failure did not come again in a new process ({tried['fault'][1]})")
        else:
            self._found[key] = replace(found, number=self._so_far.schedules)


@functools.cache
def _load_for_failures() -> None:
    """Import here what children need to report a failure; else each fork would import it anew.

    Functions of the standard library are copied when they are first used (model.standard).
    """
    load_for_stops()  # needed for deadlocks
    load_all_of("engine.foreseeing", "engine.histories", "engine.judging", "engine.waiting")
    tempfile.TemporaryFile().close()
    try:
        raise NotNow("a failure")
    except NotNow as error:
        traceback.format_exception(error)


def _what_broke(said: Said) -> str:
    """Why exploring has ended, by the last message of a child."""
    match said:
        case ("bug", text):
            return f"stepdbg itself has failed:\n{text}"
        case ("died", status):
            how = f"with status {status}" if status >= 0 else f"by signal {-status}"
            return f"the program ended its process {how} in the middle of a schedule"
        case _:
            within = f"within {_SILENT:.0f} seconds in the default order"
            return f"the program does not come to an end {within}"

"""Whether to record what tasks do and what is done to objects, and how much of it to keep.

Owns: `RecordChoice`, what follows from the settings, and what a trace needs.
Does not own: the settings (process.settings), recording (recording, noting), traces (tracing).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, Protocol

from stepdbg.engine.process.guard import report_bug
from stepdbg.engine.tracing import choice

from . import noting, sums

if TYPE_CHECKING:
    from stepdbg.engine.process.settings import Settings
    from stepdbg.engine.recording.origins import Origins
    from stepdbg.engine.recording.recorded import Counted, Prompt, RecordedRun, RecordedRuns
    from stepdbg.engine.tracing.choice import Tracing
    from stepdbg.model.facts import RunId
    from stepdbg.model.history import Stats
    from stepdbg.model.protocols import Inspector
    from stepdbg.model.stops import Event, Stop

    from .noting import Histories
    from .uncontrolled import TouchingRuns

    class _Runs(RecordedRuns, TouchingRuns, Protocol):
        """The runs of the process."""


class RecordChoice:
    """What the user wants of the flight recorder, for all runs.

    Args:
        prompt: knows the front end.
        origins: notes where objects come from, for all runs.
        runs: the runs of the process.
        settings: the settings of the session.
        tell: passes an event on.

    Attributes:
        counts_passes: whether the passes of the loop are counted.
    """

    def __init__(
        self,
        prompt: Prompt,
        origins: Origins,
        runs: _Runs,
        settings: Settings,
        tell: Callable[[Event], None],
    ) -> None:
        self._prompt, self._origins, self._runs, self._tell = prompt, origins, runs, tell
        self._needed = self.counts_passes = False
        self._at_run_end: list[Callable[[RunId, Counted], None]] = []
        self._record, self._size = settings.record, settings.record_size
        self._record.tell(self._switched, in_force=lambda: self.now(stepping=False))
        self._size.tell(self._resized)
        self._every = settings.history
        self._every.tell(self._note_every)

    @property
    def size(self) -> int:
        """How many notes a run keeps."""
        return self._size.value

    def now(self, *, stepping: bool) -> bool:
        """Whether a run should record now."""
        wanted = True if self._needed or self.counts_passes else self._record.value
        return (stepping or self._prompt.front_end.wants_recorder) if wanted is None else wanted

    @cached_property
    def histories(self) -> Histories:
        """The notes about objects; made when they are first recorded or asked for."""
        made = noting.Histories(self._runs)
        made.note_every(self._every.value)
        return made

    def note_objects(self, wanted: bool) -> None:
        """Begin or stop noting where objects come from, and what is done to them."""
        self._origins.record(wanted)
        if wanted or "histories" in vars(self):
            self.histories.record(wanted)

    @cached_property
    def tracing(self) -> Tracing:
        """The traces of runs; made at the first use."""
        return choice.Tracing(self._need, self._tell)

    @property
    def is_traced(self) -> bool:
        """Whether a trace was ever asked for."""
        return "tracing" in vars(self)

    def keep_stop(self, stop: Stop, inspector: Inspector) -> None:
        """A run is held: keep what there is to see, if the run is recorded to a file."""
        if not self.is_traced:
            return
        try:
            self.tracing.stopped(stop, inspector)
        except Exception as error:  # it must not cost the user the stop
            report_bug(error, "keeping a stop", "the recording goes on without its values")

    def _note_every(self, every: bool) -> None:
        if "histories" in vars(self):
            self.histories.note_every(every)

    def count(self, tell: Callable[[RunId, Stats], None]) -> None:
        """Count what tasks and the loop do, whatever the settings say.

        Args:
            tell: takes the numbers of each run when it ends.
        """
        self.counts_passes = True

        def take(number: RunId, run: Counted) -> None:
            if run.recorder is not None:
                tell(number, sums.stats_of(run))

        self.at_run_end(take)

    def at_run_end(self, take: Callable[[RunId, Counted], None]) -> None:
        """Call `take` with the number of each run that ends and the run, before its notes go."""
        self._at_run_end.append(take)

    def run_ended(self, number: RunId, run: Counted) -> None:
        """Call what waits for the end of a run; the run's recorder must still be there."""
        for take in self._at_run_end:
            take(number, run)

    def _need(self, needed: bool) -> None:
        """Record whatever the setting says, because traces are made of the notes; or no longer."""
        self._needed = needed
        self._switched(None)

    def _switched(self, _: bool | None) -> None:
        self.note_objects(self.now(stepping=False))
        for run in self._runs.active():
            run.call_here(run.carried.arrange)

    def _resized(self, _: int) -> None:
        for run in self._runs.active():
            run.call_here(partial(_fit, run, self.size))


def _fit(run: RecordedRun, size: int) -> None:
    """Let a run keep this many notes, if it records."""
    if run.recorder is not None:
        run.recorder.resize(size)

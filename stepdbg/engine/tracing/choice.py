"""What a trace shows of runs, and where it goes.

Owns: `Tracing`, which covers all runs of a session.
Does not own: one run's trace (trace, raw).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from stepdbg.model.facts import RunId
from stepdbg.model.stops import StopKind, Traced
from stepdbg.model.trace import entry_of

from . import keeping, trace
from . import raw as hooks

if TYPE_CHECKING:
    from stepdbg._trio_internals import runs
    from stepdbg.model.patterns import TaskPattern
    from stepdbg.model.protocols import Inspector
    from stepdbg.model.recording import RecordingSink
    from stepdbg.model.stops import Event, Stop
    from stepdbg.model.trace import TraceEntry, TraceSink

    from .keeping import KeptTrace
    from .raw import RawTrace
    from .trace import Trace
    from .traceable import TraceableRun


class Tracing:
    """Which traces are on.  Until one is, this does nothing and costs nothing.

    Args:
        need_notes: sets whether runs must record, and lets them arrange themselves.
        tell: passes an event on; it gets each line, unless `begin` has set a sink.
    """

    def __init__(self, need_notes: Callable[[bool], None], tell: Callable[[Event], None]) -> None:
        self._on = self._raw = False
        self._tasks: tuple[TaskPattern, ...] = ()
        self._need_notes = need_notes
        self._sink: TraceSink = _TellingSink(tell)
        self._traces: dict[RunId, Trace | RawTrace] = {}
        self._expected: dict[int, tuple[TraceSink, bool]] = {}
        self._brought: dict[RunId, Trace | RawTrace] = {}
        self._recording: RecordingSink | None = None
        self._kept: dict[RunId, KeptTrace] = {}

    def begin(self, sink: TraceSink | None, *, raw: bool) -> None:
        """Begin to trace, from the start of the session.

        Args:
            sink: takes the lines; None: what there is already.
            raw: whether to show the calls of Trio's instrument hooks instead of what they mean.
        """
        if sink is not None:
            self._sink = sink
        self._raw = raw
        self.change(on=True)

    def change(self, *, on: bool, tasks: tuple[TaskPattern, ...] = ()) -> None:
        """From now on, trace these tasks, all tasks, or nothing."""
        self._on, self._tasks = on, tasks
        self._need_notes(self._needs_notes)

    def keep(self, sink: RecordingSink | None) -> None:
        """Send everything that happens from now on to a recording; None: stop that."""
        self._recording = sink
        self._need_notes(self._needs_notes)

    @property
    def is_kept(self) -> bool:
        """Whether a recording gets everything that happens."""
        return self._recording is not None

    def stopped(self, stop: Stop, inspector: Inspector) -> None:
        """A run is held: keep what there is to see, if the run is recorded."""
        kept = None if stop.run is None else self._kept.get(stop.run)
        # Before the first step of a run there is nothing to see yet.
        if kept is not None and stop.kind is not StopKind.START:
            kept.stopped(stop, inspector)

    def expect(self, runner: runs.Runner, sink: TraceSink, *, raw: bool) -> None:
        """Add a sink that gets only one run, which is about to begin.

        Args:
            runner: Trio's.
            sink, raw: as in `begin`.
        """
        self._expected[id(runner)] = sink, raw
        self._need_notes(self._needs_notes)

    @property
    def _needs_notes(self) -> bool:
        return self._on or bool(self._expected or self._brought or self._recording)

    def follow(self, run: TraceableRun) -> None:
        """A run has arranged itself: begin or end its traces."""
        expected = self._expected.pop(id(run.runner), None)
        if expected is not None:
            sink, raw = expected
            self._brought[run.id] = _begun(run, sink, raw=raw, tasks=())
        self._record(run)
        trace = self._traces.get(run.id)
        if trace is None and self._on:
            sink, raw = self._sink, self._raw
            self._traces[run.id] = _begun(run, sink, raw=raw, tasks=self._tasks)
        elif trace is not None and self._on:
            trace.choose(self._tasks)
        elif trace is not None:
            trace.end()
            del self._traces[run.id]

    def _record(self, run: TraceableRun) -> None:
        """Begin or stop sending what a run does to a recording."""
        kept, sink = self._kept.get(run.id), self._recording
        if kept is None and sink is not None:
            assert run.recorder is not None
            kept = self._kept[run.id] = keeping.KeptTrace(run, run.recorder, sink)
            kept.begin()
        elif kept is not None and sink is None:
            self._kept.pop(run.id).end()

    def leave(self, run: TraceableRun) -> None:
        """Stop tracing a run."""
        kept = self._kept.pop(run.id, None)
        if kept is not None:
            kept.end()
        brought = run.id in self._brought
        for traces in (self._traces, self._brought):
            trace = traces.pop(run.id, None)
            if trace is not None:
                trace.end()
        if brought:  # the process may not need notes any more without this run's sink
            self._need_notes(self._needs_notes)


def _begun(
    run: TraceableRun, sink: TraceSink, *, raw: bool, tasks: tuple[TaskPattern, ...]
) -> Trace | RawTrace:
    """A trace of a run that records."""
    assert run.recorder is not None
    begun = hooks.RawTrace(run, sink) if raw else trace.Trace(run, run.recorder, sink)
    begun.choose(tasks)
    begun.begin()
    return begun


class _TellingSink:
    """Sends lines to the front end one by one, in order with the program's output.

    Args:
        tell: passes an event on.
    """

    can_wait = False

    def __init__(self, tell: Callable[[Event], None]) -> None:
        self._tell = tell

    def write(self, run: RunId, entries: Sequence[TraceEntry]) -> None:
        """Send each entry to the front end."""
        for each in entries:
            self._tell(Traced(run, entry_of(each), each[-1]))

"""`stepdbg.Tracer`: a trace of a run, made by an ordinary Trio instrument.

Owns: `Tracer`.  Does not own: the trace (engine.tracing), the words (render).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

import trio

from stepdbg.model.standard import contextlib, sys

from .trace_file import FORMATS, lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stepdbg.model.facts import RunId
    from stepdbg.model.trace import TraceEntry


class Tracer(trio.abc.Instrument):
    """Writes what a run does, line by line, as it happens.

    ``trio.run(main, instruments=[stepdbg.Tracer()])``, in a program that was started under
    stepdbg or not.  One tracer serves one run at a time.

    Args:
        file: where the lines go, each at once; None for the standard error stream.
        format: ``text`` or ``jsonl``.
        raw: write each hook that Trio calls, instead of the events that stepdbg makes of them.

    Raises:
        ValueError: there is no such format.
    """

    def __init__(
        self,
        file: TextIO | None = None,
        *,
        format: str = "text",  # noqa: A002 - the plain word
        raw: bool = False,
    ) -> None:
        if format not in FORMATS:
            raise ValueError(f"format must be one of {', '.join(FORMATS)}, not {format!r}")
        self._file, self._raw = file, raw
        self._made = lines_of(format)

    def before_run(self) -> None:
        """The run begins: trace it.  See `trio.abc.Instrument`."""
        from stepdbg.engine.running.onlooking import trace_run_here

        from .pausing import current_session

        session = current_session()
        debugged = None if session is None or session.out.detached else session.recording.tracing
        trace_run_here(debugged, _Stream(self._file, self._made), raw=self._raw)


class _Stream:
    """A `TraceSink` that writes to a stream of the program's.

    file: the stream; None for what `sys.stderr` is at the time.
    lines: makes the lines.
    """

    can_wait = False

    def __init__(
        self, file: TextIO | None, lines: Callable[[RunId, Sequence[TraceEntry]], str]
    ) -> None:
        self._file, self._lines = file, lines

    def write(self, run: RunId, entries: Sequence[TraceEntry]) -> None:
        """Write some events of a run; lines that the stream refuses are lost."""
        stream = self._file or sys.stderr
        lines = self._lines(run, entries)
        if stream is not None:
            # Closed, full, or a pipe that nobody reads: the program's own writes will fail as well.
            with contextlib.suppress(OSError, ValueError):
                stream.write(lines)
                stream.flush()

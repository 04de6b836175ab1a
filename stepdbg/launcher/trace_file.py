"""``--trace``, ``--raw-events``: a trace from the first moment of a run.

Owns: `TraceWish`, what the command line asks for; writing a trace to a file.
Does not own: making it (engine.tracing), or how its lines look (render).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stepdbg.model.errors import BadUsage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stepdbg.engine.running.session import Session
    from stepdbg.model.facts import RunId
    from stepdbg.model.trace import TraceEntry

    from .line_file import LineFile

FORMATS = ("text", "jsonl")

_FIRST_LINE = (
    r"[ \d]{4}\.\d{6}  (?:run \d+  )? *(?:the run began|before_run)\s"
    r'|\{"kind":"traced",'
)
"""How a trace begins, in any form."""


class TraceWish:
    """What the command line asks for.

    on: whether to write a trace.
    raw: whether the trace shows the hooks of Trio's instruments, each as it is called.
    path: the file; empty for the stream of stepdbg's own text.
    format: one of `FORMATS`.
    """

    def __init__(self) -> None:
        self.on = self.raw = False
        self.path = ""
        self.format = "text"
        self._file: LineFile | None = None

    def check(self) -> None:
        """Make the file.  Raises `BadUsage`: it cannot be made, or the options contradict."""
        if self.format != "text" and not self.path:
            raise BadUsage(f"--trace-format {self.format} needs a file: say --trace=FILE")
        if self.path:
            from .line_file import LineFile

            self._file = LineFile("--trace", self.path, _FIRST_LINE)

    def prepare(self, session: Session) -> None:
        """Let a session trace its runs."""
        if self.on:
            file = self._file
            sink = None if file is None else TraceFile(file, self.format)
            session.recording.tracing.begin(sink, raw=self.raw)


class TraceFile:
    """A `TraceSink` that writes to a file.

    file: the file.
    format: one of `FORMATS`.
    """

    can_wait = True

    def __init__(self, file: LineFile, format: str) -> None:  # noqa: A002 - the option's name
        self._file, self._lines = file, lines_of(format)

    def write(self, run: RunId, entries: Sequence[TraceEntry]) -> None:
        """Write some events of a run, see `model.trace.TraceSink`."""
        self._file.write(self._lines(run, entries).encode(errors="backslashreplace"))


def lines_of(format: str) -> Callable[[RunId, Sequence[TraceEntry]], str]:  # noqa: A002 - as above
    """A function that makes the lines of a trace in this format, each with a line end."""
    if format == "jsonl":
        return _as_json
    from stepdbg.render.trace import TraceText

    return TraceText()


def _as_json(run: RunId, entries: Sequence[TraceEntry]) -> str:
    from stepdbg.model.stops import Traced
    from stepdbg.model.trace import entry_of
    from stepdbg.render.jsonlines import text_of

    return "".join([text_of(Traced(run, entry_of(each), each[-1])) + "\n" for each in entries])

"""The client of the JSON front end: its requests, and which reply answers which.

Owns: reading a request, naming it in its reply, and refusing what cannot be carried out.
Does not own: when requests arrive (`requests`), what a command does (commands), or records
that answer nothing (`jsonlines`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from stepdbg.model.errors import StepdbgError
from stepdbg.model.protocols import Inspector
from stepdbg.model.replies import Answer, Failure, Message, StopShown
from stepdbg.render.envelopes import Request, parse_request, reply_line, stop_line

from .input_lines import text_of
from .record_writer import RecordWriter
from .requests import Requests

if TYPE_CHECKING:
    from stepdbg.commands.interpreter import Interpreter

_URGENT: Final = "halt"


class BetweenStops:
    """Answers requests while the run is not held, on the thread that reads them.

    See `requests.Running`.  records: where replies go.
    """

    def __init__(self, records: RecordWriter) -> None:
        self._records: Final = records
        self._interpreter: Interpreter | None = None
        self._inspector: Inspector | None = None
        self._under_way: Request | None = None

    def begin(self, interpreter: Interpreter, inspector: Inspector) -> None:
        """There is a session: from now on requests can be answered."""
        self._inspector = inspector
        self._interpreter = interpreter

    def is_urgent(self, line: bytes) -> bool:
        """Whether a request overtakes those that wait: only what makes a stop does."""
        return _URGENT.encode() in line and _command(line) == _URGENT

    def answer(self, line: bytes) -> bool:
        """Answer a request now if it needs no stop."""
        if not line.strip():
            return True
        try:
            request = _parse(line, self._records)
        except _Refused:
            return True
        if self._interpreter is None or self._inspector is None:
            return False
        if not needs_no_stop(request.command):
            return False
        self._under_way = request
        answer = self._interpreter.feed_running(request.command, self._inspector)
        self._under_way = None
        self._records.write(reply_line(request.id, answer), flush=True)
        return True

    def answer_last(self) -> None:
        """Answer a request that ends the process at once, and so will not come back."""
        if self._under_way is not None:
            answer = Answer((Message("the program ends at once"),))
            self._records.write(reply_line(self._under_way.id, answer))

    def flush(self) -> None:
        """Send what has been written."""
        self._records.flush()


class Client:
    """Talks to a client at a stop; see `dialogue.Surface`.

    requests: the descriptor that requests come from, None when none ever will.
    records: where replies go.  drain: reports what the program has written so far.
    """

    def __init__(
        self, requests: int | None, records: RecordWriter, drain: Callable[[], None]
    ) -> None:
        self.between_stops: Final = BetweenStops(records)
        self._records: Final = records
        self._drain: Final = drain
        self._request: object = None
        self._in_block = False
        self._requests: Final = Requests(requests, self.between_stops)

    @property
    def is_ahead(self) -> bool:
        """Whether requests wait already, so that what is written may be sent a little later."""
        return self._requests.waiting

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """The time of a stop, when requests are taken in order."""
        self._requests.hold()
        try:
            yield
        finally:
            self._requests.release()

    def refuse_leftovers(self) -> None:
        """Answer the requests that no stop came for: every request gets its reply."""
        for line in self._requests.leftovers():
            if line.strip():
                with contextlib.suppress(_Refused):
                    request = _parse(line, self._records)
                    _refuse(request.id, "the program has ended", self._records)

    def show_stop(self, shown: StopShown) -> None:
        """Report a stop, after the output that came before it."""
        self._drain()
        self._records.write(stop_line(shown))

    def show_line(self, line: str) -> None:  # noqa: ARG002 - the surface's
        """A line that is no request: its reply names none."""
        self._request = None

    def read_line(self) -> str | None:
        """The command of the next request; None when there will be none."""
        while (line := self._next_line()) is not None and not self._records.gone:
            if line.strip() or self._in_block:
                with contextlib.suppress(_Refused):
                    request = _parse(line, self._records)
                    self._request = request.id
                    return request.command
        return None

    def show_answer(self, answer: Answer) -> None:
        """Reply to the request that was read last."""
        if answer.resume is None:
            self._drain()
        self._in_block = answer.wants_more
        self._records.write(reply_line(self._request, answer))

    def _next_line(self) -> bytes | None:
        if not self._requests.waiting:
            self._records.flush()
        line = self._requests.take()
        if not self._requests.waiting:
            self._records.flush()  # what comes next may take long
        return line


def needs_no_stop(command: str) -> bool:
    """Whether a command may be given while no run is held."""
    from stepdbg.commands.table import BY_WORD

    words = command.split(maxsplit=1)
    row = BY_WORD.get(words[0]) if words else None
    return row is not None and row.while_running and ";;" not in command


class _Refused(Exception):
    """A request was answered before it got anywhere."""


def _parse(line: bytes, records: RecordWriter) -> Request:
    """A request; one that cannot be read is answered with its problem and `_Refused`."""
    try:
        return parse_request(text_of(line))
    except StepdbgError as problem:
        _refuse(None, str(problem), records)
        raise _Refused from None


def _refuse(request: object, problem: str, records: RecordWriter) -> None:
    records.write(reply_line(request, Answer((Failure(problem),))), flush=True)


def _command(line: bytes) -> str:
    try:
        return parse_request(text_of(line)).command.strip()
    except StepdbgError:
        return ""

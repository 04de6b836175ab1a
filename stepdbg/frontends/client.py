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


class Client:
    """Talks to a client: a `dialogue.Surface` at a stop, `requests.Running` between stops.

    requests: the descriptor that requests come from, None when none ever will.
    records: where replies go.  drain: reports what the program has written so far.
    """

    def __init__(
        self, requests: int | None, records: RecordWriter, drain: Callable[[], None]
    ) -> None:
        self._records: Final = records
        self._drain: Final = drain
        self._request: object = None
        self._under_way: Request | None = None
        self._in_block = False
        self._interpreter: Interpreter | None = None
        self._inspector: Inspector | None = None
        self._requests: Final = Requests(requests, self)

    def begin(self, interpreter: Interpreter, inspector: Inspector) -> None:
        """Requests that need no stop can be answered from now on."""
        self._inspector = inspector
        self._interpreter = interpreter

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
                    self._refuse(self._parse(line).id, "the program has ended")

    # At a stop

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
                    request = self._parse(line)
                    self._request = request.id
                    return request.command
        return None

    def show_answer(self, answer: Answer) -> None:
        """Reply to the request that was read last."""
        if answer.resume is None:
            self._drain()
        self._in_block = answer.wants_more
        self._records.write(reply_line(self._request, answer))

    @property
    def is_ahead(self) -> bool:
        """Whether requests wait already, so that what is written may be sent a little later."""
        return self._requests.waiting

    def flush(self) -> None:
        """Send what has been written."""
        self._records.flush()

    def _next_line(self) -> bytes | None:
        if not self._requests.waiting:
            self._records.flush()
        line = self._requests.take()
        if not self._requests.waiting:
            self._records.flush()  # what comes next may take long
        return line

    # While the run is not held, on the thread that reads

    def is_urgent(self, line: bytes) -> bool:
        """Whether a request overtakes those that wait: only what makes a stop does."""
        return _URGENT in line.decode(errors="replace") and self._command(line) == _URGENT

    def answer(self, line: bytes) -> bool:
        """Answer a request now if it needs no stop."""
        if not line.strip():
            return True
        try:
            request = self._parse(line)
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

    def _parse(self, line: bytes) -> Request:
        """A request; one that cannot be read is answered with its problem and `_Refused`."""
        try:
            return parse_request(text_of(line))
        except StepdbgError as problem:
            self._refuse(None, str(problem))
            raise _Refused from None

    def _refuse(self, request: object, problem: str) -> None:
        answer = Answer((Failure(problem),))
        self._records.write(reply_line(request, answer), flush=True)

    def _command(self, line: bytes) -> str:
        try:
            return parse_request(text_of(line)).command.strip()
        except StepdbgError:
            return ""


def needs_no_stop(command: str) -> bool:
    """Whether a command may be given while no run is held."""
    from stepdbg.commands.table import BY_WORD

    words = command.split(maxsplit=1)
    row = BY_WORD.get(words[0]) if words else None
    return row is not None and row.while_running and ";;" not in command


class _Refused(Exception):
    """A request was answered before it got anywhere."""

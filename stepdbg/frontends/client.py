"""The client of the JSON front end: its requests, and the reply to each.

Owns: reading a request, naming it in its reply, and refusing one that cannot be carried out.
Does not own: when requests arrive (`requests`), what a command does (commands), or records
that are not replies (`jsonlines`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from stepdbg.model.errors import BadUsage, StepdbgError
from stepdbg.model.protocols import Inspector
from stepdbg.model.replies import Answer, Failure, Message, StopShown
from stepdbg.model.standard import contextlib
from stepdbg.render.envelopes import (
    ReplyLine,
    Request,
    StopLine,
    Subscribe,
    parse_request,
    reply_line,
)
from stepdbg.render.jsonlines import written

from .input_lines import text_of
from .record_writer import RecordWriter
from .requests import Requests
from .subscription import Subscription

if TYPE_CHECKING:
    from stepdbg.commands.interpreter import Interpreter

_URGENT: Final = "halt"

_SHORT: Final = 10**18  # short enough for any `sys.set_int_max_str_digits`


class BetweenStops:
    """Answers requests while the run is not held, on the thread that reads them.

    Implements `requests.Running`.

    records: where replies go.
    subscription: changed when the client asks for that.
    """

    def __init__(self, records: RecordWriter, subscription: Subscription) -> None:
        self._records: Final = records
        self._subscription: Final = subscription
        self._interpreter: Interpreter | None = None
        self._inspector: Inspector | None = None
        self._under_way: Request | None = None

    def begin(self, interpreter: Interpreter, inspector: Inspector) -> None:
        """Answer requests from now on, since there is a session."""
        self._inspector = inspector
        self._interpreter = interpreter

    def is_urgent(self, line: bytes) -> bool:
        """Whether a request overtakes those that wait: only `halt` does, which makes a stop."""
        return _URGENT.encode() in line and _command(line) == _URGENT

    def answer(self, line: bytes) -> bool:
        """Answer a request now; False if it needs a stop."""
        if not line.strip():
            return True
        try:
            request = _parse(line, self._records, self._subscription)
        except _Answered:
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
        """Answer the request under way, because it ends the process and will not return."""
        if self._under_way is not None:
            answer = Answer((Message("the program ends at once"),))
            self._records.write(reply_line(self._under_way.id, answer))

    def flush(self) -> None:
        """Send what has been written."""
        self._records.flush()


class Client:
    """Talks to a client at a stop; a `dialogue.Surface`.

    requests: the client's requests, taken in order while the run is held.
    records: where replies go.
    subscription: what the client wants to get.
    drain: reports what the program has written so far.
    """

    def __init__(
        self,
        requests: Requests,
        records: RecordWriter,
        subscription: Subscription,
        drain: Callable[[], None],
    ) -> None:
        self._records: Final = records
        self._subscription: Final = subscription
        self._drain: Final = drain
        self._request: object = None
        self._in_block = False
        self._requests: Final = requests

    def refuse_leftovers(self) -> None:
        """Refuse the requests that still wait for a stop: every request must get a reply."""
        for line in self._requests.leftovers():
            if line.strip():
                with contextlib.suppress(_Answered):
                    request = _parse(line, self._records, self._subscription)
                    _refuse(request.id, "the program has ended", self._records)

    def show_stop(self, shown: StopShown) -> None:
        """Report a stop, after the output that came before it."""
        self._drain()
        if self._subscription.stops:
            self._records.write(StopLine(shown.stop, shown.listing, shown.displays))

    def show_line(self, line: str) -> None:  # noqa: ARG002 - the surface's
        """A line that is not a request comes next: its reply names no request."""
        self._request = None

    def read_line(self) -> str | None:
        """The command of the next request; None if no more will come."""
        records, requests = self._records, self._requests
        while True:
            if not requests.waiting:
                records.flush()
            if records.gone:  # a client that gets no reply would wait for it and send nothing
                return None
            line = requests.waiting.popleft() if requests.waiting else requests.take()
            if line is None or records.gone:
                return None
            if not requests.waiting:
                records.flush()  # the command may take long
            if line.strip() or self._in_block:
                try:
                    request = _parse(line, records, self._subscription)
                except _Answered:
                    continue
                self._request = request.id
                return request.command

    def show_answer(self, answer: Answer) -> None:
        """Reply to the request that was read last."""
        if answer.resume is None:
            self._drain()
        self._in_block = answer.wants_more
        self._records.write(
            ReplyLine(self._request, answer.replies, answer.resume, answer.wants_more)
        )


def needs_no_stop(command: str) -> bool:
    """Whether a command may be given while no run is held."""
    from stepdbg.commands.table import BY_WORD

    words = command.split(maxsplit=1)
    row = BY_WORD.get(words[0]) if words else None
    return row is not None and row.while_running and ";;" not in command


class _Answered(Exception):
    """Raised when a request was answered while it was parsed."""


def _parse(line: bytes, records: RecordWriter, subscription: Subscription) -> Request:
    """The request for a command.

    Raises:
        _Answered: the line was a subscription, or could not be read; it has its reply.
    """
    try:
        request = parse_request(text_of(line))
        plain = type(request.id) is int and -_SHORT < request.id < _SHORT  # nearly all ids are
        name = request.id if plain else _name(request)
    except StepdbgError as problem:
        _refuse(None, str(problem), records)
        raise _Answered from None
    if isinstance(request, Request):
        return request if plain else Request(request.command, name)
    with records.one_writer:
        records.write(reply_line(name, subscription.change(request.subscribe)), flush=True)
    raise _Answered


def _name(request: Request | Subscribe) -> object:
    """The id by which the reply names its request.  Raises `BadUsage`: JSON cannot contain it."""
    try:
        return written(request.id)
    except BadUsage as problem:
        raise BadUsage(f"the id of this request cannot be used: {problem}") from None


def _refuse(request: object, problem: str, records: RecordWriter) -> None:
    records.write(reply_line(request, Answer((Failure(problem),))), flush=True)


def _command(line: bytes) -> str:
    try:
        request = parse_request(text_of(line))
    except StepdbgError:
        return ""
    return request.command.strip() if isinstance(request, Request) else ""

"""The client of the JSON front end: its requests, and which reply answers which.

Owns: reading a request, naming it in its reply, and refusing what cannot be carried out.
Does not own: when requests arrive (`requests`), what a command does (commands), or records
that answer nothing (`jsonlines`).
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

_SHORT: Final = 10**18  # a number that can be written whatever the program has forbidden


class BetweenStops:
    """Answers requests while the run is not held, on the thread that reads them.

    See `requests.Running`.  records: where replies go.  subscription: what a client may change.
    """

    def __init__(self, records: RecordWriter, subscription: Subscription) -> None:
        self._records: Final = records
        self._subscription: Final = subscription
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
        """Answer a request that ends the process at once, and so will not come back."""
        if self._under_way is not None:
            answer = Answer((Message("the program ends at once"),))
            self._records.write(reply_line(self._under_way.id, answer))

    def flush(self) -> None:
        """Send what has been written."""
        self._records.flush()


class Client:
    """Talks to a client at a stop; see `dialogue.Surface`.

    requests: the client's requests, taken in order while they are on hold.
    records: where replies go.  subscription: what the client wants to be told of.
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
        """Answer the requests that no stop came for: every request gets its reply."""
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
        """A line that is not a request: its reply names none."""
        self._request = None

    def read_line(self) -> str | None:
        """The command of the next request; None when there will be none."""
        records, requests = self._records, self._requests
        while True:
            if not requests.waiting:
                records.flush()
            if records.gone:  # nobody would hear the reply, and who waits for it sends nothing
                return None
            line = requests.waiting.popleft() if requests.waiting else requests.take()
            if line is None or records.gone:
                return None
            if not requests.waiting:
                records.flush()  # what comes next may take long
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
    """A request was answered before it got anywhere."""


def _parse(line: bytes, records: RecordWriter, subscription: Subscription) -> Request:
    """A command; what cannot be read, and a subscription, are answered here and `_Answered`."""
    try:
        request = parse_request(text_of(line))
        plain = type(request.id) is int and -_SHORT < request.id < _SHORT  # nearly all are
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
    """What the reply names its request by.  Raises `BadUsage` for what it could not."""
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

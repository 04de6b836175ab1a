"""The front end for clients that are programs: requests in, records out, a JSON object a line.

Owns: what is sent at the start and the end, the order of records and the program's output, and
giving the program other standard streams if the client uses those.
Does not own: the lines' shapes (render.envelopes), requests and their answers (`client`), or the
loop of a stop (`dialogue`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import IO, Any, Final

from stepdbg.model.errors import BadUsage
from stepdbg.model.ours import VERSION
from stepdbg.model.program_streams import lift
from stepdbg.model.protocols import Controller, Inspector
from stepdbg.model.standard import os
from stepdbg.model.stops import (
    Continue,
    Event,
    Moved,
    ProgramEnded,
    Resume,
    Resumed,
    RunEnded,
    Stop,
)
from stepdbg.render.envelopes import EventLine, HelloLine
from stepdbg.render.jsonlines import FORMAT_VERSION

from .channel import open_channel
from .client import BetweenStops, Client
from .dialogue import Dialogue
from .output_capture import OutputCapture
from .record_writer import RecordWriter
from .requests import Requests
from .subscription import Subscription

__all__ = ["JsonFrontEnd", "open_channel"]


class JsonFrontEnd:
    """Serves one client: a `FrontEnd` and `BeginsAnew`.

    reader: where requests come from; None for a client that only listens.
    writer: where records go.  If it is descriptor 1, the program gets an empty input, and what it
        writes becomes `Output` events.
    commands: carried out at the first stops, before any request.

    The front end closes `reader` and `writer`.
    """

    def __init__(
        self,
        *,
        reader: IO[str] | IO[bytes] | None,
        writer: IO[str] | IO[bytes] | None,
        commands: Sequence[str] = (),
    ) -> None:
        """Raises `BadUsage` if there is nowhere to write to."""
        if writer is None:
            raise BadUsage("standard output is closed: --json has nowhere to write to")
        self._process = os.getpid()
        self._ended = False
        self._commands: Final = tuple(commands)
        self._subscription: Final = Subscription()
        standard = writer.fileno() == 1
        requests = None if reader is None else _taken_over(reader, standard)
        self._records: Final = RecordWriter(_taken_over(writer, standard), tells=not standard)
        self._records.write(HelloLine(FORMAT_VERSION, VERSION), flush=True)
        self._capture: Final = _take_standard_streams(self.on_event) if standard else None
        self._between_stops: Final = BetweenStops(self._records, self._subscription)
        self._requests: Final = Requests(requests, self._between_stops)
        drain = _nothing if self._capture is None else self._capture.drain
        self._client: Final = Client(self._requests, self._records, self._subscription, drain)
        self._dialogue: Dialogue | None = None

    @property
    def wants_recorder(self) -> bool:
        """True: a client may ask at any time what woke a task."""
        return True

    @property
    def takes_ctrl_c(self) -> bool:
        """False: Ctrl-C keeps its meaning in the program; a client sends `halt`."""
        return False

    def would_answer(self) -> bool:
        """True: a client gets every stop."""
        return True

    def on_session(self, inspector: Inspector, controller: Controller) -> None:
        """Trio has been imported: answer requests that need no stop from now on."""
        self._dialogue = self._begin_dialogue(inspector, controller, self._commands)

    def _begin_dialogue(
        self, inspector: Inspector, controller: Controller, queued: Sequence[str]
    ) -> Dialogue:
        from stepdbg.commands.interpreter import Interpreter

        interpreter = Interpreter(controller, shown=self._subscription)
        self._between_stops.begin(interpreter, inspector)
        return Dialogue(interpreter, self._client, queued)

    def on_stop(self, stop: Stop, inspector: Inspector, controller: Controller) -> Resume:
        """Report a stop and take requests until one lets the run go on."""
        if os.getpid() != self._process:
            return Continue()  # a forked child has no client
        if self._dialogue is None:
            self.on_session(inspector, controller)
        assert self._dialogue is not None
        self._requests.hold()
        resume: Resume | None = None
        try:
            resume = self._dialogue.hold(stop, inspector)
        finally:
            if not isinstance(resume, Moved):  # the run stays held
                self._requests.release()
        return resume

    # -- `BeginsAnew`: another process goes on with the client -------------------------

    def get_ready(self) -> None:
        """Do nothing: `on_session` has imported all that a stop needs."""

    def rest(self) -> bool:
        """Pause the threads that read requests and output, see `BeginsAnew`."""
        return self._requests.rest() and (self._capture is None or self._capture.rest())

    def go_on(self) -> None:
        """Let those threads run again, see `BeginsAnew`."""
        if os.getpid() == self._process:
            self._requests.go_on()
            if self._capture is not None:
                self._capture.go_on()

    def hand_over(self) -> dict[str, Any]:
        """Lines, requests and the subscription, for another process that goes on with them."""
        self._drain()
        self._records.flush()
        waiting, begun = self._requests.unread()
        return {
            "lines": [] if self._dialogue is None else list(self._dialogue.queued),
            "requests": [each.decode("latin-1") for each in waiting],
            "begun": begun.decode("latin-1"),
            "subscribe": self._subscription.names,
        }

    def take_back(self, given: dict[str, Any]) -> None:
        """Go on with what another process has left, see `hand_over`."""
        if given["subscribe"] is not None:
            self._subscription.change(tuple(given["subscribe"]))
        waiting = [each.encode("latin-1") for each in given["requests"]]
        self._requests.take_in_place(waiting, given["begun"].encode("latin-1"))
        if self._dialogue is not None:
            self._dialogue.queued.clear()
            self._dialogue.queued.extend(given["lines"])

    def take_over(
        self,
        stop: Stop,
        inspector: Inspector,
        controller: Controller,
        setup: Sequence[str],
        given: dict[str, Any],
    ) -> None:
        """Begin the dialogue in a copy of the process, see `BeginsAnew`."""
        self._process = os.getpid()
        self._records.drop()
        self._dialogue = self._begin_dialogue(inspector, controller, ())
        self.take_back(given)
        self._requests.hold()
        self._dialogue.set_up(stop, inspector, setup)
        self.go_on()

    def on_event(self, event: Event) -> None:
        """Report what happened, after the output that came before it."""
        if os.getpid() != self._process:
            return
        if isinstance(event, RunEnded):
            self._drain()
        elif isinstance(event, ProgramEnded):
            self._ended = True
            self._drain(final=True)
            self._client.refuse_leftovers()
        # If more requests wait, this event is sent together with what they lead to.  Otherwise it
        # is sent at once, since the run may go on for long.
        self._tell(event, flush=not (isinstance(event, Resumed) and self._requests.waiting))

    def _tell(self, event: Event, *, flush: bool) -> None:
        with self._records.one_writer:  # no event may follow the reply that has unsubscribed it
            wanted = self._subscription.events
            if wanted is None or type(event) in wanted:
                self._records.write(EventLine(event), flush=flush)
            elif flush:
                self._records.flush()

    def close(self) -> None:
        """Send what the client must still get, and write nothing from now on."""
        if not self._ended:  # a hard quit, perhaps by a request: the process ends at once
            self._drain()
            self._between_stops.answer_last()
            self._tell(ProgramEnded(None, "quit at once"), flush=False)
            self._ended = True
        if self._capture is not None:
            self._capture.close()
        self._records.close()

    def _drain(self, *, final: bool = False) -> None:
        if self._capture is not None:
            self._capture.drain(final=final)


def _nothing() -> None:
    """Drains nothing: takes the place of `OutputCapture.drain` if output is not captured."""


def _taken_over(stream: IO[str] | IO[bytes], standard: bool) -> int:
    """A descriptor of stepdbg's own, which takes the place of a stream."""
    descriptor = lift(stream.fileno())
    if not standard:
        stream.close()
    return descriptor


def _take_standard_streams(emit: Callable[[Event], None]) -> OutputCapture:
    """Replace the program's standard streams, which the client uses."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return OutputCapture(emit)

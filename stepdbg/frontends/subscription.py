"""The records that a client of the JSON front end gets without a request.

Owns: the names that a client may subscribe to, and which of them it wants.
Does not own: writing lines (record_writer), or reading the request (render.envelopes).
"""

from __future__ import annotations

from typing import Final

from stepdbg.model.replies import Answer, Failure, Message
from stepdbg.model.stops import Event

_STOPS: Final = ("stop", "listing", "displays")

_EVENTS: Final = "event"
"""Stands for all kinds of events."""


class Subscription:
    """What one client gets: everything, until it subscribes to something else.

    One thread changes it while the thread of a run reads it.  So each attribute is replaced as a
    whole.

    Attributes:
        stops: whether the client gets stops.
        listing, displays: whether it gets these parts of a stop.
        events: the types of the events that it gets; None for all.
        names: the names in its last subscription, None for all.
        telling: False, because a client gets facts and makes its own sentences.
    """

    telling = False

    def __init__(self) -> None:
        self.stops = self.listing = self.displays = True
        self.events: frozenset[type] | None = None
        self.names: tuple[str, ...] | None = None

    def change(self, names: tuple[str, ...]) -> Answer:
        """Send only what is named from now on; with an unknown name, refuse and change nothing."""
        from typing import get_args

        from stepdbg.render.jsonlines import kind_of

        events = {kind_of(each): each for each in get_args(Event)}
        known = (*_STOPS, _EVENTS, *events)
        unknown = [name for name in names if name not in known]
        if unknown:
            sentence = f"there is nothing called {unknown[0]!r} to subscribe to"
            return Answer((Failure(sentence, f"the names are {', '.join(known)}"),))
        self.events = (
            None
            if _EVENTS in names
            else frozenset(events[name] for name in names if name in events)
        )
        self.names = names
        self.stops = "stop" in names
        self.listing = self.stops and "listing" in names
        self.displays = self.stops and "displays" in names
        return Answer((Message(_sentence(names)),))


def _sentence(names: tuple[str, ...]) -> str:
    if not names:
        return "from now on only replies to requests are sent"
    return f"from now on these are sent: {', '.join(dict.fromkeys(names))}"

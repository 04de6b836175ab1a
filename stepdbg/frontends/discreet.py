"""Stops of a program that runs by itself: shown when somebody is asked about them.

Owns: `Discreet`, which stands before the surface of a dialogue.
Does not own: whether anything is left unsaid (reticence), or the surfaces.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from stepdbg.model.records import replace
from stepdbg.model.replies import BreakpointSet, Failure, Message, SettingList
from stepdbg.model.stops import LintFound

from .reticence import tell_aside, tell_event
from .start_file import StartLine

if TYPE_CHECKING:
    from stepdbg.model.replies import Answer, Reply, StopShown
    from stepdbg.model.stops import Stop

    from .dialogue import Surface
    from .reticence import Reticence

_PROBLEMS = Failure, Message, BreakpointSet
"""Replies that, where they are wanted, tell that something is not as it should be."""


class Discreet:
    """A `Surface` that shows no stop before somebody is asked about it."""

    def __init__(self, surface: Surface, reticence: Reticence) -> None:
        self._surface = surface
        self._reticence = reticence
        self._held: StopShown | None = None
        self._tells = False
        self._muted = False

    def show_stop(self, shown: StopShown) -> None:
        """Keep it back, unless it tells what must not wait."""
        self._tells = not self._reticence.silent or (
            _is_news(shown.stop) and not self._reticence.only_asked
        )
        if self._tells:
            self._surface.show_stop(shown)
        else:
            self._held = shown

    def show_line(self, line: str) -> None:
        """Show no line that nobody looks at; surfaces know those of start files."""
        self._reticence.take_note(line)
        self._muted = not (self._tells or isinstance(line, StartLine))
        if not self._muted:
            self._surface.show_line(line)

    def read_line(self) -> str | None:
        """Show what was kept back, and ask."""
        self._reticence.somebody_is_asked()
        self._tells = not self._reticence.silent
        self._muted = not self._tells
        if self._held is not None and not self._muted:
            held, self._held = self._held, None
            self._surface.show_stop(held)
        return self._surface.read_line()

    def show_answer(self, answer: Answer) -> None:
        """Show of an answer what is wanted."""
        if not self._muted:
            self._surface.show_answer(answer)
        else:
            self._show_wanted(answer)
        if answer.resume is not None and self._held is not None:
            held, self._held = self._held, None
            for lint in filter(self._reticence.wants_lint, held.stop.lints):
                tell_event(LintFound(lint, at_stop=False))

    def _show_wanted(self, answer: Answer) -> None:
        kept = tuple(filter(self._wants, answer.replies))
        if not self._reticence.only_asked:
            _tell_replies(reply for reply in kept if isinstance(reply, _PROBLEMS))
            kept = tuple(reply for reply in kept if not isinstance(reply, _PROBLEMS))
        if kept:
            self._surface.show_answer(replace(answer, replies=kept))

    def _wants(self, reply: Reply) -> bool:
        """Whether a reply is shown though nobody looks at the stop: no acknowledgement is."""
        only_asked = self._reticence.only_asked
        match reply:
            case Message():
                return reply.level != "done" if only_asked else reply.level == "warning"
            case BreakpointSet():
                new = reply.what == "set" and not only_asked
                return new and bool(reply.breakpoint.note)
            case SettingList():
                return len(reply.settings) != 1
        return True


def _tell_replies(replies: Iterable[Reply]) -> None:
    from stepdbg.render.text import render_reply

    for reply in replies:
        tell_aside(partial(render_reply, reply))


def _is_news(stop: Stop) -> bool:
    """Whether a stop tells of something that has gone wrong."""
    failed = any(hit.problem for hit in stop.hits)
    return stop.deadlock is not None or bool(stop.cycles) or failed

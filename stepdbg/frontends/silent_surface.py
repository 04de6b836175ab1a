"""Hides the stops at which the user is not asked anything.

Owns: `SilentSurface`, which wraps the surface of a dialogue.
Does not own: what is left out (verbosity), or the surfaces.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from stepdbg.model.lints import LintFound
from stepdbg.model.records import replace
from stepdbg.model.replies import BreakpointSet, Failure, Message, SettingList
from stepdbg.model.stops import StopKind

from .start_file import StartLine
from .verbosity import tell_aside, tell_event

if TYPE_CHECKING:
    from stepdbg.model.replies import Answer, Reply, StopShown

    from .dialogue import Surface
    from .verbosity import Verbosity

_PROBLEMS = Failure, Message, BreakpointSet
"""Replies that say that something is wrong, if they are shown at all."""


class SilentSurface:
    """A `Surface` that does not show a stop unless there is a reason to look at it.

    There is no reason at the start, if all lines there only let the program run on.  At any other
    stop, a line that is carried out is a reason.  Then the lines and answers before it are shown as
    well.
    """

    def __init__(self, surface: Surface, verbosity: Verbosity) -> None:
        self._surface = surface
        self._verbosity = verbosity
        self._held: StopShown | None = None
        self._line = ""
        self._unshown: list[tuple[str, Answer]] = []
        self._muted = False

    def show_stop(self, shown: StopShown) -> None:
        """Show a stop, or keep it back until there is a reason to show it."""
        if self._verbosity.only_asked and shown.stop.token is not None:
            shown = replace(shown, stop=replace(shown.stop, token=None))
        if self._verbosity.silent:
            self._held = shown
        else:
            self._surface.show_stop(shown)

    def show_line(self, line: str) -> None:
        """Show a line, unless its stop is kept back; the surface decides about start files."""
        self._verbosity.note_line(line)
        held = self._held
        if held is not None and held.stop.kind is not StopKind.START:
            self._show_session()
        self._muted = self._verbosity.silent and not isinstance(line, StartLine)
        self._line = line
        if not self._muted:
            self._surface.show_line(line)

    def read_line(self) -> str | None:
        """Show the stop that was kept back, and read a line."""
        self._verbosity.user_is_asked()
        self._muted = self._verbosity.silent
        if not self._muted:
            self._show_held()
        return self._surface.read_line()

    def _show_session(self) -> None:
        """Show what was kept back, and everything from now on; with ``-q`` do nothing."""
        if self._verbosity.only_asked:
            return
        self._verbosity.user_is_asked()
        for line, answer in self._unshown:
            self._surface.show_line(line)
            self._surface.show_answer(answer)
        self._unshown.clear()
        self._show_held()

    def _show_held(self) -> None:
        if self._held is not None:
            held, self._held = self._held, None
            self._surface.show_stop(held)

    def show_answer(self, answer: Answer) -> None:
        """Show an answer; while its stop is kept back, only the important replies."""
        if not self._muted:
            self._surface.show_answer(answer)
        else:
            self._unshown.append((self._line, answer))
            self._show_wanted(answer)
        if answer.resume is not None and self._held is not None:
            held, self._held = self._held, None
            for lint in filter(self._verbosity.wants_lint, held.stop.lints):
                tell_event(LintFound(lint, at_stop=False))

    def _show_wanted(self, answer: Answer) -> None:
        kept = tuple(filter(self._wants, answer.replies))
        if not self._verbosity.only_asked:
            _tell_replies(reply for reply in kept if isinstance(reply, _PROBLEMS))
            kept = tuple(reply for reply in kept if not isinstance(reply, _PROBLEMS))
        if kept:
            self._surface.show_answer(replace(answer, replies=kept))

    def _wants(self, reply: Reply) -> bool:
        """Whether to show a reply although its stop is kept back; acknowledgements are not."""
        only_asked = self._verbosity.only_asked
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

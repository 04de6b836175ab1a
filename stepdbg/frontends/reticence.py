"""What is left unsaid while a program runs by itself, and nobody has been asked.

Owns: `Reticence`, and `Discreet`, which keeps it at stops; whether commands leave nobody to ask.
Does not own: which commands ask nothing (commands.beforehand), or how what is said looks (render).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from stepdbg.model.lints import LINTS
from stepdbg.model.program_streams import tell_lines
from stepdbg.model.records import replace
from stepdbg.model.replies import BreakpointSet, Failure, Message, SettingList
from stepdbg.model.stops import (
    CONTINUE_NAMES,
    QUIT_NAMES,
    DeadlockFound,
    HaltDelayed,
    LintFound,
    Note,
    QuitDelayed,
)
from stepdbg.render.spans import plain_line

from .plain_output import width_of_transcripts
from .start_file import StartLine

if TYPE_CHECKING:
    from stepdbg.model.lints import Lint
    from stepdbg.model.replies import Answer, Reply, StopShown
    from stepdbg.model.stops import Event, Stop
    from stepdbg.render.spans import Line

    from .dialogue import Surface

Talk = Literal["usual", "all", "asked"]
"""How much a session says: ``-v`` all, ``-q`` what was asked for."""

_PROBLEMS = Failure, Message, BreakpointSet
"""Replies that, where they are wanted, tell that something is not as it should be."""

_COSTLY = frozenset(kind.name for kind in LINTS if kind.costs)
"""Lints that nobody looks for unless somebody has asked for them."""


def only_runs_on(commands: Sequence[str]) -> bool:
    """Whether commands only set breakpoints and the like, and then let the program run on."""
    if all(line.strip() in (*CONTINUE_NAMES, *QUIT_NAMES) for line in commands):
        return bool(commands)
    from stepdbg.commands import beforehand

    return beforehand.only_runs_on(commands)


class Reticence:
    """How much one session says.

    talk: what the user wants.
    runs_on: whether the commands given at the start only let the program run on; asked once.
    at_terminal: whether the user types at a terminal.
    silent: nothing is said that can wait until somebody is asked.
    """

    def __init__(self, talk: Talk, runs_on: Callable[[], bool], *, at_terminal: bool) -> None:
        self.only_asked = talk == "asked"
        self.silent = self.only_asked or (talk == "usual" and runs_on())
        self._at_terminal = at_terminal
        self._lints_asked_for = False

    def somebody_is_asked(self) -> None:
        """A line is read: whoever types at a terminal sees what it is about."""
        self.silent = self.only_asked and not self._at_terminal

    def take_note(self, line: str) -> None:
        """A line is carried out; one that is about lints asks for them."""
        self._lints_asked_for |= "set lint" in " ".join(line.split())

    def wants_lint(self, lint: Lint) -> bool:
        """Whether somebody has asked for such lints."""
        return self._lints_asked_for or lint.name in _COSTLY

    def leaves_out(self, event: Event) -> bool:
        """Whether an event is not to be told."""
        if not (self.silent or self.only_asked):
            return False
        if isinstance(event, LintFound):
            return not self.wants_lint(event.lint)
        if isinstance(event, Note):
            return event.level != "log" and (event.level != "warning" or self.only_asked)
        if isinstance(event, DeadlockFound):
            return self.only_asked
        return not isinstance(event, HaltDelayed | QuitDelayed)

    def wants(self, reply: Reply) -> bool:
        """Whether a reply is shown though nobody looks at the stop: no acknowledgement is."""
        match reply:
            case Message():
                return reply.level != "done" if self.only_asked else reply.level == "warning"
            case BreakpointSet():
                new = reply.what == "set" and not self.only_asked
                return new and bool(reply.breakpoint.note)
            case SettingList():
                return len(reply.settings) != 1
        return True


class Discreet:
    """A `Surface` that shows no stop before somebody is asked about it."""

    def __init__(self, surface: Surface, reticence: Reticence) -> None:
        self._surface = surface
        self._reticence = reticence
        self._held: StopShown | None = None
        self._muted = False

    def show_stop(self, shown: StopShown) -> None:
        """Keep it back, unless it tells what must not wait."""
        if self._reticence.silent and not _is_news(shown.stop):
            self._held = shown
        else:
            self._surface.show_stop(shown)

    def show_line(self, line: str) -> None:
        """Show no line that nobody looks at; surfaces know those of start files."""
        self._reticence.take_note(line)
        self._muted = self._reticence.silent and not isinstance(line, StartLine)
        if not self._muted:
            self._surface.show_line(line)

    def read_line(self) -> str | None:
        """Show what was kept back, and ask."""
        self._reticence.somebody_is_asked()
        self._muted = self._reticence.silent
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
        kept = tuple(filter(self._reticence.wants, answer.replies))
        if not self._reticence.only_asked:
            _tell_replies(reply for reply in kept if isinstance(reply, _PROBLEMS))
            kept = tuple(reply for reply in kept if not isinstance(reply, _PROBLEMS))
        if kept:
            self._surface.show_answer(replace(answer, replies=kept))


def tell_event(event: Event) -> None:
    """Tell whoever looks at the program, not at a transcript."""
    from stepdbg.render.text import render_event

    _tell(render_event(event, width_of_transcripts()))


def _tell_replies(replies: Iterable[Reply]) -> None:
    from stepdbg.render.text import render_reply

    for reply in replies:
        _tell(render_reply(reply, width_of_transcripts()))


def _tell(lines: Iterable[Line]) -> None:
    tell_lines("".join(f"stepdbg: {plain_line(line).rstrip()}\n" for line in lines))


def _is_news(stop: Stop) -> bool:
    """Whether a stop tells of something that has gone wrong."""
    failed = any(hit.problem for hit in stop.hits)
    return stop.deadlock is not None or bool(stop.cycles) or failed

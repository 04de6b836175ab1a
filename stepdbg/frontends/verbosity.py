"""What stepdbg does not show while a program runs by itself, before the user is first asked.

Owns: `Verbosity`; whether the given commands only let the program run; showing at once what must
not wait.
Does not own: what that means at a stop (silent_surface), which commands are of that kind
(commands.beforehand), or how events look (render).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal

from stepdbg.model.lints import LintFound
from stepdbg.model.options import only_go_on
from stepdbg.model.program_streams import tell_lines
from stepdbg.model.stops import (
    DeadlockFound,
    HaltDelayed,
    Note,
    QuitDelayed,
    StepLasts,
    TokenTold,
    Traced,
)
from stepdbg.render.spans import plain_line

from .plain_output import width_of_transcripts

if TYPE_CHECKING:
    from stepdbg.model.lints import Lint
    from stepdbg.model.stops import Event
    from stepdbg.render.spans import Line

Talk = Literal["usual", "all", "asked"]
"""How much a session says: "all" with ``-v``, "asked" (only what was asked for) with ``-q``."""

_OURS = "stepdbg: "


def only_runs_on(commands: Sequence[str]) -> bool:
    """Whether commands only set breakpoints and the like, and then let the program run on."""
    if not commands or only_go_on(commands):
        return bool(commands)
    from stepdbg.commands import beforehand

    return beforehand.only_runs_on(commands)


class Verbosity:
    """How much one session says.

    talk: how much the user wants.
    runs_on: tells whether the commands given at the start only let the program run on.
    at_terminal: whether the user types at a terminal.

    Attributes:
        silent: whether to say only what cannot wait until the user is asked.
        only_asked: whether to say only what was asked for.
    """

    def __init__(self, talk: Talk, runs_on: Callable[[], bool], *, at_terminal: bool) -> None:
        self.only_asked = talk == "asked"
        self.silent = self.only_asked or (talk == "usual" and runs_on())
        self._at_terminal = at_terminal
        self._lints_asked_for = False

    def user_is_asked(self) -> None:
        """A line is about to be read: a user at a terminal must see what it is about."""
        self.silent = self.only_asked and not self._at_terminal

    def note_line(self, line: str) -> None:
        """Note a line that is carried out: ``set lint`` asks for lints."""
        self._lints_asked_for |= "set lint" in " ".join(line.split())

    def wants_lint(self, lint: Lint) -> bool:
        """Whether the user has asked for this lint."""
        from stepdbg.model.lints import LINTS

        # stepdbg looks for lints that cost something only if the user has asked for them.
        costly = (kind.name for kind in LINTS if kind.costs)
        return self._lints_asked_for or lint.name in costly

    def leaves_out(self, event: Event) -> bool:
        """Whether not to show an event."""
        if not (self.silent or self.only_asked):
            return False
        if isinstance(event, LintFound):
            return not (event.asked or self.wants_lint(event.lint))
        if is_asked_for(event):
            return False
        if isinstance(event, Note):
            return event.level != "warning" or self.only_asked
        if isinstance(event, DeadlockFound | TokenTold):
            return self.only_asked
        return not isinstance(event, HaltDelayed | QuitDelayed | StepLasts)


def is_asked_for(event: Event) -> bool:
    """Whether the user has asked for such events: log points and traces."""
    return isinstance(event, Traced) or (isinstance(event, Note) and event.level == "log")


def tell_event(event: Event) -> None:
    """Show an event among the program's own output, to a user who sees no transcript."""
    from stepdbg.render.text import render_event

    tell_aside(partial(render_event, event))


def tell_aside(drawn: Callable[[int], Iterable[Line]]) -> None:
    """Write lines to standard error, each with a mark that distinguishes it from the program's.

    drawn: gives the lines for a width in columns.
    """
    lines = drawn(max(width_of_transcripts() - len(_OURS), 1))
    tell_lines("".join(f"{_OURS}{plain_line(line).rstrip()}\n" for line in lines))

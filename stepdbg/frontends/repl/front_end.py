"""The front end for a user at a terminal.

Owns: implementing `model.protocols.FrontEnd`, and making its parts when they are first needed.
Does not own: what a stop shows (conversation), or how it is printed (screen).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from stepdbg.frontends import MovingTalk
from stepdbg.frontends.start_file import read_named_start_file
from stepdbg.frontends.verbosity import Verbosity, is_asked_for, only_runs_on, tell_event
from stepdbg.model.errors import NotNow, StepdbgError
from stepdbg.model.standard import threading
from stepdbg.model.stops import Restart

from .killing import terminal_given_back
from .screen import Screen, is_worth_a_line
from .terminal import Terminal

if TYPE_CHECKING:
    from stepdbg.frontends.dialogue import Dialogue
    from stepdbg.frontends.plain_output import PlainOutput
    from stepdbg.frontends.verbosity import Talk
    from stepdbg.model.protocols import Controller, Inspector
    from stepdbg.model.stops import Event, Resume, Stop


class TerminalFrontEnd(MovingTalk):
    """A prompt on a terminal; see `model.protocols.FrontEnd`.

    place: the descriptor that writes to the terminal at standard input, or the path of another
        terminal to use.
    aside: where text goes instead, if the user wants only the prompt at the terminal.
    commands: lines to carry out before the first prompt.
    talk: how much to say.
    start_file: the path of a start file, read after the user's own.
    own_start_file: whether to read the user's own; not after a restart, which hands over what that
        file has set up.

    Raises `BadUsage` if the device or the start file cannot be used.
    """

    def __init__(
        self,
        place: int | str = 1,
        *,
        aside: PlainOutput | None = None,
        commands: Sequence[str] = (),
        start_file: str | None = None,
        own_start_file: bool = True,
        talk: Talk = "usual",
    ) -> None:
        self._start_file = None if start_file is None else read_named_start_file(start_file)
        self._terminal = Terminal(place)
        self._aside = aside
        self._commands = tuple(commands)
        self._own_start_file = own_start_file
        self._welcomes = True
        self._verbosity = Verbosity(talk, partial(only_runs_on, self._commands), at_terminal=True)
        self._screen = Screen(self._terminal, aside)
        self._opening = threading.Lock()

    @property
    def wants_recorder(self) -> bool:
        """True: the user may ask what woke a task."""
        return True

    @property
    def takes_ctrl_c(self) -> bool:
        """True: Ctrl-C is typed at the debugger's terminal."""
        return True

    def would_answer(self) -> bool:
        """True: a user is at the terminal."""
        return True

    def on_session(self, inspector: Inspector, controller: Controller) -> None:
        """Do nothing: while the program runs, the terminal belongs to it."""

    def on_stop(self, stop: Stop, inspector: Inspector, controller: Controller) -> Resume:
        """Show the stop and take commands until one lets the run go on."""
        self._rest()
        # Runs in several threads may come to their first stops together.
        with self._opening:
            if self.dialogue is None:
                self.dialogue = self._open_dialogue(controller)
        with terminal_given_back(self._terminal):
            resume = self.dialogue.hold(stop, inspector)
        if isinstance(resume, Restart):
            self._terminal.give_back()
            if self._aside is not None:
                self._aside.give_back()
        elif self._screen.status is not None:
            self._screen.status.begin()
        return resume

    def on_event(self, event: Event) -> None:
        """Print the event if it is worth a line."""
        if self._verbosity.leaves_out(event):
            return
        if not self._verbosity.silent or is_asked_for(event):
            self._screen.event(event)
        elif is_worth_a_line(event):
            tell_event(event)

    def close(self) -> None:
        """Close what the front end uses, and leave the terminal to the program."""
        self._rest()
        self._terminal.close()
        if self._aside is not None:
            self._aside.close()

    def get_ready(self) -> None:
        """Import what a stop needs, before the process is copied; see `engine.rewinding.past`."""
        from stepdbg.commands import sources  # noqa: F401 - a stop needs these
        from stepdbg.commands.interpreter import Interpreter  # noqa: F401
        from stepdbg.frontends.dialogue import Dialogue  # noqa: F401
        from stepdbg.frontends.silent_surface import SilentSurface  # noqa: F401

        from . import conversation, status  # noqa: F401

        if not self._terminal.dumb:
            from . import editor  # noqa: F401

    def take_over(
        self,
        stop: Stop,
        inspector: Inspector,
        controller: Controller,
        setup: Sequence[str],
        given: dict[str, Any],
    ) -> None:
        """Begin anew in a copy of the process: see `engine.rewinding.past`."""
        self._start_file, self._own_start_file = None, False
        self._commands, self._welcomes = tuple(given["lines"]), False
        self._verbosity.user_is_asked()
        self.dialogue = self._open_dialogue(controller)
        self.dialogue.set_up(stop, inspector, setup)

    def _rest(self) -> None:
        if self._screen.status is not None:
            self._screen.status.rest()

    def _open_dialogue(self, controller: Controller) -> Dialogue:
        from stepdbg.commands.interpreter import Interpreter
        from stepdbg.frontends.dialogue import Dialogue
        from stepdbg.frontends.silent_surface import SilentSurface

        from .conversation import Conversation
        from .status import StatusLine

        interpreter = Interpreter(controller, abbreviations=True, repeats=True)
        conversation = Conversation(
            self._terminal,
            self._screen,
            interpreter,
            partial(_has_pages, controller),
            welcomes=self._welcomes,
        )
        with suppress(NotNow):  # a dump has no code that could await
            controller.steering.ask_with(conversation.agrees)
            self._screen.status = StatusLine(self._terminal)
            controller.steering.report_to(self._screen.status.show)
        lines = (
            *conversation.start_lines(self._start_file, own=self._own_start_file),
            *self._commands,
        )
        return Dialogue(interpreter, SilentSurface(conversation, self._verbosity), lines)


def _has_pages(controller: Controller) -> bool:
    """The value of `set pager`; a dump is shown page by page."""
    try:
        return controller.setting("pager").value == "on"
    except StepdbgError:
        return True

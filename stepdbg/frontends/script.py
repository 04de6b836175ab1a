"""The front end without a terminal: commands from `-c`, a file or standard input, text out.

Owns: where commands come from and in which order, and showing each command in the transcript.
Does not own: which commands only let the program run (commands.beforehand), sharing standard input
(input_lines), writing beside the program's own output (plain_output), the loop of a stop
(dialogue), or drawing (render).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, TextIO

from stepdbg.model import interrupts
from stepdbg.model.lints import LintFound
from stepdbg.model.records import replace
from stepdbg.model.resting import PausedCollector
from stepdbg.model.stops import (
    DeadlockFound,
    Event,
    Output,
    QuitDelayed,
    Restart,
    Resume,
    Resumed,
    RunStarted,
    Stop,
    Traced,
)
from stepdbg.render.spans import Line

from . import MovingTalk
from .input_lines import BadLine, FileLines, Lines, StandardInput
from .plain_output import PlainOutput, transcript, width_of_transcripts
from .verbosity import Talk, Verbosity, is_asked_for, only_runs_on, tell_event

if TYPE_CHECKING:
    from stepdbg.commands.interpreter import Interpreter
    from stepdbg.model.protocols import Controller, Inspector
    from stepdbg.model.replies import Answer, Reply, StopShown

    from .dialogue import Dialogue

_STANDARD_INPUT: Final = "-"

_ENDLESS: Final = 1_000_000
"""Columns of a line of a trace: so many that no line is broken, since filters need whole lines."""


class ScriptFrontEnd(MovingTalk):
    """The `FrontEnd` that takes commands from a script and writes a transcript.

    commands: the commands of `-c`, which are taken first.
    commands_file: where the next ones come from; ``-`` is standard input.
    read_stdin: whether they come from standard input if there is no such file.
    lines: where they come from instead, if it is given.
    talk: how much to say.
    runs_at_once: whether the run does not stop at its start, because the first command has been
        carried out already.
    out: where the transcript goes; None if that is closed, which ends the input at once.

    Attributes:
        has_ended: whether a line was needed and none was left.
    """

    def __init__(
        self,
        *,
        commands: Sequence[str],
        commands_file: str | None,
        read_stdin: bool,
        out: TextIO | None,
        lines: Lines | None = None,
        talk: Talk = "usual",
        runs_at_once: bool = False,
    ) -> None:
        """Raises `BadUsage` if the commands file cannot be read."""
        self._queued: Final = tuple(commands[1:] if runs_at_once else commands)
        self._lines: Final = lines or _open_lines(commands_file, read_stdin)
        self._out: Final = PlainOutput(out)
        self._width: Final = width_of_transcripts()
        self._only_runs_on: Final = commands_file is None and only_runs_on(commands)
        self._verbosity: Final = Verbosity(talk, lambda: self._only_runs_on, at_terminal=False)
        self._interpreter: Interpreter | None = None
        self._ahead: str | None = None
        self._asking = self._has_read = False
        self.has_ended = False

    @property
    def wants_recorder(self) -> bool:
        """Whether the user is likely to ask what woke a task.

        False if the `-c` commands only set breakpoints and let the program run on.  Then standard
        input is read only at a breakpoint, and a program that never gets there must not pay for the
        recorder.
        """
        return not self._only_runs_on

    @property
    def takes_ctrl_c(self) -> bool:
        """False: without a terminal Ctrl-C keeps its meaning in the program."""
        return False

    def would_answer(self) -> bool:
        """Whether there is another command; reads one ahead, as a stop would.

        Reads nothing if the `-c` commands only let the program run on: then standard input belongs
        to the program, until a stop has taken a command from it.
        """
        queued = bool(self._queued if self.dialogue is None else self.dialogue.queued)
        has_commands = self._has_read or not self._only_runs_on
        if self._ahead is None and not queued and has_commands:
            self._ahead = self._read()
        return self._ahead is not None or queued

    def on_session(self, inspector: Inspector, controller: Controller) -> None:
        """Do nothing: what a stop needs is made at the first stop, if there is one."""

    def get_ready(self) -> None:
        """Import what a stop needs, before the process is copied; see `engine.rewinding.past`."""
        _import_for_stops(silent=self._verbosity.silent)

    def take_over(
        self,
        stop: Stop,
        inspector: Inspector,
        controller: Controller,
        setup: Sequence[str],
        given: dict[str, Any],
    ) -> None:
        """Begin anew in a copy of the process: see `engine.rewinding.past`."""
        self._ahead, self._asking = None, False
        self._verbosity.user_is_asked()
        self.dialogue = self._begin_dialogue(controller, given["lines"])
        self.dialogue.set_up(stop, inspector, setup)

    def _begin_dialogue(self, controller: Controller, queued: Sequence[str]) -> Dialogue:
        with PausedCollector():
            _import_for_stops(silent=self._verbosity.silent)
        from stepdbg.commands.interpreter import Interpreter

        from .dialogue import Dialogue
        from .silent_surface import SilentSurface

        self._interpreter = Interpreter(controller)
        surface = SilentSurface(self, self._verbosity)
        return Dialogue(self._interpreter, surface, queued, self._unread)

    def on_stop(self, stop: Stop, inspector: Inspector, controller: Controller) -> Resume:
        """Show a stop and take commands until one lets the run go on."""
        interrupts.keep()
        if self.dialogue is None:
            self.dialogue = self._begin_dialogue(controller, self._queued)
        resume = self.dialogue.hold(stop, inspector)
        if isinstance(resume, Restart):
            self._out.give_back()
        return resume

    def on_event(self, event: Event) -> None:
        """Show an event, unless the transcript shows it anyway."""
        if isinstance(event, QuitDelayed):
            event = replace(event, way_out="")  # no more commands are read
        unneeded = isinstance(event, Resumed | Output) or _is_first(event) or _is_at_stop(event)
        if unneeded or self._verbosity.leaves_out(event):
            return
        silent = self._verbosity.silent and not is_asked_for(event)
        if silent or isinstance(event, DeadlockFound):
            tell_event(event)
        else:
            self._write(_drawn(event, _ENDLESS if isinstance(event, Traced) else self._width))

    def close(self) -> None:
        """The program has ended: close the input and the transcript."""
        if self._lines is not None:
            self._lines.close()
        self._out.close()

    # What a dialogue needs from its surface

    def show_stop(self, shown: StopShown) -> None:
        """Write a stop, together with the next line that is carried out, or with the prompt."""
        self._show(shown, more=True)

    def show_line(self, line: str) -> None:
        """Write a command after the prompt, as if it had been typed."""
        self._out.write(f"{self._prompt()}{line}\n")

    def read_line(self) -> str | None:
        """The next line; None at the end.  A line that cannot be read gets its error here."""
        self._asking = not self._verbosity.only_asked
        if self._asking:
            self._out.write(self._prompt(), more=self._is_ahead())
        line, self._ahead = self._ahead, None
        if line is None:
            line = self._read()
        echoes, self._asking = self._asking, False
        if echoes:
            self._out.write("\n" if line is None else f"{line}\n")
        self.has_ended = line is None
        self._has_read |= line is not None
        return line

    def _is_ahead(self) -> bool:
        """Whether the next line can be read without waiting."""
        lines = self._lines
        return self._ahead is not None or (isinstance(lines, FileLines) and lines.is_ahead())

    def _read(self) -> str | None:
        """The next line, from where lines come from; one that cannot be read gets its error."""
        while not self._out.gone:
            try:
                if self._lines is None:
                    return None
                with interrupts.interruptible():
                    return self._lines.read()
            except BadLine as problem:
                from stepdbg.model.replies import Failure

                self._show(Failure(str(problem), "skipped"))
            except KeyboardInterrupt:
                return None
        return None

    def _unread(self) -> list[str]:
        """The lines that a process which takes the place of this one could no longer read."""
        ahead = [] if self._ahead is None else [self._ahead]
        self._ahead = None
        return [*ahead, *(self._lines.rest() if isinstance(self._lines, FileLines) else ())]

    def show_answer(self, answer: Answer) -> None:
        """Write the replies."""
        for reply in answer.replies:
            self._show(reply)

    def _show(self, reply: Reply, *, more: bool = False) -> None:
        from stepdbg.render.text import render_reply

        self._write(render_reply(reply, self._width), more=more)

    def _write(self, lines: Iterable[Line], *, more: bool = False) -> None:
        text = transcript(lines)
        # While the user is asked about this run, another one may go on and print.
        self._out.write(f"\n{text}{self._prompt()}" if self._asking else text, more=more)

    def _prompt(self) -> str:
        assert self._interpreter is not None
        return self._interpreter.prompt


def _import_for_stops(*, silent: bool) -> None:
    from stepdbg.commands import interpreter, sources  # noqa: F401 - the first stop needs these

    if not silent:
        from stepdbg.render import stops, text  # noqa: F401

    from . import dialogue, silent_surface  # noqa: F401


def _drawn(event: Event, width: int) -> list[Line]:
    from stepdbg.render.text import render_event  # most programs end without an event to show

    return render_event(event, width)


def _is_first(event: Event) -> bool:
    return isinstance(event, RunStarted) and event.run == 1


def _is_at_stop(event: Event) -> bool:
    return isinstance(event, LintFound) and event.at_stop


def _open_lines(commands_file: str | None, read_stdin: bool) -> Lines | None:
    if commands_file == _STANDARD_INPUT or (commands_file is None and read_stdin):
        return StandardInput()
    return None if commands_file is None else FileLines(commands_file)

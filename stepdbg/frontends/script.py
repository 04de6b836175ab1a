"""The front end without a terminal: commands from `-c`, a file or standard input, text out.

Owns: where commands come from and in which order, and echoing them so that a transcript reads
well.
Does not own: which commands ask nothing (commands.beforehand), sharing standard input
(input_lines), writing beside the program's own output (plain_output), the loop of a stop
(dialogue), or drawing (render).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, TextIO

from stepdbg.model import interrupts
from stepdbg.model.lints import LintFound
from stepdbg.model.records import replace
from stepdbg.model.resting import CollectorRests
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
from .reticence import Reticence, Talk, is_asked_for, only_runs_on, tell_event

if TYPE_CHECKING:
    from stepdbg.commands.interpreter import Interpreter
    from stepdbg.model.protocols import Controller, Inspector
    from stepdbg.model.replies import Answer, Reply, StopShown

    from .dialogue import Dialogue

_STANDARD_INPUT: Final = "-"

_ENDLESS: Final = 1_000_000
"""Columns of a line of a trace: a filter behind a pipe needs whole lines."""


class ScriptFrontEnd(MovingTalk):
    """The `FrontEnd` that takes commands from a script and writes a transcript.

    commands: those of `-c`, taken first.  commands_file: where the next ones come from; ``-``
    is standard input.  read_stdin: take them from standard input when there is no such file.
    lines: take them from there instead.
    talk: how much to say.
    runs_at_once: the run does not stop at its start, and the first command has been carried out.
    out: where the transcript goes; None when that is closed, which ends the input at once.

    Attributes:
        has_ended: whether it was asked for a line and had none left.
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
        """Raises `BadUsage` when the commands file cannot be read."""
        self._queued: Final = tuple(commands[1:] if runs_at_once else commands)
        self._lines: Final = lines or _open_lines(commands_file, read_stdin)
        self._out: Final = PlainOutput(out)
        self._width: Final = width_of_transcripts()
        self._only_runs_on: Final = commands_file is None and only_runs_on(commands)
        self._reticence: Final = Reticence(talk, lambda: self._only_runs_on, at_terminal=False)
        self._interpreter: Interpreter | None = None
        self._ahead: str | None = None
        self._asking = False
        self.has_ended = False

    @property
    def wants_recorder(self) -> bool:
        """Whether somebody is going to ask what woke a task.

        Not when the `-c` commands only set breakpoints and let the program run on: then
        standard input is read only at a breakpoint, if ever, and a program that never gets
        there must not pay.
        """
        return not self._only_runs_on

    @property
    def takes_ctrl_c(self) -> bool:
        """No: without a terminal it means what it means to the program."""
        return False

    def would_answer(self) -> bool:
        """Whether there is another command; reads one ahead, as a stop would.

        None is read when the `-c` commands only let the program run on: then standard input is
        the program's.
        """
        queued = bool(self._queued if self.dialogue is None else self.dialogue.queued)
        if self._ahead is None and not queued and not self._only_runs_on:
            self._ahead = self._read()
        return self._ahead is not None or queued

    def on_session(self, inspector: Inspector, controller: Controller) -> None:
        """Trio has been imported.  What a stop needs is made at the first one, if any comes."""

    def get_ready(self) -> None:
        """See `engine.rewinding.past`."""
        _import_for_stops(silent=self._reticence.silent)

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
        self._reticence.somebody_is_asked()
        self.dialogue = self._begin_dialogue(controller, given["lines"])
        self.dialogue.set_up(stop, inspector, setup)

    def _begin_dialogue(self, controller: Controller, queued: Sequence[str]) -> Dialogue:
        with CollectorRests():
            _import_for_stops(silent=self._reticence.silent)
        from stepdbg.commands.interpreter import Interpreter

        from .dialogue import Dialogue
        from .discreet import Discreet

        self._interpreter = Interpreter(controller)
        surface = Discreet(self, self._reticence)
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
        """Show what happened, except what the transcript shows anyway."""
        if isinstance(event, QuitDelayed):
            event = replace(event, way_out="")  # no more commands are read
        told = isinstance(event, Resumed | Output) or _is_first(event) or _is_at_stop(event)
        if told or self._reticence.leaves_out(event):
            return
        silent = self._reticence.silent and not is_asked_for(event)
        if silent or isinstance(event, DeadlockFound):
            tell_event(event)
        else:
            self._write(_drawn(event, _ENDLESS if isinstance(event, Traced) else self._width))

    def close(self) -> None:
        """The program has ended."""
        if self._lines is not None:
            self._lines.close()
        self._out.close()

    # What a dialogue needs of its surface

    def show_stop(self, shown: StopShown) -> None:
        """Write a stop; the line that is carried out next goes with it, or the prompt."""
        self._show(shown, more=True)

    def show_line(self, line: str) -> None:
        """Write a command after the prompt, as if it had been typed."""
        self._out.write(f"{self._prompt()}{line}\n")

    def read_line(self) -> str | None:
        """The next line; one that cannot be read is answered here.  None at the end."""
        self._asking = not self._reticence.only_asked
        if self._asking:
            self._out.write(self._prompt(), more=self._is_ahead())
        line, self._ahead = self._ahead, None
        if line is None:
            line = self._read()
        echoes, self._asking = self._asking, False
        if echoes:
            self._out.write("\n" if line is None else f"{line}\n")
        self.has_ended = line is None
        return line

    def _is_ahead(self) -> bool:
        """Whether the next line follows at once."""
        lines = self._lines
        return self._ahead is not None or (isinstance(lines, FileLines) and lines.is_ahead())

    def _read(self) -> str | None:
        """The next line, from wherever lines come; one that cannot be read is answered here."""
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
        """What a process that takes the place of this one could not read any more."""
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
        # Another run may go on, and say so, while this one is asked about.
        self._out.write(f"\n{text}{self._prompt()}" if self._asking else text, more=more)

    def _prompt(self) -> str:
        assert self._interpreter is not None
        return self._interpreter.prompt


def _import_for_stops(*, silent: bool) -> None:
    from stepdbg.commands import interpreter, sources  # noqa: F401 - the first stop needs these

    if not silent:
        from stepdbg.render import stops, text  # noqa: F401

    from . import dialogue, discreet  # noqa: F401


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

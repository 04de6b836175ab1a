"""Printing to the terminal: replies, events and stepdbg's sentences.

Owns: fitting them to the present width, colouring them if wanted, and printing above an open
prompt.  Does not own: their layout (render) or the device (terminal).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING

from stepdbg.frontends.plain_output import transcript, width_of_transcripts
from stepdbg.model.lints import LintFound
from stepdbg.model.replies import Evaluated, Message
from stepdbg.model.stops import Note, Output, ProgramEnded, Resumed, RunStarted
from stepdbg.render.spans import Line, Span, clip, wrap
from stepdbg.render.text import render_event, render_reply

from .paint import paint

if TYPE_CHECKING:
    from stepdbg.frontends.plain_output import PlainOutput
    from stepdbg.model.replies import Reply
    from stepdbg.model.stops import Event

    from .status import StatusLine
    from .terminal import Terminal


PAGE_KEYS = "Enter shows more, q ends the listing"
"""Shown between two pages."""


class Screen:
    """Prints everything that stepdbg says; any thread may print.

    aside: where it goes instead of the terminal, if the user wants that.

    Attributes:
        above_prompt: calls a function while the open prompt is off the screen, and returns whether
            a prompt is open at all.
        status: shows the progress of a run; None before the first prompt.
    """

    def __init__(self, terminal: Terminal, aside: PlainOutput | None = None) -> None:
        self._terminal = terminal
        self._aside = aside
        self.above_prompt: Callable[[Callable[[], None]], bool] = _no_prompt
        self.status: StatusLine | None = None

    @property
    def width(self) -> int:
        """The columns at this moment."""
        return self._terminal.size.columns if self._aside is None else width_of_transcripts()

    def replies(self, replies: Iterable[Reply]) -> None:
        """Print the answers to a line."""
        self._print(self._rendered(replies))

    def _rendered(self, replies: Iterable[Reply]) -> list[Line]:
        lines: list[Line] = []
        for reply in replies:
            lines += render_reply(reply, self.width)
            # Only code that is evaluated can print.
            self._terminal.unsure &= isinstance(reply, Evaluated)
        return lines

    def pages(self, replies: Iterable[Reply], wants_more: Callable[[str], bool]) -> bool:
        """Print the answers to a line, one screenful at a time.

        wants_more: called between two screenfuls, with the prompt; asks the user whether to go on.

        Returns:
            Whether all of it was shown.
        """
        lines, shown = self._rendered(replies), 0
        while self._aside is None and len(lines) - shown > self._rows:
            shown, page = shown + self._rows, lines[shown : shown + self._rows]
            self._print(page)
            if not wants_more(f"{shown} of {len(lines)} lines: {PAGE_KEYS} "):
                return False
        self._print(lines[shown:])
        return True

    @property
    def _rows(self) -> int:
        """How many lines fit above a prompt of one row."""
        return max(self._terminal.size.lines - 1, 1)

    def event(self, event: Event) -> None:
        """Print an event if it is worth a line."""
        if is_worth_a_line(event):
            self._print(render_event(event, self.width), after_program=True)

    def note(self, sentence: str, level: str = "note") -> None:
        """Print a sentence of stepdbg; `level` as in `model.stops.Note`."""
        self._print(render_event(Note(sentence, level), self.width))

    def sentence(self, sentence: str) -> None:
        """Print a sentence dimly and without any mark."""
        self._print(wrap((Span("dim", sentence),), self.width))

    def echo(self, prompt: str, line: str) -> None:
        """Print a line that is carried out as if it had been typed."""
        self._print([clip((Span("dim", prompt + line),), self.width)])

    def typed(self, prompt: str, line: str) -> None:
        """Write a typed line where its answers go, if that is not the terminal."""
        if self._aside is not None:
            self._aside.write(f"{prompt}{line}\n")

    def question(self, sentence: str) -> None:
        """Print a question at the terminal, wherever other text goes."""
        self._show(render_reply(Message(sentence, "note"), self._terminal.size.columns))

    def _print(self, lines: Sequence[Line], *, after_program: bool = False) -> None:
        with nullcontext() if self.status is None else self.status.off_screen():
            if self._aside is not None:
                self._aside.write(transcript(lines))
            else:
                self._show(lines, after_program=after_program)

    def _show(self, lines: Sequence[Line], *, after_program: bool = False) -> None:
        if not lines:
            return
        text = paint(lines, colours=self._terminal.colours)
        if not self.above_prompt(lambda: self._terminal.write(text)):
            self._terminal.begin_line(text, after_program=after_program)


def is_worth_a_line(event: Event) -> bool:
    """Whether to print an event for a user at a terminal."""
    if isinstance(event, RunStarted):
        return event.run > 1
    if isinstance(event, LintFound):
        return not event.at_stop
    # The user has just typed what resumes the run, output is on the screen already, and the shell
    # shows how the program ended.
    return not isinstance(event, Resumed | Output | ProgramEnded)


def _no_prompt(_: Callable[[], None]) -> bool:
    return False

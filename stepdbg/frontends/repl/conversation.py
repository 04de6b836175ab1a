"""What the terminal shows and asks at stops, and in which order.

Owns: the welcome, the start files, and which kind of prompt reads.
Does not own: the loop of a stop (dialogue), printing (screen), reading (editor, plain).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from stepdbg.commands.interpreter import BLOCK_PROMPT, PYTHON_PROMPT, QUESTION_PROMPT
from stepdbg.frontends.start_file import StartFile, StartLine, read_user_start_file
from stepdbg.model.replies import Answer, Failure, StopShown
from stepdbg.model.stops import AFTER_END
from stepdbg.render.text import render_toolbar

from .plain import PlainReader

if TYPE_CHECKING:
    from stepdbg.commands.interpreter import Interpreter, Status
    from stepdbg.render.spans import Line

    from .screen import Screen
    from .terminal import Terminal

WELCOME = "Type help for the commands; Enter repeats the last step."
"""Shown once, before the first prompt."""

FAREWELL = "quit (Ctrl-D)"
"""Shown at the end of input, if the terminal is still there."""

_LEAVES = {PYTHON_PROMPT: "back at the debugger's prompt"}
"""Shown instead of `FAREWELL` at a prompt where the end of input ends only that prompt."""


class Editor(Protocol):
    """Reads from the terminal, in one of two ways (editor, plain)."""

    @property
    def problem(self) -> str:
        """A sentence about a problem that does not prevent typing; empty if there is none."""

    def read(self, prompt: str, *, given_up: str | None = None) -> str | None:
        """One input, possibly of several lines; None at the end of input.

        given_up: the input that Ctrl-C stands for; if None, Ctrl-C begins a new prompt.
        """

    def wants_more(self, prompt: str) -> bool:
        """Ask the user between two pages whether to show more of a listing."""


class Conversation:
    """What a `Dialogue` shows and reads, on a terminal.

    has_pages: tells whether to show page by page what is longer than the screen.
    welcomes: whether to show `WELCOME` before the first prompt.
    """

    def __init__(
        self,
        terminal: Terminal,
        screen: Screen,
        interpreter: Interpreter,
        has_pages: Callable[[], bool],
        *,
        welcomes: bool = True,
    ) -> None:
        self._terminal = terminal
        self._screen = screen
        self._interpreter = interpreter
        self._has_pages = has_pages
        self._welcomes = welcomes
        self._typed = False
        self._editor: Editor | None = None
        self._start_line: StartLine | None = None
        self._status: Status | None = None
        self._complained = ""
        self._ended_block = False

    def show_stop(self, shown: StopShown) -> None:
        """Print a stop."""
        self._screen.replies((shown,))

    def show_line(self, line: str) -> None:
        """Print a line that was not typed as if it had been; not a line of a start file."""
        self._start_line = line if isinstance(line, StartLine) else None
        self._typed = False
        if self._start_line is None:
            self._screen.echo(self._interpreter.prompt, line)

    def show_answer(self, answer: Answer) -> None:
        """Print the answer to a line; for a line of a start file, only errors."""
        line, self._start_line = self._start_line, None
        if line is None:
            self._show(answer)
            return
        failures = [reply for reply in answer.replies if isinstance(reply, Failure)]
        if failures:
            self._screen.note(f"{line.where}: {line.strip()}", "warning")
            self._screen.replies(failures)

    def _show(self, answer: Answer) -> None:
        if self._typed and self._editor is not None and self._has_pages():
            if not self._screen.pages(answer.replies, self._editor.wants_more):
                # Many users type Enter after the q: it must not repeat the last step.
                self._interpreter.repeat_nothing()
        else:
            self._screen.replies(answer.replies)

    def read_line(self) -> str | None:
        """The next input of the user, possibly of several lines; None at the end of input."""
        if self._ended_block and self._interpreter.prompt == BLOCK_PROMPT:
            # The user has typed the empty line that ends the block as part of the block.
            self._ended_block = False
            return ""
        line = self._ask()
        self._typed = True
        if line is None:
            self._screen.sentence(_LEAVES.get(self._interpreter.prompt, FAREWELL))
        else:
            self._screen.typed(self._interpreter.prompt, line)
            self._ended_block = "\n" in line and self._interpreter.is_incomplete(line)
        return line

    def start_lines(self, named: StartFile | None, *, own: bool = True) -> tuple[StartLine, ...]:
        """The lines of the user's own start file, if `own` is set, and of the named one."""
        users = read_user_start_file() if own else StartFile()
        if users.warning:
            self._screen.note(users.warning, "warning")
        return users.lines + (named.lines if named is not None else ())

    def agrees(self, question: str) -> bool:
        """Ask a question in the middle of a command, until the answer is `y` or `n`.

        question: a sentence without its end, about tasks that would have to run.
        """
        self._screen.question(f"{question}; `y` lets them run until it is done")
        while True:
            word = (self._read(QUESTION_PROMPT) or "").strip().lower()
            if word in ("y", "yes", "", "n", "no"):
                return word.startswith("y")

    def _ask(self) -> str | None:
        self._status = self._interpreter.status()
        return self._read(self._interpreter.prompt)

    def _read(self, prompt: str) -> str | None:
        if self._editor is None:
            self._editor = self._open_editor()
            if self._welcomes:
                self._screen.sentence(WELCOME)
        self._complain(self._editor.problem)
        # At a question Ctrl-C means no, and so does Ctrl-D.
        given_up = "n" if prompt == QUESTION_PROMPT else None
        self._terminal.begin_line()
        line = self._editor.read(prompt, given_up=given_up)
        if line is not None:
            self._terminal.expect_output()
        return given_up if line is None else line

    def _complain(self, problem: str) -> None:
        if problem and problem != self._complained:
            self._complained = problem
            self._screen.note(problem, "warning")

    def _open_editor(self) -> Editor:
        if self._terminal.dumb:
            return PlainReader(self._terminal)
        # Imported only at the first prompt: a program that never stops must not pay for it.
        from .editor import open_prompt_editor

        editor = open_prompt_editor(self._terminal, self._interpreter, self.toolbar)
        self._screen.above_prompt = editor.print_above
        return editor

    def toolbar(self, width: int) -> Line:
        """The line below the prompt: the run and the task in view."""
        status = self._status
        if status is None:
            return ()
        over = status.stop is not None and status.stop.kind in AFTER_END
        return render_toolbar(status.run, status.task, width, frame=status.frame, over=over)

"""The prompt with editing keys, completion and history.

Owns: the two kinds of PromptSession (drawn freely; in one row without escape codes), the thread in
which it runs, and text that arrives while it is open.
Does not own: keys (keys), colours (style), what is completed (commands).

prompt_toolkit runs in a thread of its own while the calling thread waits.  On the calling thread,
its event loop would take over the signal wake-up descriptor that Trio needs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from prompt_toolkit import PromptSession
from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import Completer
from prompt_toolkit.data_structures import Size
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import History
from prompt_toolkit.lexers import Lexer
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.search import stop_search

from stepdbg.frontends.threads import Bell
from stepdbg.model import interrupts
from stepdbg.model.standard import termios, threading

from . import style
from .completion import CommandCompleter
from .device import OutputAnew, TerminalInput, TerminalOutput
from .highlight import InputLexer, command_words
from .history import CommandHistory, history_path
from .keys import MORE, STOP, page_keys, prompt_keys
from .row import RowOutput, complete_below

if TYPE_CHECKING:
    from stepdbg.commands.interpreter import Interpreter
    from stepdbg.render.spans import Line

    from .terminal import Terminal

LOOK_INTERVAL = 0.2
"""Seconds between two looks at the terminal's size.  The prompt's thread cannot use SIGWINCH, which
only the main thread can handle."""


def open_prompt_editor(
    terminal: Terminal, interpreter: Interpreter, toolbar: Callable[[int], Line]
) -> PromptEditor:
    """A prompt for the commands of `interpreter`.

    toolbar: gives the toolbar's line for a width in columns; called in the prompt's thread.
    """
    history = CommandHistory(history_path())
    completer = CommandCompleter(interpreter)
    if terminal.colours:
        lexer = InputLexer(*command_words())
        incomplete = interpreter.is_incomplete
        session = drawn_session(terminal, history, completer, lexer, incomplete, toolbar)
    else:
        session = row_session(terminal, history, completer)
    return PromptEditor(terminal, session, page_session(terminal), history)


def drawn_session(
    terminal: Terminal,
    history: History,
    completer: Completer,
    lexer: Lexer,
    is_incomplete: Callable[[str], bool],
    toolbar: Callable[[int], Line],
) -> PromptSession[str]:
    """A session with colours, menus, a toolbar and editing of several lines."""

    def toolbar_fragments() -> StyleAndTextTuples:
        line = toolbar(terminal.size.columns)
        return [(style.toolbar_style(span.style), span.text) for span in line]

    return PromptSession(
        history=history,
        completer=completer,
        complete_while_typing=False,
        enable_history_search=True,
        auto_suggest=AutoSuggestFromHistory(),
        lexer=lexer,
        style=style.prompt_style(),
        include_default_pygments_style=False,
        color_depth=ColorDepth.DEPTH_4_BIT,
        multiline=True,
        prompt_continuation=lambda width, _line, _wrapped: "...".ljust(width),
        key_bindings=prompt_keys(is_incomplete),
        bottom_toolbar=toolbar_fragments,
        input=TerminalInput(terminal),
        output=TerminalOutput(terminal),
    )


def row_session(terminal: Terminal, history: History, completer: Completer) -> PromptSession[str]:
    """A session in one row; it reads a statement of several lines line by line."""
    return PromptSession(
        history=history,
        completer=completer,
        complete_while_typing=False,
        enable_history_search=True,
        style=style.prompt_style(),
        include_default_pygments_style=False,
        color_depth=ColorDepth.DEPTH_1_BIT,
        wrap_lines=False,
        key_bindings=prompt_keys(lambda _: False, on_tab=complete_below(terminal)),
        input=TerminalInput(terminal),
        output=RowOutput(terminal),
    )


def page_session(terminal: Terminal) -> PromptSession[str]:
    """A session for one key between two pages; it leaves nothing on the screen."""
    return PromptSession(
        style=style.prompt_style(),
        color_depth=ColorDepth.DEPTH_4_BIT if terminal.colours else ColorDepth.DEPTH_1_BIT,
        wrap_lines=False,
        key_bindings=page_keys(),
        erase_when_done=True,
        input=TerminalInput(terminal),
        output=TerminalOutput(terminal) if terminal.colours else RowOutput(terminal),
    )


class PromptEditor:
    """Reads input with one session of prompt_toolkit, and single keys with another one."""

    def __init__(
        self,
        terminal: Terminal,
        session: PromptSession[str],
        pages: PromptSession[str],
        history: CommandHistory,
    ) -> None:
        self._terminal = terminal
        self._session = session
        self._output = cast(OutputAnew, session.output)
        self._pages = pages
        self._history = history
        self._given_up = False
        self._is_open = False
        self._closed = Bell()  # rung when a prompt has closed
        self._opening = threading.RLock()  # reentrant: a signal handler may run in between
        self._early: list[Callable[[], None]] = []
        # A thread or a child of the program may have printed since the last key.
        session.app.key_processor.before_key_press += lambda _: self._draw_anew()

    @property
    def problem(self) -> str:
        """A sentence about a problem that does not prevent typing; empty if there is none."""
        return self._history.problem

    def read(self, prompt: str, *, given_up: str | None = None) -> str | None:
        """One input; None for Ctrl-D on an empty line.

        Ctrl-C gives the input up: then the result is `given_up`, or if that is None, a new prompt
        begins.
        """
        interrupted = interrupts.noticed()  # Ctrl-C just before the prompt opens
        while not (interrupted and given_up is not None):
            try:
                return self._wait_for(prompt, given_up)
            except KeyboardInterrupt:  # the signal, from elsewhere, means the same as the key
                interrupted = True
                interrupts.noticed()  # drops a SIGINT that came while this prompt was closing
        return given_up

    def wants_more(self, prompt: str) -> bool:
        """Ask for a key between two pages of a listing."""
        lines, self._session = self._session, self._pages
        try:
            return self.read(prompt, given_up=STOP) == MORE
        finally:
            self._session = lines

    def print_above(self, write: Callable[[], None]) -> bool:
        """Let `write` be called while the prompt is off the screen; False if no prompt is open.

        Any thread may call this; it does not wait.
        """
        app = self._session.app
        with self._opening:
            loop, context = app.loop, app.context
            if loop is None or context is None:
                if not self._is_open:
                    return False
                self._early.append(write)  # the prompt is about to be drawn
                return True
        try:
            # In the context of the prompt: prompt_toolkit finds the application there that must
            # leave the screen.
            loop.call_soon_threadsafe(lambda: self._write_above(write), context=context)
        except RuntimeError:  # the prompt has just been closed
            return False
        return True

    def _write_above(self, write: Callable[[], None]) -> None:
        self._output.to_row_start()
        run_in_terminal(write)

    def _draw_anew(self) -> None:
        """Forget what is on the screen, so that the prompt is drawn anew where the cursor is."""
        renderer = self._session.app.renderer
        self._output.to_row_start()
        # Sent together with what is drawn next, so that nothing flickers.
        self._output.hold_back(holds=True)
        try:
            renderer.erase(leave_alternate_screen=False)
            renderer.request_absolute_cursor_position()  # without this no toolbar is drawn
        finally:
            self._output.hold_back(holds=False)

    def _wait_for(self, prompt: str, given_up: str | None) -> str | None:
        """Ask in another thread, while this one waits."""
        answer: list[str | None] = []
        problem: list[BaseException] = []
        # Not `join`: on Python 3.11 and 3.12, an interrupted `join` takes the thread for ended.
        self._make_way()
        self._is_open, self._given_up = True, False

        def ask() -> None:
            try:
                answer.append(self._ask(prompt, given_up))
            except BaseException as error:  # raised again in the waiting thread
                problem.append(error)
            finally:
                with self._opening:
                    self._is_open = False
                    early, self._early = self._early, []
                self._closed.ring()
                for write in early:  # the prompt has closed before it could print them
                    write()

        try:
            threading.Thread(target=ask, name="stepdbg prompt", daemon=True).start()
        except RuntimeError:  # on Python 3.12 exit functions can start no thread
            ask()
        try:
            self._closed.wait_until(lambda: not self._is_open)
        except BaseException:
            # Ctrl-C, or the program's signal handler has raised: close the prompt, which would
            # keep the terminal.
            self._make_way()
            raise
        if problem:
            raise problem[0]
        return answer[0]

    def _make_way(self) -> None:
        """Close a prompt that is still open: the wait for it may be interrupted many times."""
        if self._is_open:
            self._given_up = True
            self._end_from_outside()
            self._closed.wait_uninterrupted(lambda: not self._is_open)

    def _ask(self, prompt: str, given_up: str | None) -> str | None:
        while not self._terminal.gone:
            try:
                return self._prompt(prompt)
            except KeyboardInterrupt:
                if given_up is not None:
                    return given_up
            except (EOFError, OSError, termios.error):
                break
        return None

    def _prompt(self, prompt: str) -> str:
        return self._session.prompt(
            [("class:prompt", prompt)],
            handle_sigint=False,
            set_exception_handler=False,
            pre_run=self._watch_terminal,
        )

    def _watch_terminal(self) -> None:
        app = self._session.app
        app.terminal_size_polling_interval = None
        with self._opening:
            early, self._early = self._early, []
        for write in early:
            run_in_terminal(write)
        # The size is read before anything is drawn.  prompt_toolkit's own watch reads it after its
        # first pause, and would miss an earlier change.
        app.create_background_task(self._look_at_terminal(app.output.get_size()))

    async def _look_at_terminal(self, size: Size) -> None:
        """Draw the prompt anew when the size changes, and close it when the terminal has gone."""
        app = self._session.app
        while not (self._terminal.gone or self._given_up):
            await asyncio.sleep(LOOK_INTERVAL)
            if app.output.get_size() != size:
                size = app.output.get_size()
                app.renderer.erase(leave_alternate_screen=False)
                app.invalidate()
        self._end()

    def _end_from_outside(self) -> None:
        loop, context = self._session.app.loop, self._session.app.context
        if loop is not None:
            # In the context of the prompt: `stop_search` looks for its application there.
            loop.call_soon_threadsafe(self._end, context=context)

    def _end(self) -> None:
        app = self._session.app
        if app.is_running and not app.is_done:
            if app.layout.is_searching:  # else typing at the next prompt goes into the search
                stop_search()
            app.exit(exception=EOFError)

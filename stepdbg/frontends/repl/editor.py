"""The prompt with editing keys, completion and history.

Owns: the PromptSession in its two shapes (drawn freely; in one row without escape codes), the
thread it runs in, and text that arrives while it is open.
Does not own: keys (keys), colours (style), what is completed (commands).

prompt_toolkit runs in a thread of its own while the calling thread waits: on the calling thread
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
"""Seconds between two looks at the terminal's size; its signal belongs to the main thread."""


def open_prompt_editor(
    terminal: Terminal, interpreter: Interpreter, toolbar: Callable[[int], Line]
) -> PromptEditor:
    """A prompt for the commands of `interpreter`.

    toolbar: the toolbar's line for a width in columns; called in the prompt's thread.
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
    """A session with colours, menus, a toolbar and statements of several lines."""

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
    """A session in one row; a statement of several lines is asked for line by line."""
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
    """Reads input with a session of prompt_toolkit, and single keys with another one."""

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
        self._closed = Bell()  # rung when no prompt is open any more
        self._opening = threading.RLock()  # a signal handler may come in between
        self._early: list[Callable[[], None]] = []
        # A thread or a child of the program may have printed since the last key.
        session.app.key_processor.before_key_press += lambda _: self._draw_anew()

    @property
    def problem(self) -> str:
        """What is amiss but keeps nobody from typing, a sentence; empty when all is well."""
        return self._history.problem

    def read(self, prompt: str, *, given_up: str | None = None) -> str | None:
        """One input; Ctrl-D on an empty line is None.

        Ctrl-C gives the input up: then it is `given_up`, or without that asked for again.
        """
        interrupted = interrupts.noticed()  # on the way here
        while not (interrupted and given_up is not None):
            try:
                return self._wait_for(prompt, given_up)
            except KeyboardInterrupt:  # not the key but the signal, from elsewhere: the same
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
        """Have `write` called with the prompt out of the way.  False when none is open.

        May be called from any thread; it does not wait.
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
            # In the context of the prompt, or another application would be asked to make way.
            loop.call_soon_threadsafe(lambda: self._write_above(write), context=context)
        except RuntimeError:  # the prompt has just been closed
            return False
        return True

    def _write_above(self, write: Callable[[], None]) -> None:
        self._output.to_row_start()
        run_in_terminal(write)

    def _draw_anew(self) -> None:
        """Forget what is drawn, so that all of it is drawn next, from where the cursor is."""
        renderer = self._session.app.renderer
        self._output.to_row_start()
        # With what is drawn next, so that nothing flickers.
        self._output.hold_back(holds=True)
        try:
            renderer.erase(leave_alternate_screen=False)
            renderer.request_absolute_cursor_position()  # without it there would be no toolbar
        finally:
            self._output.hold_back(holds=False)

    def _wait_for(self, prompt: str, given_up: str | None) -> str | None:
        """Have another thread ask while this one waits."""
        answer: list[str | None] = []
        problem: list[BaseException] = []
        # Not `join`: on Python 3.11 and 3.12 one that is interrupted takes the thread for ended.
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
                for write in early:  # too late for this prompt
                    write()

        try:
            threading.Thread(target=ask, name="stepdbg prompt", daemon=True).start()
        except RuntimeError:  # on Python 3.12 functions at exit can start none any more
            ask()
        try:
            self._closed.wait_until(lambda: not self._is_open)
        except BaseException:
            # Ctrl-C, or a signal handler of the program; the terminal must not stay ours.
            self._make_way()
            raise
        if problem:
            raise problem[0]
        return answer[0]

    def _make_way(self) -> None:
        """End a prompt that is still open: a storm of signals breaks into any waiting."""
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
        # The size is taken before anything is drawn: prompt_toolkit's own watch takes it after
        # its first pause, and misses a change that comes earlier.
        app.create_background_task(self._look_at_terminal(app.output.get_size()))

    async def _look_at_terminal(self, size: Size) -> None:
        """Draw anew when the size changes, give up when the terminal has gone."""
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
            # In the context of the prompt: `stop_search` asks for its application there.
            loop.call_soon_threadsafe(self._end, context=context)

    def _end(self) -> None:
        app = self._session.app
        if app.is_running and not app.is_done:
            if app.layout.is_searching:  # the next prompt would type into the search still
                stop_search()
            app.exit(exception=EOFError)

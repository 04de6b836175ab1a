"""prompt_toolkit's input and output on stepdbg's terminal.

Owns: what must differ from prompt_toolkit's own: there are no cursor position requests, and a
terminal that goes away is an end of input, never an error and never an endless loop.
Does not own: the terminal's descriptors (terminal).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TextIO, cast

from prompt_toolkit.data_structures import Size
from prompt_toolkit.input.vt100 import Vt100Input
from prompt_toolkit.key_binding import KeyPress
from prompt_toolkit.output import ColorDepth, Output
from prompt_toolkit.output.vt100 import Vt100_Output

from stepdbg.model.standard import io, select

from .terminal import Terminal


class TerminalInput(Vt100Input):
    """Keys from the terminal."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__(_as_stream(terminal, lambda: terminal.reads))
        self._hung_up = False

    def attach(self, input_ready_callback: Callable[[], None]) -> AbstractContextManager[None]:
        """Read keys in the block, from the descriptor that the terminal has now."""
        if self._fileno != self.stdin.fileno():
            super().__init__(self.stdin)
        return super().attach(input_ready_callback)

    def read_keys(self) -> list[KeyPress]:
        """The keys that have arrived; none once the terminal has gone."""
        # prompt_toolkit would take an error on reading for an interrupted call, and try again for
        # ever.
        poll = select.poll()
        poll.register(self.fileno(), select.POLLIN)
        if any(event & (select.POLLHUP | select.POLLNVAL) for _, event in poll.poll(0)):
            self._hung_up = True
            return []
        return super().read_keys()

    @property
    def closed(self) -> bool:
        """Whether no more keys can arrive."""
        return self._hung_up or super().closed


class OutputAnew(Output):
    """An output that can draw the prompt anew, even if the program has moved the cursor."""

    def to_row_start(self) -> None:
        """Move the cursor to the beginning of its row."""

    def hold_back(self, *, holds: bool) -> None:
        """Keep what is drawn until there is more, or stop doing so."""


class TerminalOutput(Vt100_Output, OutputAnew):
    """Escape codes to the terminal.

    It never asks for the cursor position: the terminal's answer arrives among the keys, and the
    program would read an answer that comes late.
    """

    def __init__(self, terminal: Terminal) -> None:
        super().__init__(
            _as_stream(terminal, lambda: terminal.writes),
            lambda: columns_and_rows(terminal),
            default_color_depth=ColorDepth.DEPTH_4_BIT,
            enable_bell=False,
            enable_cpr=False,
        )
        self._holds = False

    def to_row_start(self) -> None:
        """Move the cursor to the beginning of its row."""
        self.write_raw("\r")

    def hold_back(self, *, holds: bool) -> None:
        """Keep what is drawn until there is more, or stop doing so."""
        self._holds = holds

    def flush(self) -> None:
        """Send what has been drawn."""
        if not self._holds:
            super().flush()

    def get_rows_below_cursor_position(self) -> int:
        """One: the toolbar is right below the typed text, so a larger number is not needed."""
        return 1


def columns_and_rows(terminal: Terminal) -> Size:
    """The size of the terminal as prompt_toolkit wants it."""
    size = terminal.size
    return Size(rows=size.lines, columns=size.columns)


def _as_stream(terminal: Terminal, descriptor: Callable[[], int]) -> TextIO:
    # prompt_toolkit uses only a part of `TextIO`: write, flush, fileno, isatty.
    return cast(TextIO, _TerminalStream(terminal, descriptor))


class _TerminalStream(io.TextIOBase):
    """A descriptor of the terminal as a text stream that never raises when it is written to."""

    def __init__(self, terminal: Terminal, descriptor: Callable[[], int]) -> None:
        self._terminal = terminal
        self._descriptor = descriptor

    @property
    def encoding(self) -> str:  # type: ignore[override]  # a plain attribute in typeshed
        return self._terminal.encoding

    def fileno(self) -> int:
        return self._descriptor()

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._terminal.write_raw(text)
        return len(text)

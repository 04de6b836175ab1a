"""Reading a line without escape codes, for terminals that understand none.

Owns: a prompt where the terminal driver does the editing (erase, kill, Ctrl-C, Ctrl-D).
Does not own: editing with keys, completion and history (editor).
"""

from __future__ import annotations

from typing import Final

from stepdbg.model.interrupts import interruptible
from stepdbg.model.standard import os, select, termios

from .terminal import Terminal

_LFLAG: Final = 3
_CC: Final = 6
_INTERRUPT: Final = b"\x03"
_STOP: Final = "q"


class PlainReader:
    """Reads lines in the terminal's canonical mode, on the calling thread."""

    problem = ""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._rest = b""

    def read(self, prompt: str, *, given_up: str | None = None) -> str | None:
        """One line without its end; None at the end of input.

        Ctrl-D on an empty line is the end.  Ctrl-C gives the line up: then the result is
        `given_up`, or if that is None, a new prompt begins.
        """
        while True:
            try:
                line = self._line(prompt)
            except (OSError, termios.error):
                return None
            except KeyboardInterrupt:
                line = _INTERRUPT
            if line is None:
                self._terminal.write("\n")
                return None
            if not line.endswith(_INTERRUPT):
                return line.rstrip(b"\r\n").decode(self._terminal.encoding, "replace")
            self._terminal.write("\n")
            if given_up is not None:
                return given_up

    def wants_more(self, prompt: str) -> bool:
        """Ask between two pages of a listing: an empty line means yes; a command is read next."""
        line = self.read(prompt, given_up=_STOP)
        if line and line != _STOP:
            self._rest = f"{line}\n".encode(self._terminal.encoding, "replace") + self._rest
        return line == ""

    def _line(self, prompt: str) -> bytes | None:
        with _InterruptEndsLine(self._terminal.reads):
            self._terminal.write(prompt)
            while b"\n" not in self._rest and _INTERRUPT not in self._rest:
                if not self._read_more():
                    return None
        return self._take_line()

    def _read_more(self) -> bool:
        """Read what has arrived; False at the end of input."""
        poll = select.poll()
        poll.register(self._terminal.reads, select.POLLIN)
        with interruptible():
            events = poll.poll()
        data = os.read(self._terminal.reads, 4096)
        self._rest += data
        # Ctrl-D after some text first delivers the text, and then reads as an end.  As in a shell
        # that end is ignored, unless the terminal has really gone.
        hung_up = any(event & select.POLLHUP for _, event in events)
        return bool(data) or (bool(self._rest) and not hung_up)

    def _take_line(self) -> bytes:
        ends = [self._rest.find(mark) for mark in (b"\n", _INTERRUPT)]
        end = min(place for place in ends if place >= 0) + 1
        line, self._rest = self._rest[:end], self._rest[end:]
        return line


class _InterruptEndsLine:
    """A block in which Ctrl-C arrives as the end of a line and raises no signal.

    A SIGINT during a stop would go to the program.  At the prompt, Ctrl-C is an editing key, as in
    the other kind of prompt.  The block restores everything at its end.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._before = termios.tcgetattr(descriptor)

    def __enter__(self) -> None:
        wanted = termios.tcgetattr(self._descriptor)
        wanted[_LFLAG] = (wanted[_LFLAG] & ~termios.ISIG) | termios.ICANON | termios.ECHO
        wanted[0] |= termios.ICRNL
        wanted[_CC][termios.VEOL] = _INTERRUPT
        termios.tcsetattr(self._descriptor, termios.TCSANOW, wanted)

    def __exit__(self, *_: object) -> None:
        try:
            termios.tcsetattr(self._descriptor, termios.TCSANOW, self._before)
        except termios.error:
            return  # the terminal has gone; there is nothing to put back

"""The terminal itself: its device, its width, what it can do, and writing to it.

Owns: the file descriptors, the size, whether escape codes and colours are wanted, and the one way
by which stepdbg's text reaches the screen.
Does not own: what is written (render), its colours (paint) or reading from it (editor, plain).
"""

from __future__ import annotations

from typing import Final

from stepdbg.frontends.channel import give_back
from stepdbg.model import program_streams
from stepdbg.model.errors import BadUsage
from stepdbg.model.program_streams import NO_CODES, Lifted, lift
from stepdbg.model.standard import contextlib, locale, os, re, select, termios

FALLBACK_SIZE: Final = os.terminal_size((80, 24))
"""For a device that does not know its size (a serial line, a pty whose size was never set)."""


class Terminal:
    """An open terminal device; it may have two descriptors, for reading and for writing.

    Nothing here raises once the terminal has gone: `gone` turns true and writing does nothing.

    Attributes:
        unsure: whether typed code may have left a line unfinished, with no text of stepdbg after
            it.
    """

    def __init__(self, place: int | str = 1) -> None:
        """Use standard input and a descriptor that writes to the same terminal, or open a path.

        Raises `BadUsage` if there is no terminal at the path, or it cannot be opened.
        """
        self.shared: Final = isinstance(place, int)
        self.gone = False
        self.unsure = False
        self._written: int | None = None
        # Copies, because the program may close or redirect its own at any time.
        self._copies: dict[int, Lifted] = {}
        self._needed: tuple[Lifted, ...] = ()
        if isinstance(place, int):
            self._copies = {0: Lifted(0)}
            if place:
                self._copies[place] = Lifted(place)
            self._needed = (self._copies[0], self._copies[place])
        else:
            self._device = _open_device(place)
        self.encoding: Final = locale.getpreferredencoding(False)
        self.dumb: Final = os.environ.get("TERM", "").lower() in NO_CODES
        self.colours: Final = not self.dumb and not os.environ.get("NO_COLOR")

    @property
    def reads(self) -> int:
        """The descriptor to read from, at this moment."""
        return self._needed[0].number if self._needed else self._device

    @property
    def writes(self) -> int:
        """The descriptor to write to, at this moment."""
        return self._needed[1].number if self._needed else self._device

    @property
    def size(self) -> os.terminal_size:
        """Columns and rows at this moment."""
        try:
            size = os.get_terminal_size(self.writes)
        except OSError:
            return FALLBACK_SIZE
        return size if size.columns > 0 and size.lines > 0 else FALLBACK_SIZE

    def write(self, text: str) -> None:
        """Write text, with newlines as line ends, after what the program has written so far."""
        self.unsure = False
        self._mend()
        if self.shared:
            program_streams.flush()
        if not self._translates_newlines():
            text = text.replace("\n", "\r\n")
        self.write_raw(text)

    def _mend(self) -> None:
        """Open the terminal again if the program has closed stepdbg's descriptors."""
        for copy in self._needed:
            self.gone = not copy.leads_there() or self.gone

    def expect_output(self) -> None:
        """Note that a line was typed: code in it may leave a line of output unfinished."""
        self.unsure = True
        self._written = _bytes_written() if self.dumb else None

    def _is_unfinished(self) -> bool:
        """Whether typed code may have left a line unfinished."""
        if not self.unsure or self._written is None:
            return self.unsure
        if self.shared:
            program_streams.flush()
        return _bytes_written() != self._written

    def begin_line(self, text: str = "", *, after_program: bool = False) -> None:
        """Write stepdbg's text on a new line, even if the program has left a line unfinished.

        after_program: whether the program may have run since stepdbg's last text.  Then a device
            that reports no width, or does not understand a carriage return, gets a blank line.
        """
        self._mend()
        begins = program_streams.line_start(self.writes)
        if begins == "\n" and (
            text.startswith(begins) or not (after_program or self._is_unfinished())
        ):
            begins = ""
        self.write(begins + text)

    def write_raw(self, text: str) -> None:
        """Write text unchanged."""
        left = text.encode(self.encoding, "replace")
        try:
            while left and not self.gone:
                left = left[self._write_some(left) :]
        except OSError:
            self.gone = True

    def _write_some(self, data: bytes) -> int:
        try:
            return os.write(self.writes, data)
        except BlockingIOError:
            # The program may have made the open file non-blocking, and stepdbg shares it.
            select.select((), (self.writes,), ())
            return 0

    def _translates_newlines(self) -> bool:
        try:
            output_flags = termios.tcgetattr(self.writes)[1]
        except termios.error:
            return True
        wanted = termios.OPOST | termios.ONLCR
        return bool(output_flags & wanted == wanted)

    def give_back(self) -> None:
        """Let the standard streams lead to the terminal as at the start, for `restart`."""
        for number, copy in self._copies.items():
            give_back(copy, number)

    def close(self) -> None:
        """Close stepdbg's descriptors."""
        for copy in self._copies.values():
            copy.close()
        if not self._copies:
            with contextlib.suppress(OSError):
                os.close(self._device)
        self.gone = True


def _bytes_written() -> int | None:
    """How many bytes this process has written so far, to anything; None if it is not counted."""
    try:
        opened = os.open("/proc/self/io", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        content = os.read(opened, 400)
    except OSError:
        return None
    finally:
        os.close(opened)
    found = re.search(rb"^wchar: (\d+)", content, re.MULTILINE)
    return int(found[1]) if found else None


def _open_device(path: str) -> int:
    try:
        opened = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError as error:
        raise BadUsage(f"cannot open terminal {path}: {error.strerror or error}") from None
    try:
        if not os.isatty(opened):
            raise BadUsage(f"{path} is not a terminal; --tty needs a device such as /dev/tty")
        return lift(opened)
    finally:
        os.close(opened)

"""The terminal itself: which device, how wide, what it can do, and writing to it.

Owns: the file descriptors, the size, whether escape codes and colours are welcome, and the one
way by which text of ours reaches the screen.
Does not own: what is written (render), its colours (paint) or reading from it (editor, plain).
"""

from __future__ import annotations

from typing import Final

from stepdbg.frontends.channel import give_back
from stepdbg.model import program_streams
from stepdbg.model.errors import BadUsage
from stepdbg.model.program_streams import lift
from stepdbg.model.standard import locale, os, select, termios

FALLBACK_SIZE: Final = os.terminal_size((80, 24))
"""For a device that does not know its size (a serial line, a pty nobody has sized)."""


class Terminal:
    """An open terminal device; reading and writing may be two descriptors.

    Nothing here raises once the terminal has gone: `gone` turns true and writing does nothing.
    """

    def __init__(self, path: str | None = None) -> None:
        """Take standard input and output, or the device at `path`.

        Raises `BadUsage` when `path` is no terminal or cannot be opened.
        """
        self.shared: Final = path is None
        self.gone = False
        self.reads, self.writes = _standard() if path is None else _open_device(path)
        self.encoding: Final = locale.getpreferredencoding(False)
        term = os.environ.get("TERM", "")
        self.dumb: Final = term.lower() in ("", "dumb", "unknown")
        self.colours: Final = not self.dumb and not os.environ.get("NO_COLOR")

    @property
    def size(self) -> os.terminal_size:
        """Columns and rows at this moment."""
        try:
            size = os.get_terminal_size(self.writes)
        except OSError:
            return FALLBACK_SIZE
        return size if size.columns > 0 and size.lines > 0 else FALLBACK_SIZE

    def write(self, text: str) -> None:
        """Write text, its lines ended by newlines, after what the program has written so far."""
        if self.shared:
            program_streams.flush()
        if not self._translates_newlines():
            text = text.replace("\n", "\r\n")
        self.write_raw(text)

    def write_raw(self, text: str) -> None:
        """Write text as it is."""
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
            # The program may have made the open file non-blocking; that is shared with us.
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
        """Let the standard streams lead here as at first, for a process that starts anew."""
        if self.shared:
            give_back(self.reads, 0)
            give_back(self.writes, 1)

    def close(self) -> None:
        """Give the descriptors back."""
        for descriptor in {self.reads, self.writes}:
            try:
                os.close(descriptor)
            except OSError:
                continue
        self.gone = True


def _standard() -> tuple[int, int]:
    # Copies, because the program may close or redirect its own at any time.
    return lift(0), lift(1)


def _open_device(path: str) -> tuple[int, int]:
    try:
        opened = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError as error:
        raise BadUsage(f"cannot open terminal {path}: {error.strerror or error}") from None
    try:
        if not os.isatty(opened):
            raise BadUsage(f"{path} is no terminal; --tty wants a device such as /dev/tty")
        high = lift(opened)
    finally:
        os.close(opened)
    return high, high

"""The history of typed commands, kept between sessions.

Owns: where the history file is, its mode, its length, and going on without it.
Does not own: searching it or suggesting from it (prompt_toolkit does).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from prompt_toolkit.history import History

from stepdbg.model.standard import contextlib, errno, os, stat

KEPT_LINES: Final = 5000
"""How many entries stay when the file is shortened; that happens at twice as many."""


def history_path() -> str:
    """The path of the history (XDG Base Directory Specification 0.8, state files)."""
    configured = os.environ.get("XDG_STATE_HOME", "")
    folder = configured if os.path.isabs(configured) else os.path.expanduser("~/.local/state")
    return os.path.join(folder, "stepdbg", "history")


class CommandHistory(History):
    """Entries in a file of the user, one a line (`encode_entry`).

    problem: why the file cannot be used, a sentence; empty if it can.  Without the file the session
        keeps its history in memory.
    """

    def __init__(self, path: str) -> None:
        """Open the history at `path`; never raises."""
        super().__init__()
        self._path = path
        self._saved: list[str] = []
        self.problem = ""
        try:
            self._saved = self._read()
        except OSError as error:
            self._give_up(error)

    def load_history_strings(self) -> Iterable[str]:
        """The saved entries, newest first, as prompt_toolkit wants them."""
        return reversed(self._saved)

    def store_string(self, string: str) -> None:
        """Append an entry; never raises."""
        if self.problem:
            return
        try:
            self._append(encode_entry(string))
        except OSError as error:
            self._give_up(error)

    def _read(self) -> list[str]:
        os.makedirs(os.path.dirname(self._path), mode=0o700, exist_ok=True)
        self._append("")
        with open(self._path, encoding="utf-8", errors="replace") as stream:
            lines = stream.read().split("\n")[:-1]
        if len(lines) > 2 * KEPT_LINES:
            lines = lines[-KEPT_LINES:]
            self._replace(lines)
        return [decode_entry(line) for line in lines if line]

    def _append(self, text: str) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        # Opening a fifo would wait for its other end, and the mode of a device must not change.
        with open(
            os.open(self._path, flags | os.O_NONBLOCK, 0o600), "a", encoding="utf-8"
        ) as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise OSError(errno.EINVAL, "it is not a regular file")
            # An existing file may be readable by others, who must not see what was typed.
            os.fchmod(stream.fileno(), 0o600)
            stream.write(text)

    def _replace(self, lines: list[str]) -> None:
        fresh = f"{self._path}.{os.getpid()}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        try:
            with open(os.open(fresh, flags, 0o600), "w", encoding="utf-8") as stream:
                stream.writelines(f"{line}\n" for line in lines)
            os.replace(fresh, self._path)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(fresh)

    def _give_up(self, error: OSError) -> None:
        self.problem = f"no history is kept: {self._path}: {error.strerror or error}"


def encode_entry(text: str) -> str:
    """An entry as one line of the file, its line end included."""
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "")
    return escaped.encode("utf-8", "replace").decode() + "\n"


def decode_entry(line: str) -> str:
    """The entry that `encode_entry` wrote as `line` (without its line end)."""
    pieces = line.split("\\\\")
    return "\\".join(piece.replace("\\n", "\n") for piece in pieces)

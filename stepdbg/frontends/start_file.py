"""Start files: lines that are fed before a session's first command.

Owns: where the user's own start file lies, which files are trusted, and reading one.
Does not own: running the lines (the front ends feed them to their interpreter).
"""

from __future__ import annotations

from typing import Self

from stepdbg.model.errors import BadUsage
from stepdbg.model.records import dataclass
from stepdbg.model.standard import os, stat

_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


class StartLine(str):
    """A line of a start file that knows where it stands (``startup:3``).

    It is a string, so that it travels through a queue of lines like any other.
    """

    where: str

    def __new__(cls, text: str, where: str) -> Self:
        """A line that stands at `where`."""
        line = super().__new__(cls, text)
        line.where = where
        return line


@dataclass(frozen=True, slots=True)
class StartFile:
    """What a start file holds.

    path: where it lies; empty when there is none.
    lines: its lines without line ends; comment lines are left out, and blank lines unless they
        end a block of Python.
    warning: why it was left alone, a sentence; empty when all is well.
    """

    path: str = ""
    lines: tuple[StartLine, ...] = ()
    warning: str = ""


def user_start_path() -> str:
    """Where the user's own start file would lie (XDG Base Directory Specification 0.8)."""
    configured = os.environ.get("XDG_CONFIG_HOME", "")
    folder = configured if os.path.isabs(configured) else os.path.expanduser("~/.config")
    return os.path.join(folder, "stepdbg", "startup")


def read_user_start_file() -> StartFile:
    """The user's own start file; one that others could have written is not read.

    Never raises: a start file must not keep anybody from debugging.
    """
    path = user_start_path()
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            # The open file is asked, not the path, so that nobody can swap it in between.
            trouble = _distrust(os.fstat(stream.fileno()))
            if trouble:
                return StartFile(path, (), f"start file {path} not read: {trouble}")
            return StartFile(path, _command_lines(path, stream.read()))
    except FileNotFoundError:
        return StartFile()
    except OSError as error:
        return StartFile(path, (), f"start file {path} not read: {error.strerror or error}")


def read_named_start_file(path: str) -> StartFile:
    """The start file that was asked for by name, no matter who owns it.

    Without a terminal this is the only one that is read: what the user's own holds must not change
    what a script of commands does.

    Raises `BadUsage` when it cannot be read.
    """
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return StartFile(path, _command_lines(path, stream.read()))
    except OSError as error:
        raise BadUsage(f"cannot read start file {path}: {error.strerror or error}") from None


def _distrust(status: os.stat_result) -> str:
    if not stat.S_ISREG(status.st_mode):
        return "it is not a regular file"
    if status.st_uid != os.geteuid():
        return "it belongs to another user"
    if status.st_mode & _OTHERS_MAY_WRITE:
        return "others may write to it (chmod go-w)"
    return ""


def _command_lines(path: str, text: str) -> tuple[StartLine, ...]:
    name = os.path.basename(path)
    kept: list[StartLine] = []
    for number, line in enumerate(text.splitlines(), 1):
        in_block = bool(kept) and kept[-1][:1].isspace()
        if (line.strip() or in_block) and not line.lstrip().startswith("#"):
            kept.append(StartLine(line, f"{name}:{number}"))
    return tuple(kept)

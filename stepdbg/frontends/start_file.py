"""Start files: lines that are carried out before the first command of a session.

Owns: where the user's own start file is, which files are trusted, and reading one.
Does not own: running the lines (the front ends feed them to their interpreter).
"""

from __future__ import annotations

from typing import Self

from stepdbg.model.errors import BadUsage
from stepdbg.model.records import dataclass
from stepdbg.model.standard import os, stat

_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


class StartLine(str):
    """A line of a start file, with its place (``startup:3``).

    It is a string, so that it can be queued like any other line.
    """

    where: str

    def __new__(cls, text: str, where: str) -> Self:
        """A line of text with its place."""
        line = super().__new__(cls, text)
        line.where = where
        return line


@dataclass(frozen=True, slots=True)
class StartFile:
    """The content of a start file.

    path: where it is; empty if there is none.
    lines: its lines without line ends.  Comment lines are left out, and blank lines that do not
        end a block of Python.
    warning: why the file was not read, a sentence; empty if it was.
    """

    path: str = ""
    lines: tuple[StartLine, ...] = ()
    warning: str = ""


def user_start_path() -> str:
    """The path for the user's own start file (XDG Base Directory Specification 0.8)."""
    configured = os.environ.get("XDG_CONFIG_HOME", "")
    folder = configured if os.path.isabs(configured) else os.path.expanduser("~/.config")
    return os.path.join(folder, "stepdbg", "startup")


def read_user_start_file() -> StartFile:
    """Read the user's own start file, unless other users could have written it.

    Never raises: a start file must not prevent debugging.
    """
    path = user_start_path()
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            # `fstat` of the open file, not of the path: nobody can replace the file in between.
            trouble = _distrust(os.fstat(stream.fileno()))
            if trouble:
                return StartFile(path, (), f"start file {path} not read: {trouble}")
            return StartFile(path, _command_lines(path, stream.read()))
    except FileNotFoundError:
        return StartFile()
    except OSError as error:
        return StartFile(path, (), f"start file {path} not read: {error.strerror or error}")


def read_named_start_file(path: str) -> StartFile:
    """Read the start file that the command line names, no matter who owns it.

    Without a terminal it is the only one that is read: the user's own start file must not change
    what a script of commands does.

    Raises `BadUsage` if it cannot be read.
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

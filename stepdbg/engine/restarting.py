"""Starting the program again in the place of this process.

Owns: the command line of the new process, and the file that carries the user's set-up.
Does not own: what is in that file (commands.saving), or reading it (launcher).

A new process is the one clean way: modules, threads and ``atexit`` functions of the old
program would stay behind in this one.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from stepdbg.model.stops import Restart

SETUP_VARIABLE = "STEPDBG_SETUP"
"""The environment variable that names the file; the new process removes both on reading."""

_program_arguments: int | None = None
_folder = ""


def note_start(argument_count: int, folder: str) -> None:
    """Tell how this process was started.

    Args:
        argument_count: how many words at the end of the command line are the program's own.
        folder: the working directory then, which the program may leave.
    """
    global _program_arguments, _folder
    _program_arguments, _folder = argument_count, folder


def command_line(arguments: tuple[str, ...] | None) -> list[str]:
    """The words that start this program again, with its arguments or with others."""
    words = list(sys.orig_argv)
    if arguments is not None and _program_arguments is not None:
        own = len(words) - _program_arguments
        words = [*words[:own], *arguments]
    return words


def start_again(resume: Restart) -> NoReturn:
    """Replace this process by a new one that runs the same program."""
    import tempfile  # takes some milliseconds, which only a restart needs

    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    # mkstemp makes a file that only its owner can read; it may hold pieces of the program.
    descriptor, path = tempfile.mkstemp(prefix="stepdbg-")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in resume.commands)
    os.environ[SETUP_VARIABLE] = path
    if os.path.isdir(_folder):
        os.chdir(_folder)
    os.execv(sys.executable, [sys.executable, *command_line(resume.arguments)[1:]])

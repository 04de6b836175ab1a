"""Starting the program again in place of this process.

Owns: the command line of the new process, and the file that carries the user's set-up.
Does not own: what is in that file (commands.saving), or reading it (launcher).

Only a new process is clean: in this one, modules, threads and ``atexit`` functions of the old
program would stay.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from stepdbg.model import program_streams
from stepdbg.model.options import UNKNOWN_START, Started
from stepdbg.model.ours import SETUP_VARIABLE
from stepdbg.model.standard import os, sys

if TYPE_CHECKING:
    from stepdbg.model.stops import Restart


def command_line(arguments: tuple[str, ...] | None, own: int | None) -> list[str]:
    """The words that start this program again, with its arguments or with others.

    own: how many words at the end are the program's own; None if that is not known.
    """
    words = list(sys.orig_argv)
    if arguments is None or own is None:
        return words
    return [*words[: len(words) - own], *arguments]


def start_again(
    resume: Restart, let_go: Callable[[], None], started: Started = UNKNOWN_START
) -> NoReturn:
    """Replace this process by a new one that runs the same program.

    Args:
        let_go: called when nothing can fail any more, so that the front end gives back what it has.
        started: how this process was started.

    Raises:
        OSError: the program cannot be started; this process is unchanged.
    """
    from stepdbg.model.standard import (
        tempfile,  # takes some milliseconds, which only a restart needs
    )

    executable = sys.executable or ""
    if not (os.path.isfile(executable) and os.access(executable, os.X_OK)):
        raise OSError(f"{executable or 'its Python'} cannot be run")
    words = [executable, *command_line(resume.arguments, started.arguments)[1:]]
    if any("\0" in word for word in words):
        raise OSError("an argument holds a null character")
    program_streams.flush()
    # mkstemp makes a file that only its owner can read; it may hold pieces of the program.
    descriptor, path = tempfile.mkstemp(prefix="stepdbg-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in resume.commands)
        with suppress(Exception):  # what cannot be given back ends with this process
            program_streams.let_lead_as_at_first()
        with suppress(Exception):
            let_go()
        environment = {**os.environ, SETUP_VARIABLE: path}
        if os.path.isdir(started.folder):
            os.chdir(started.folder)
        os.execve(executable, words, environment)
    except BaseException:
        os.unlink(path)
        raise

"""What `restart` hands over to the program that it starts again.

Owns: reading and removing the file that the previous process has written; setting its breakpoints
before the program's first line.
Does not own: writing it (engine.ending.restarting), or its lines (commands.saving).
"""

from __future__ import annotations

from stepdbg.model.ours import SETUP_VARIABLE
from stepdbg.model.program_streams import tell
from stepdbg.model.standard import os, stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from stepdbg.engine.running.session import Session


def take_setup() -> list[str] | None:
    """The lines that set up what the user had; None if this is not a restart.

    Removes the file and the environment variable, so that the program finds neither.
    """
    path = os.environ.pop(SETUP_VARIABLE, None)
    if path is None:
        return None
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        tell(f"what was set up before the restart cannot be read: {error.strerror}")
        return None
    with open(descriptor, encoding="utf-8") as file:
        if not _is_private(os.fstat(descriptor)):
            tell(f"{path} is not read: others could have written it")
            return None
        lines = file.read().splitlines()
    os.unlink(path)
    return lines


def split_breakpoints(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """The lines that set breakpoints, and all others, which are carried out at the first stop.

    Breakpoints are set in order and have the numbers from 1 on.  A block of commands, which
    belonged to the breakpoint before it, names that number now.
    """
    early: list[str] = []
    rest: list[str] = []
    for index, line in enumerate(lines):
        if line.startswith(("break ", "tbreak ")) and not _is_within_block(lines[:index]):
            early.append(line)
        elif line == _BLOCK and index and lines[index - 1] == (early or [""])[-1]:
            rest.append(f"{_BLOCK} {len(early)}")
        else:
            rest.append(line)
    return early, rest


_BLOCK = "commands"


def _is_within_block(before: Sequence[str]) -> bool:
    """Whether the line after these belongs to a block of commands."""
    from stepdbg.commands.saving import goes_on

    within = False
    for line in before:
        within = (within or line == _BLOCK) and not (line == "end" or (within and goes_on(line)))
    return within


def set_breakpoints(session: Session, lines: Sequence[str]) -> None:
    """Set breakpoints by their lines, and report each that cannot be set."""
    from stepdbg.commands.interpreter import Interpreter
    from stepdbg.model.replies import Failure

    interpreter = Interpreter(session.controller)
    for line in lines:
        for reply in interpreter.feed_running(line, session.inspector()).replies:
            if isinstance(reply, Failure):
                tell(f"{line}: {reply.text}")


def _is_private(status: os.stat_result) -> bool:
    others = stat.S_IRWXG | stat.S_IRWXO
    own = status.st_uid == os.geteuid()
    return stat.S_ISREG(status.st_mode) and own and not status.st_mode & others

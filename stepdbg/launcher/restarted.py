"""What a program that was started again by `restart` brings along.

Owns: reading and removing the file that the process before has written.
Does not own: writing it (engine.ending.restarting), or its lines (commands.saving).
"""

from __future__ import annotations

from stepdbg.model.ours import SETUP_VARIABLE
from stepdbg.model.program_streams import tell
from stepdbg.model.standard import os, stat


def take_setup() -> list[str] | None:
    """The lines that set up what the user had; None when this is no restart.

    The file and the variable are gone afterwards: neither is the program's business.
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


def _is_private(status: os.stat_result) -> bool:
    others = stat.S_IRWXG | stat.S_IRWXO
    own = status.st_uid == os.geteuid()
    return stat.S_ISREG(status.st_mode) and own and not status.st_mode & others

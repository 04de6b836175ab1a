"""What a run must not do once more, because it would reach beyond the process.

Owns: `Guard`, which notices such a deed before it is done.
Does not own: what follows from it (past), descriptors that were open before the run (descriptors).

CPython reports such deeds to audit hooks (PEP 578).  A hook cannot be removed, so only a copy of
the process has one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stepdbg.engine.stacks.frames import is_own, walk_out
from stepdbg.model.ours import is_ours
from stepdbg.model.standard import os, sys

_DEEDS = {
    "builtins.input": "read from the user",
    "os.chmod": "change the mode of a file",
    "os.chown": "change the owner of a file",
    "os.exec": "start another program",
    "os.fork": "fork",
    "os.forkpty": "fork",
    "os.kill": "send a signal",
    "os.link": "make a link",
    "os.mkdir": "make a folder",
    "os.posix_spawn": "start a child process",
    "os.remove": "remove a file",
    "os.rename": "rename a file",
    "os.rmdir": "remove a folder",
    "os.symlink": "make a link",
    "os.system": "start a child process",
    "os.truncate": "cut a file off",
    "socket.bind": "bind a socket",
    "socket.connect": "connect a socket",
    "socket.sendto": "send through a socket",
    "subprocess.Popen": "start a child process",
    "_thread.start_joinable_thread": "start a thread",
    "_thread.start_new_thread": "start a thread",
}

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Guard:
    """Notices deeds that cannot be undone.

    Args:
        stop: called before such a deed, with a clause that says what would be done, and where.

    Attributes:
        on: whether the program runs; else the user is at a stop, and may do such deeds.
    """

    def __init__(self, stop: Callable[[str], None]) -> None:
        self.on = False
        self._stop = stop

    def begin(self) -> None:
        """Begin to notice deeds in this process."""
        sys.dont_write_bytecode = True  # else importing a module writes a file
        sys.addaudithook(self._hear)
        if sys.version_info < (3, 12):  # it does not report that a thread is started
            names = vars(sys.modules["threading"])
            start = names["_start_new_thread"]

            def tells(*arguments: Any) -> object:
                self._hear("_thread.start_new_thread", arguments, 3)
                return start(*arguments)

            names["_start_new_thread"] = tells

    def _hear(self, event: str, arguments: tuple[Any, ...], depth: int = 2) -> None:
        if not self.on:
            return
        deed = _opening(arguments) if event == "open" else _DEEDS.get(event, "")
        where = _where(depth) if deed else None
        if where is not None:
            self.on = False
            self._stop(f"{where} would {deed} once more")


def _opening(arguments: tuple[Any, ...]) -> str:
    path, _, flags = arguments
    if type(flags) is not int or not flags & _WRITES or type(path) not in (str, bytes):
        return ""
    name = os.fsdecode(path)
    return "" if name.startswith("/dev/") else f"open {name!r} for writing"


def _where(depth: int) -> str | None:
    """The line of own code that does it; None: stepdbg's code does.

    depth: how many callers to skip before looking for it.
    """
    for frame in walk_out(sys._getframe(depth)):  # noqa: SLF001 - documented, CPython only
        if is_ours(frame.f_code.co_filename):
            return None
        if is_own(frame.f_code.co_filename):
            return f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}"
    return "the program"

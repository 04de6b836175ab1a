"""Child processes, which are not debugged.

Owns: telling the user about a child in which Trio runs.
Does not own: leaving a forked child alone (ways_out), children that a task waits for
(plumbing.children).

A forked child notices by itself that a run begins.  A child that is started anew (by
`multiprocessing`, with its methods "spawn" and "forkserver") knows nothing of stepdbg.  So the
parent reports it, if no run has begun in the parent: then the code that the user wants to debug can
only be in the child.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from stepdbg._trio_internals import runs
from stepdbg.engine.process.guard import report_bug
from stepdbg.model import program_streams
from stepdbg.model.standard import os, sys
from stepdbg.model.stops import Note

if TYPE_CHECKING:
    from .leaving import SessionWithChildren

WAY_OUT = "let its code run in this process to debug it (hypercorn: `--workers 0`)"
"""What a user can do about a child that is not debugged."""


def tell_of_first_run() -> None:
    """In a forked child, say once that it is not debugged, when a run begins here."""
    taken_back: list[Callable[[], None]] = []

    def begins() -> None:
        while taken_back:
            taken_back.pop()()
            program_streams.tell(
                f"Trio runs in child process {os.getpid()}, which is not debugged; {WAY_OUT}"
            )

    taken_back.append(runs.patch_run_start(begins))


def tell_of_started(session: SessionWithChildren) -> None:
    """Say the same once when `multiprocessing` starts a child, if no run has begun here by then.

    `BaseProcess.start` ends by putting the child into ``multiprocessing.process._children``.
    stepdbg replaces that set by its own.  To wrap `start` would leave our frame on tracebacks of
    the program.

    Args:
        session: of a process that has imported `multiprocessing.process`.
    """
    names = vars(sys.modules["multiprocessing.process"])
    children = names.get("_children")
    if type(children) is set:
        names["_children"] = _Children(children, names, session)


class _Children(set[Any]):
    """The children that `multiprocessing` has started; becomes a plain set at the first one."""

    def __init__(
        self, before: set[Any], names: dict[str, Any], session: SessionWithChildren
    ) -> None:
        super().__init__(before)
        self._names, self._session = names, session

    def add(self, process: Any) -> None:
        """Take in a child that was started."""
        super().add(process)
        try:
            if self._names.get("_children") is self:
                self._names["_children"] = set(self)
                _tell_of(process, self._session)
        except BaseException as error:  # the program is the caller
            report_bug(error, "looking at a child process")


def _tell_of(process: Any, session: SessionWithChildren) -> None:
    forked = getattr(process._popen, "method", "fork") == "fork"  # noqa: SLF001 - set by its `start`
    if not (forked or session.runs or session.out.detached):
        session.tell(Note(f"child process {process.pid} is not debugged; {WAY_OUT}", "warning"))

"""The child of a fork: the debugger leaves it, and it runs on untouched.

Owns: what happens to a session in a forked child.
Does not own: the end of the process (launcher), or leaving when the user asks (detaching).

A child has its parent's standard input, terminal and breakpoints. Two processes that read
commands from one place would each get half of them, so only the parent is debugged;
``breakpoint()`` does nothing in the child. Children that run a program of their own begin
without a debugger anyway.
"""

from __future__ import annotations

import os
import threading
import weakref
from typing import TYPE_CHECKING

from .guard import report_bug
from .steering import detaching

if TYPE_CHECKING:
    from .session import Session


def leave_forked_children(session: Session) -> None:
    """Let a session leave every child that the process forks from now on."""
    known = weakref.ref(session)  # what is registered stays registered

    def in_child() -> None:
        found = known()
        if found is None or found.detached:
            return
        try:
            _leave_child(found)
        except BaseException as error:  # nothing may escape into the program
            report_bug(error, "leaving a forked child")

    os.register_at_fork(after_in_child=in_child)


def _leave_child(session: Session) -> None:
    from .onlooking import Nobody

    session.detached = True
    session.prompt = threading.RLock()  # whoever held it is a thread of the parent
    session.front_end = Nobody()
    session.dump_writer = None
    for run in session.runs.active():
        if run.ident == threading.get_ident():
            detaching.leave(run)
        else:  # its thread is not here: nothing of it will ever go on
            session.runs.ended(run)
    session.uninstall()

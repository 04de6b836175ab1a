"""The answers at a stop after which nothing is followed any more: quit, detach, restart.

Owns: carrying them out, alike at stops of runs and outside of them.
Does not own: how (quitting, steering.detaching, restarting), the other answers (resuming).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepdbg.model.stops import Detach, Quit, Restart, Resume

from . import quitting, restarting
from .steering import detaching

if TYPE_CHECKING:
    from .session import Session


def part(session: Session, resume: Resume) -> bool:
    """Carry out an answer that ends the debugging; returns whether it was one.

    A restart does not return: another process takes the place of this one.
    """
    if isinstance(resume, Quit):
        quitting.quit_program(session, hard=resume.hard)
    elif isinstance(resume, Detach):
        detaching.detach(session)
    elif isinstance(resume, Restart):
        session.front_end.close()
        restarting.start_again(resume)
    else:
        return False
    return True

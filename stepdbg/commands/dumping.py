"""Dumps: `dump`.

Owns: the code of this command.  Does not own: what a dump holds, or its file (archive).
"""

from __future__ import annotations

from stepdbg.model.errors import BadUsage
from stepdbg.model.replies import Message
from stepdbg.model.standard import os

from .request import Request, Result

NO_VALUES = "--no-values"


def dump(request: Request) -> Result:
    """`dump [--no-values] FILE`."""
    words = request.words(most=1)
    if not words:
        raise BadUsage("`dump` needs the name of a file")
    desk = request.desk
    path = os.path.expanduser(words[0])
    size = desk.controller.dump(
        desk.inspector, path, values=NO_VALUES not in request.options, stop=desk.stop
    )
    return Message(f"written to {path} ({size / 1000:,.0f} kB); `stepdbg --open` shows it")

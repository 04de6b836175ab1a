"""Dumps for tests: taken of a real program, and talked to as a user does.

Owns: `Dumped`, and where dumps for tests come from.
"""

from __future__ import annotations

import re
from pathlib import Path

from stepdbg.archive.controller import ArchiveController
from stepdbg.archive.reading import ArchiveInspector, open_dump
from stepdbg.archive.writing import write_dump
from stepdbg.commands.interpreter import Interpreter
from stepdbg.model.records import replace
from stepdbg.model.replies import Failure, StopShown, Telling
from stepdbg.render.spans import plain
from stepdbg.render.text import render_reply
from tests.harness import Debugging


class Dumped:
    """A dump file, open."""

    def __init__(self, path: Path) -> None:
        self.inspector: ArchiveInspector = open_dump(path)
        self.interpreter = Interpreter(ArchiveController(self.inspector))
        self.shown = self.interpreter.begin_stop(self.inspector.stop(), self.inspector)

    def text(self, line: str, width: int = 80) -> str:
        """What a user reads after a command."""
        replies = self.interpreter.feed(line).replies
        return "\n".join(plain(render_reply(reply, width)) for reply in replies)

    def failure(self, line: str) -> str:
        """The sentence of a command that must fail."""
        (reply,) = self.interpreter.feed(line).replies
        assert isinstance(reply, Failure), reply
        return reply.text


def without_moment(text: str) -> str:
    """A listing without its heading, which says of which moment it is, if it has one."""
    return re.sub(r"\Arun 1 as it was [^,]*,\s+when\s+this\s+picture was\s+taken\n", "", text)


def newly_told(shown: StopShown) -> StopShown:
    """A stop as a conversation begins with it: nothing was told before, and nothing goes on."""
    return replace(shown, telling=Telling())


def dump_of(dbg: Debugging, path: Path, *, values: bool = True, mask: bool = True) -> Dumped:
    """Dump a held program, and open the dump."""
    stop, inspector = dbg.stop, dbg.inspector
    dbg.call(lambda: write_dump(inspector, path, values=values, stop=stop, mask=mask))
    return Dumped(path)

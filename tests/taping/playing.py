"""Running a program with a tape and playing that tape, in this process.

Owns: `record`, `play_again`.  Does not own: runs by a schedule (tests.schedules.replaying).
"""

from __future__ import annotations

import contextlib
import io
import re
from typing import Any

import trio

from stepdbg.engine.running.session import Session
from stepdbg.model.facts import RunId
from stepdbg.model.options import SessionOptions
from stepdbg.model.schedule_text import file_of, from_file
from stepdbg.model.schedules import Schedule
from stepdbg.model.tape import Tape
from tests.schedules.replaying import Front, Played, Watcher

FILE = "/program.py"


def record(source: str, **names: Any) -> Played:
    """Run the `main` of a program with a tape.  names: globals that it gets."""
    return _play(source, None, Tape(), names)


def play_again(source: str, schedule: Schedule, **names: Any) -> Played:
    """Play the tape of a schedule, which goes through a file."""
    again = from_file(file_of(schedule).decode())
    assert again.tape is not None
    return _play(source, again, Tape(again.tape), names)


def _play(source: str, replay: Schedule | None, tape: Tape, names: dict[str, Any]) -> Played:
    played = Played()
    options = SessionOptions(
        record=True, stops_at_start=False, replay=replay, on_deadlock="report", tape=tape
    )
    session = Session(Front(played.notes), options)
    session.install()
    program: dict[str, Any] = {"__name__": "program", **names}
    out = io.StringIO()
    try:
        exec(compile(source, FILE, "exec"), program)
        with contextlib.redirect_stdout(out):
            try:
                trio.run(program["main"], instruments=[Watcher(session, played, FILE)])
            except BaseException as error:
                out.write(repr(error))
        played.schedule = session.controller.schedule(RunId(1))
    finally:
        session.uninstall()
    played.output = re.sub("0x[0-9a-f]+", "0x…", out.getvalue())
    return played

"""Running a program and following the schedule or the tape of that run, in this process.

Owns: `Played`, `play`.  Does not own: what is asked about it.
"""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import dataclass, field
from typing import Any

import trio

from stepdbg._trio_internals import runs
from stepdbg.engine.running.run import DebuggedRun
from stepdbg.engine.running.session import Session
from stepdbg.model.facts import RunId
from stepdbg.model.options import SessionOptions
from stepdbg.model.schedule_text import from_file, text_of
from stepdbg.model.schedules import Schedule, TurnKind, turns_of
from stepdbg.model.silent_front_end import SilentFrontEnd
from stepdbg.model.stops import Event, Note
from stepdbg.model.tape import Tape


@dataclass
class Played:
    """One run.

    events: before each step of the program's tasks, whose it is and the lines where it waits.
    output: what it wrote, and what it raised.  notes: what the debugger said.
    """

    events: list[tuple[str, list[tuple[str, int]]]] = field(default_factory=list)
    output: str = ""
    notes: list[str] = field(default_factory=list)
    schedule: Schedule | None = None

    @property
    def line(self) -> str:
        """The line of its schedule."""
        assert self.schedule is not None
        return text_of(self.schedule)

    def turns(self) -> list[str]:
        """What its log says, without times."""
        assert self.schedule is not None
        log = self.schedule.log
        return [
            f"{turn.kind.name} {log.tasks[turn.task]}"
            for turn in turns_of(log)
            if turn.kind is not TurnKind.TIME
        ]

    def left(self) -> list[str]:
        """What was said of leaving the schedule."""
        return [each for each in self.notes if "left the schedule" in each]


class Front(SilentFrontEnd):
    """Keeps notes."""

    def __init__(self, notes: list[str]) -> None:
        self._notes = notes

    def on_event(self, event: Event) -> None:
        if isinstance(event, Note):
            self._notes.append(event.text)


class Watcher(trio.abc.Instrument):
    """Notes the steps of the program's tasks, with the lines at which they wait.

    Args:
        file: lines of this file only; empty for all.
    """

    def __init__(self, session: Session, played: Played, file: str = "") -> None:
        self._session, self._played, self._file = session, played, file

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        run = self._session.runs.of_thread()
        assert isinstance(run, DebuggedRun)
        if not runs.is_system(run.runner, task):
            where = [
                (frame.f_code.co_name, line)
                for frame, line in task.iter_await_frames()
                if self._file in ("", frame.f_code.co_filename)
            ]
            self._played.events.append((str(run.registry.logical_id_of(task)), where))


def play(
    source: str,
    text: str = "",
    *instruments: trio.abc.Instrument,
    name: str = "/program.py",
    taped: bool = False,
    **names: Any,
) -> Played:
    """Run the `main` of a program.

    text: the line or the file of the schedule to follow; empty: as it comes.  taped: with a tape,
        that of the file if there is one; then events have lines of the program only.  names:
        globals that are put into the program once it has been executed.
    """
    played = Played()
    replay = from_file(text) if text else None
    options = SessionOptions(
        record=True,
        stops_at_start=False,
        replay=replay,
        on_deadlock="report",
        tape=_tape(replay) if taped else None,
    )
    session = Session(Front(played.notes), options)
    session.install()
    program: dict[str, Any] = {"__name__": "program"}
    out = io.StringIO()
    try:
        exec(compile(source, name, "exec"), program)
        program.update(names)
        with contextlib.redirect_stdout(out):
            try:
                watching = Watcher(session, played, name if taped else "")
                trio.run(program["main"], instruments=[watching, *instruments])
            except BaseException as error:
                out.write(repr(error))
        played.schedule = session.controller.schedule(RunId(1))
    finally:
        session.uninstall()
    played.output = re.sub("0x[0-9a-f]+", "0x…", out.getvalue())
    return played


def _tape(replay: Schedule | None) -> Tape:
    """The tape of a schedule that is followed; else an empty one, to record."""
    if replay is None:
        return Tape()
    assert replay.tape is not None
    return Tape(replay.tape)

"""How a session behaves from its start.

Owns: `SessionOptions`, `Started`, and the commands that only let a program go on.
Does not own: what can be changed later (model.settings), or the other commands (commands.table).
"""

from __future__ import annotations

from collections.abc import Sequence

from .records import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .schedules import Schedule
    from .tape import Tape


@dataclass(frozen=True, slots=True)
class Started:
    """How the process was started; `restart` and `quit` need that.

    arguments: how many words at the end of the command line are the program's own; None: unknown.
    folder: the working directory at the start, which the program may change; empty: unknown.
    is_ours: whether the process was started for debugging or testing; else the program has called
        stepdbg in a process with another purpose, such as a Python prompt or a server.
    """

    arguments: int | None = None
    folder: str = ""
    is_ours: bool = True


UNKNOWN_START = Started()


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """The choices that hold for all runs of a session.

    record: whether to record what tasks do: always (True), never (False), or when the front end
        wants it and while the user steps (None).
    stops_on_failure: the first task that fails stops its run.
    stops_at_start: the first run stops before its main task's first step.
    virtual_time: sleeping takes no real time; for runs on Trio's own clock.
    seed: for Trio's random order of the tasks of a pass; None: no seed.
    spawn_paths: count what each task spawns, so that tasks have a `LogicalId`.
    replay: the schedule that one of the runs must follow.
    goes_back: keep a way back to earlier moments of a recorded run.
    tape: records or replays the input that the first run gets from outside; None: no tape.
    on_deadlock: ``stop``, ``report`` or ``quit``; None: stop if a user would answer.
    started: how the process was started.
    """

    record: bool | None = None
    stops_on_failure: bool = False
    stops_at_start: bool = True
    virtual_time: bool = False
    seed: int | None = None
    on_deadlock: str | None = None
    started: Started = UNKNOWN_START
    spawn_paths: bool = False
    replay: Schedule | None = None
    goes_back: bool = False
    tape: Tape | None = None


PAST = "the past of a run"
"""The value of `Controller.medium` in a copy of the program that shows an earlier moment."""

CONTINUE_NAMES = ("continue", "c", "cont")
QUIT_NAMES = ("quit", "q", "exit")
"""The names of the two commands after which no prompt follows.  stepdbg knows them without the
table of commands, so that a program that continues at once does not wait for that import."""


def only_go_on(lines: Sequence[str]) -> bool:
    """Whether there are lines, and all of them only let the program run on or end."""
    words = (*CONTINUE_NAMES, *QUIT_NAMES)
    return bool(lines) and all(line.strip() in words for line in lines)

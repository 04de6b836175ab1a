"""How a session is to behave from its start.

Owns: `SessionOptions`, `Started`, and the words that only let a program go on.
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
    """How the process was started, for a `restart` and a `quit`.

    arguments: how many words at the end of the command line are the program's own; None: unknown.
    folder: the working directory then, which the program may leave; empty: unknown.
    is_ours: whether the program runs to be debugged or tested; else it has asked for a stop in a
        process that is there for something else, such as a Python prompt or a server.
    """

    arguments: int | None = None
    folder: str = ""
    is_ours: bool = True


UNKNOWN_START = Started()


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """The choices that hold for all runs of a session.

    record: whether to record what tasks do: always, never, or (None) when the front end wants it
        and while the user steps.
    stops_on_failure: the first task that fails stops its run.
    stops_at_start: the first run stops before its main task's first step.
    virtual_time: sleeping takes no real time; for runs on Trio's own clock.
    seed: for Trio's coin, which decides the order of batches; None: as it comes.
    spawn_paths: count what each task spawns, so that tasks have a `LogicalId`.
    replay: the schedule that one of the runs is to follow.
    goes_back: keep a way back to the earlier moments of a run that is recorded.
    tape: holds or gives again what the first run is given from outside; None: nothing does.
    on_deadlock: ``stop``, ``report`` or ``quit``; None: stop if somebody would answer.
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
"""What `Controller.medium` is called in a copy of the program that shows an earlier moment."""

CONTINUE_NAMES = ("continue", "c", "cont")
QUIT_NAMES = ("quit", "q", "exit")
"""The names of the two commands after which nothing is asked: what they mean is known without
the table of commands, which a program that is let go at once need not wait for."""


def only_go_on(lines: Sequence[str]) -> bool:
    """Whether lines do nothing but let the program run on or end; there is at least one."""
    words = (*CONTINUE_NAMES, *QUIT_NAMES)
    return bool(lines) and all(line.strip() in words for line in lines)

"""Writing down the schedule of a run, and the circumstances of that run.

Owns: `schedule_of`, `token_of`; the header of a schedule, and sentences about how two headers
differ.
Does not own: the log that it is read from (recording.step_log).
"""

from __future__ import annotations

from binascii import crc32
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

import trio

from stepdbg.engine.recording.step_log import NOT_FROM_THE_START
from stepdbg.engine.stacks.frames import is_own
from stepdbg.model.errors import NotNow
from stepdbg.model.ours import VERSION
from stepdbg.model.records import replace
from stepdbg.model.schedule_text import LONGEST_LINE, text_of
from stepdbg.model.schedules import NO_HASH_SEED, Base, Header, Schedule, Token
from stepdbg.model.standard import os, sys
from stepdbg.model.stops import TokenTold

if TYPE_CHECKING:
    from stepdbg.engine.histories.uncontrolled import Touches
    from stepdbg.engine.recording.registry import Registry
    from stepdbg.engine.recording.step_log import StepLog
    from stepdbg.model.facts import RunId
    from stepdbg.model.stops import Event, Stop
    from stepdbg.model.uncontrolled import Touch

    from .state import Steered

_MOST_FILES = 20
"""The most files of a program that a schedule names."""


_MOST_WORDS = 100_000
"""The most words of a log that still fits into a line to copy."""

_CLOCKS = {"system": "Trio's", "virtual": "that of --virtual-time", "own": "the program's own"}


class LoggedRun(Protocol):
    """A run whose steps are logged."""

    @property
    def id(self) -> RunId: ...
    @property
    def registry(self) -> Registry: ...
    @property
    def touches(self) -> Touches | None: ...
    @property
    def steered(self) -> Steered: ...
    def steps(self) -> StepLog: ...


class LoggedRuns(Protocol):
    """The runs of the process."""

    def get(self, number: RunId) -> LoggedRun: ...


def schedule_of(run: LoggedRun, seed: int | None, *, taped: bool = False) -> Schedule:
    """The order in which the tasks of a run have stepped so far.

    seed: of ``--seed``.
    taped: with all that only a file has: the times, and the tape if there is one.

    Raises:
        NotNow: the run was not logged from its start.
    """
    paths, steps = run.registry.paths, run.steps()
    if paths is None or steps.ended == NOT_FROM_THE_START:
        raise NotNow(
            "the steps of this run were not logged from its start, so it has no schedule: "
            "start the program again with --record"
        )
    header = header_of(steps.clock, run.id, seed)
    log, touched, tape = steps.read(paths), not_controlled(run), run.steered.tape
    contents = tape.contents() if taped and tape is not None else None
    reads = steps.reads(paths) if taped else None
    return Schedule(header, Base.STOCK, (), log, touched, contents, reads)


def not_controlled(run: LoggedRun) -> tuple[Touch, ...]:
    """What a run has touched so far that neither a schedule nor its tape controls."""
    touched = () if run.touches is None else run.touches.of(run.id)
    tape = run.steered.tape
    if tape is None:
        return touched
    return (*tape.missed(), *(touch for touch in touched if not tape.holds(touch.kind)))


def token_of(run: LoggedRun, seed: int | None) -> Token | None:
    """The schedule of a run that has failed or stands still, as a text to copy.

    None if its steps were not logged, or if they follow a schedule, which the user has already.
    seed: of ``--seed``.
    """
    replay = run.steered.replay
    if replay is not None and replay.following:
        return None
    words = len(run.steps().words)
    try:
        # A log of that length is too long for a line to paste, and reading it would take seconds.
        line = "" if words > _MOST_WORDS else text_of(schedule_of(run, seed))
    except NotNow:
        return None
    return Token(line if len(line) <= LONGEST_LINE else "", run.steps().count())


def with_token(runs: LoggedRuns, seed: int | None, stop: Stop) -> Stop:
    """A stop with the token of its run, if it belongs to a run.  seed: of ``--seed``."""
    if stop.run is None:
        return stop
    token = token_of(runs.get(stop.run), seed)
    return stop if token is None else replace(stop, token=token)


def tell_token(run: LoggedRun, seed: int | None, tell: Callable[[Event], None]) -> None:
    """Report the token of a run about which the user is not asked.  seed: of ``--seed``."""
    token = token_of(run, seed)
    if token is not None and token.text:
        tell(TokenTold(run.id, token))


def header_of(clock: str, number: int, seed: int | None) -> Header:
    """The header for a run.

    clock: see `clock.kind_of`.
    number: which run of the process.
    seed: of ``--seed``.
    """
    return Header(
        python=sys.version.split()[0],
        trio=trio.__version__,
        stepdbg=VERSION,
        files=tuple(_own_files()),
        clock=clock,
        seed=seed,
        hash_seed=os.environ.get("PYTHONHASHSEED") or NO_HASH_SEED,
        run=number,
    )


def differences(then: Header, now: Header) -> list[str]:
    """What differs from when a schedule was written down, one sentence for each difference."""
    pairs = (
        ("Python", then.python, now.python),
        ("Trio", then.trio, now.trio),
        ("stepdbg", then.stepdbg, now.stepdbg),
    )
    found = [
        f"the schedule is from {name} {before}, but this is {name} {today}"
        for name, before, today in pairs
        if before != today
    ]
    loaded = dict(now.files)
    changed = [name for name, checksum in then.files if loaded.get(name, checksum) != checksum]
    if changed:
        have = "has" if len(changed) == 1 else "have"
        found.append(f"{', '.join(changed)} {have} changed since the schedule was written down")
    if then.clock != now.clock:
        found.append(f"the clock of the run is {_CLOCKS[now.clock]}, but it was another one then")
    if then.hash_seed != NO_HASH_SEED and then.hash_seed != now.hash_seed:
        found.append(
            f"the order of sets may differ: PYTHONHASHSEED was {then.hash_seed} "
            f"and is {now.hash_seed} now"
        )
    return found


def _own_files() -> Iterator[tuple[str, int]]:
    """Name and checksum of the program's own files, the main one first.

    Their names are relative to the main file's folder, so the program may be moved.
    """
    main = _file_of(sys.modules.get("__main__"))
    others = {_file_of(module) for module in list(sys.modules.values())} - {main, ""}
    folder = os.path.dirname(main)
    own = [each for each in sorted(others) if is_own(each)]
    for path in [main, *own][:_MOST_FILES]:
        checksum = _checksum(path)
        if checksum is not None:
            inside = bool(folder) and path.startswith(folder + os.sep)
            yield os.path.relpath(path, folder) if inside else os.path.basename(path), checksum


def _file_of(module: object) -> str:
    found = getattr(module, "__dict__", {}).get("__file__")
    return os.path.abspath(found) if type(found) is str else ""


def _checksum(path: str) -> int | None:
    try:
        with open(path, "rb") as file:
            return crc32(file.read())
    except OSError:  # not on the disk: in an archive, or removed
        return None

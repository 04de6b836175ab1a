"""The tape of one run, from its beginning to its end.

Owns: `RunTape`, `begin`: what is in place while a run is on a tape; writing the file.
Does not own: threads, sockets, what is missing (the other modules here), following the order of
steps (scheduling.replaying).
"""

from __future__ import annotations

from collections.abc import Callable
from types import NoneType
from typing import TYPE_CHECKING, Any, Protocol

from stepdbg._trio_internals import runs, taped
from stepdbg.engine.scheduling import writing_down
from stepdbg.model.errors import NotNow
from stepdbg.model.schedule_text import file_of
from stepdbg.model.standard import sys
from stepdbg.model.stops import Note
from stepdbg.model.tape import Contents, Tape
from stepdbg.model.uncontrolled import Touch, Uncontrolled
from stepdbg.model.whole_files import replace_file

from .missing import ON_TAPE, Missing
from .sockets import Holds, Sockets
from .threads import Threads

if TYPE_CHECKING:
    from stepdbg.engine.scheduling.state import Steered
    from stepdbg.model.stops import Event


class TapedRun(writing_down.LoggedRun, Protocol):
    """A run that is on a tape."""

    @property
    def runner(self) -> runs.Runner: ...
    @property
    def hold(self) -> Holds: ...
    @property
    def steered(self) -> Steered: ...
    @property
    def tell(self) -> Callable[[Event], None]: ...


def begin(run: TapedRun, tape: Tape) -> RunTape:
    """Let the tape of a run that begins record what the run gets, or replay that."""
    made = RunTape(run, tape)
    made.begin()
    if run.steered.replay is not None:
        run.steered.replay.tape = made
    return made


class RunTape:
    """What a run gets from outside.

    Args:
        run: the run, which is about to begin.
        tape: the tape of the process.
    """

    def __init__(self, run: TapedRun, tape: Tape) -> None:
        self._run, self.tape = run, tape
        self._sockets = Sockets(tape, run.runner, run.hold)
        self.missing = Missing(tape, self._missed)
        self._threads = Threads(tape, lambda: len(run.steps().words), self.missing)
        self._undo: list[Callable[[], None]] = []

    def begin(self) -> None:
        """Record or replay from now on what the run's tasks get."""
        self.tape.asks, self.tape.says = self._asks, self._ended
        sockets, threads = self._sockets, self._threads
        passes = NoneType if self.tape.plays else sockets.kind
        self._undo = [
            taped.tape_threads(threads.in_place_of, threads.calls),
            taped.tape_sockets(sockets.adopt, sockets.in_place_of, sockets.ready),
            taped.tape_waits(passes, self._wait, sockets.closing),
            *self.missing.begin(),
        ]

    def end(self) -> None:
        """The run is over, or the program goes on without stepdbg."""
        self.tape.end()
        for each in self._undo:
            each()
        self._undo = []

    def _asks(self) -> bool:
        """Whether a task of the program's steps."""
        runner, task = self._run.runner, runs.current_task()
        return task is not None and not runs.is_system(runner, task)

    def _ended(self, why: str) -> None:
        if self.tape.rewound is not None:
            self.tape.rewound.diverged(why)
        what = "replay: the tape ends here" if self.tape.plays else "the tape of the run ends here"
        after = "; from now on input is real" if self.tape.plays else ""
        self._run.tell(Note(f"{what}, because {why}{after}", "warning"))
        if self.tape.plays:
            self._release()

    def _release(self) -> None:
        self._sockets.release()
        self._threads.release()

    # -- what is missing ---------------------------------------------------------------

    def holds(self, kind: Uncontrolled) -> bool:
        """Whether the tape has this kind of thing, apart from exceptions."""
        return self.tape.on and kind in ON_TAPE

    def _missed(self, touch: Touch) -> None:
        what = f"the tape does not hold {touch}"
        if self.tape.rewound is None:
            self._run.tell(Note(f"replay: {what}" if self.tape.plays else what, "warning"))
        elif touch.kind is not Uncontrolled.FILE:  # reading a file once more does no harm
            self.tape.rewound.misses(what)

    def _wait(self, real: Callable[[Any], Any], sock: Any, direction: str) -> Any:
        if type(sock) is not self._sockets.kind and self.tape.here():
            self.missing.miss_here(Uncontrolled.IO, sys._getframe(1))  # noqa: SLF001 - documented
        return self._sockets.wait(real, sock, direction)

    # -- in a replay -------------------------------------------------------------------

    def deliver_until(self, steps: int) -> bool:
        """Deliver what threads had returned after this many steps; see `OutsideInput`."""
        return self.tape.plays and self._threads.deliver_until(steps)

    def wake(self, number: int | None) -> bool:
        """End the wait of a task whose turn it is; see `OutsideInput`."""
        return self.tape.plays and self._sockets.wake(number)

    def leave(self) -> None:
        """End a replay, because the order of steps is no longer followed."""
        if self.tape.plays and self.tape.on:
            self.tape.end()
            self._release()

    # -- what was recorded -------------------------------------------------------------

    def missed(self) -> tuple[Touch, ...]:
        """What is not on the tape: the first touch of each kind."""
        return tuple(self.missing.first.values())

    def contents(self) -> Contents | None:
        """All that was recorded so far; None in a replay."""
        paths, tape = self._run.registry.paths, self.tape
        if tape.plays or paths is None:
            return None
        moments = self._run.steps().steps_at([each.after for each in tape.threads], paths)
        came = [each._replace(after=at) for each, at in zip(tape.threads, moments, strict=True)]
        return Contents(list(tape.entries), came, set(tape.lost))

    def write(self, seed: int | None) -> None:
        """Write the tape to its file, if it has one, and say so; see `OutsideInput`."""
        path, tell = self.tape.path, self._run.tell
        if not path or self.tape.plays:
            return
        try:
            schedule = writing_down.schedule_of(self._run, seed, taped=True)
            replace_file(path, file_of(schedule))
        except (OSError, ValueError, NotNow) as error:
            why = getattr(error, "strerror", None) or error
            tell(Note(f"--tape {path} is not written: {why}", "warning"))
            return
        steps = f"{schedule.log.steps:,} steps"
        tell(Note(f"the tape of these {steps} is in {path}; `--replay {path}` plays it"))

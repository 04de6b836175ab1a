"""The loop of a stop: show it, take lines and show answers, until a line lets the run go on.

Owns: the order in which lines are taken (those of the breakpoints that were hit, then those queued
from the command line, then those that the front end reads), and what the end of input means.
Does not own: reading, drawing, or what a line does (commands).

The prompt, the script and the JSON front end all run this loop; each provides a `Surface`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

from stepdbg.model.records import replace
from stepdbg.model.replies import Answer, StopShown
from stepdbg.model.standard import os
from stepdbg.model.stops import Continue, Moved, Quit, Restart, Resume, Stop

if TYPE_CHECKING:
    from stepdbg.model.protocols import Inspector

SILENT = "silent"
"""A line of a breakpoint's `commands`: stops at the breakpoint are not shown, as in pdb."""


class LineInterpreter(Protocol):
    """What the loop needs of `commands.interpreter.Interpreter`."""

    def begin_stop(self, stop: Stop, inspector: Inspector) -> StopShown:
        """Begin a stop: put its task and frame in view, and evaluate the displays."""

    def feed(self, line: str, *, typed: bool = True) -> Answer:
        """Carry out one line; errors of the user become replies.

        typed: whether the user has just typed the line; False for a line of a file or an option.
        """

    def end_of_input(self) -> bool:
        """There are no more lines; True if this only ends an unfinished input."""


class Surface(Protocol):
    """Shows a dialogue, and reads its lines."""

    def show_stop(self, shown: StopShown) -> None:
        """Show a stop; the run is held now."""

    def show_line(self, line: str) -> None:
        """Show a line that is carried out next and was not read here (from `-c`, `commands`)."""

    def read_line(self) -> str | None:
        """The next line, without its end; None at the end of input."""

    def show_answer(self, answer: Answer) -> None:
        """Show the answer to the line that was shown or read last; it may be empty."""


class _TypedRest(str):
    """The rest of a typed line after a command that has let the run go on."""

    __slots__ = ()


class Dialogue:
    """Runs the loop at the stops of one process, one stop at a time.

    queued: lines to take before any is read, over as many stops as they last.
    unread: gives the lines that only this process can read, for another process that goes on with
        them: after a `restart`, or to show an earlier moment.
    """

    def __init__(
        self,
        interpreter: LineInterpreter,
        surface: Surface,
        queued: Iterable[str] = (),
        unread: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        self.queued = deque(queued)
        self._unread = unread
        self._interpreter = interpreter
        self._surface = surface
        self._process = os.getpid()

    def hold(self, stop: Stop, inspector: Inspector) -> Resume:
        """Run the loop at a stop until a line resumes the run; the end of input is `Quit`.

        It is never called for two runs at once: the engine has one prompt for the process.
        """
        shown = self._interpreter.begin_stop(stop, inspector)
        if os.getpid() != self._process:
            return Continue()
        if not stop.hits or not is_silent(stop):
            self._surface.show_stop(shown)
        attached = self._attached(stop) if stop.hits or stop.commands else None
        resume = attached or self._taken()
        if isinstance(resume, Restart):
            to_come = (*self.queued, *self._unread())
            return replace(resume, commands=(*resume.commands, *to_come))
        if isinstance(resume, Moved):
            self.queued.extend(self._unread())
        return resume

    def set_up(self, stop: Stop, inspector: Inspector, lines: Iterable[str]) -> None:
        """Carry out lines at a stop, and show neither the stop nor the answers."""
        self._interpreter.begin_stop(stop, inspector)
        for line in lines:
            self._interpreter.feed(line, typed=False)

    def _attached(self, stop: Stop) -> Resume | None:
        """Run the lines of the breakpoints that were hit, up to the first one that resumes."""
        unfinished = False
        for line in attached_lines(stop):
            answer = self._answer(line)
            if self._is_in_child():
                return Continue()
            if answer.resume is not None:
                return answer.resume
            unfinished = answer.wants_more
        # A block of Python at the end of the list must not swallow the user's next line.
        return self._answer("").resume if unfinished else None

    def _taken(self) -> Resume:
        while True:
            typed = not self.queued or isinstance(self.queued[0], _TypedRest)
            line = self._next_queued() if self.queued else self._surface.read_line()
            if line is None:
                if self._interpreter.end_of_input():
                    continue
                return Quit()
            answer = self._interpreter.feed(line, typed=typed)
            if os.getpid() != self._process:
                return Continue()
            self._surface.show_answer(answer)
            if answer.resume is not None:
                if answer.rest:
                    self.queued.appendleft(_TypedRest(answer.rest) if typed else answer.rest)
                return answer.resume

    def _next_queued(self) -> str:
        line = self.queued.popleft()
        self._surface.show_line(line)
        return line

    def _answer(self, line: str) -> Answer:
        self._surface.show_line(line)
        answer = self._interpreter.feed(line)
        if not self._is_in_child():
            self._surface.show_answer(answer)
        return answer

    def _is_in_child(self) -> bool:
        """Whether the code that was typed has forked, and this process is the child.

        The prompt and its input belong to the parent; the child is not debugged any more.
        """
        return os.getpid() != self._process


def attached_lines(stop: Stop) -> Iterator[str]:
    """The lines to run at a stop: those that the program gave, then those of each breakpoint."""
    yield from stop.commands
    for hit in stop.hits:
        yield from (line for line in hit.commands if line.strip() != SILENT)


def is_silent(stop: Stop) -> bool:
    """Whether every breakpoint that caused the stop asks not to show it.

    If a condition has failed the stop is shown in any case: the user must learn of that.
    """
    return bool(stop.hits) and all(
        not hit.problem and any(line.strip() == SILENT for line in hit.commands)
        for hit in stop.hits
    )

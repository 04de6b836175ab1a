"""The line that shows the progress of a run between stops.

Owns: `StatusLine`: its text, drawing it over itself, erasing it before anything else is shown.
Does not own: the numbers in it (engine.noticing.progress).

The program may write at any moment, and stepdbg cannot know in which column it leaves the cursor.
So the line is shown only at a terminal that neither standard output nor standard error leads to:
both are redirected, or the prompt is at another device (`--tty`).  It is not shown while another
job has the terminal, or on a terminal that cannot erase a line.  stepdbg does not notice a program
that opens its terminal by name and writes there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from stepdbg.model.standard import _thread, os, select
from stepdbg.render.spans import clip_text

if TYPE_CHECKING:
    from stepdbg.model.steering import Progress

    from .terminal import Terminal

_ERASE: Final = "\r\x1b[K"


class StatusLine:
    """Draws the line; any thread may call it, and nothing here raises.

    Args:
        terminal: where the user types.
    """

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._one_writer = _thread.RLock()  # reentrant: a signal handler may print in between
        self._shown = False
        self._printing = 0
        self._resting = True
        self._process = os.getpid()

    def show(self, progress: Progress | None) -> None:
        """Show the progress of a run, or nothing for None."""
        if os.getpid() != self._process:  # the terminal belongs to the parent
            return
        with self._one_writer:
            if progress is None or self._resting or self._printing or not self._is_alone():
                self._erase()
                return
            # The last column stays free, since some terminals begin a new row there.
            text = clip_text(text_of(progress), self._terminal.size.columns - 1)
            self._terminal.write_raw(_ERASE + text)
            self._shown = True

    @contextmanager
    def off_screen(self) -> Iterator[None]:
        """Erase the line, and show none while the body prints something else.

        Without that, the thread that shows the line could draw it in between, and the line would
        stay above what is printed.  No lock is held while the body runs, because it may wait for
        another thread that prints.
        """
        if os.getpid() != self._process:
            yield
            return
        with self._one_writer:
            self._printing += 1
            self._erase()
        try:
            yield
        finally:
            with self._one_writer:
                self._printing -= 1

    def rest(self) -> None:
        """Show nothing until `begin`."""
        with self._one_writer:
            self._resting = True
            if os.getpid() == self._process:
                self._erase()

    def begin(self) -> None:
        """The run goes on: the line may be shown again."""
        self._resting = False

    def _erase(self) -> None:
        if self._shown:
            self._shown = False
            self._terminal.write_raw(_ERASE)

    def _is_alone(self) -> bool:
        terminal = self._terminal
        if terminal.dumb or terminal.gone or not self._takes_text():
            return False
        try:
            if os.tcgetpgrp(terminal.writes) != os.getpgrp():
                return False
        except OSError:  # it does not control this process
            pass
        return not any(_is_same(terminal.writes, number) for number in (1, 2))

    def _takes_text(self) -> bool:
        """Whether writing would not wait, as it does after Ctrl-S."""
        poll = select.poll()
        poll.register(self._terminal.writes, select.POLLOUT)
        return any(event == select.POLLOUT for _, event in poll.poll(0))


def _is_same(terminal: int, number: int) -> bool:
    """Whether a descriptor leads to a terminal, by any name of that terminal."""
    try:
        if not os.isatty(number):
            return False
        if os.fstat(terminal).st_rdev == os.fstat(number).st_rdev:
            return True
        os.tcgetpgrp(terminal)  # fails for one that does not control this process; /dev/tty does
        os.tcgetpgrp(number)
    except OSError:
        return False
    return True


def text_of(progress: Progress) -> str:
    """``running: 12.3 s, 4,021 steps, 5 tasks, busy``."""
    parts = []
    if progress.time is not None:
        parts.append(f"{progress.time:.1f} s")
    if progress.steps is not None:
        parts.append(f"{progress.steps:,} step{'s' * (progress.steps != 1)}")
    parts.append(f"{progress.tasks:,} task{'s' * (progress.tasks != 1)}")
    parts.append("busy" if progress.busy else "idle")
    return "running: " + ", ".join(parts)

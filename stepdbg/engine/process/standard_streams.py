"""The terminal and the standard streams survive whatever is evaluated at the prompt.

Owns: noticing that typed code has changed the terminal's mode or closed a standard stream,
and undoing it.  Does not own: the prompt's own mode (frontends), or what the program does to them
while it runs: stepdbg leaves that as it is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Final, cast

from stepdbg.model.program_streams import Lifted
from stepdbg.model.records import dataclass
from stepdbg.model.standard import io, os

try:
    from stepdbg.model.standard import termios as _termios
except ImportError:  # not on Windows
    _termios = None  # type: ignore[assignment]  # then modes are not restored

termios: ModuleType | None = _termios

_STREAMS: Final = ((0, "stdin", "input"), (1, "stdout", "output"), (2, "stderr", "error output"))


@dataclass(frozen=True, slots=True)
class _Standing:
    """A standard stream before something is evaluated.

    copy: a duplicate of its descriptor; None if that is closed or cannot be copied.
    modes: the terminal's modes; None if it is not a terminal.
    stream: the object in `sys`, if it was open and its class is Python's own.
    """

    number: int
    name: str
    says: str
    copy: Lifted | None
    modes: list[Any] | None
    stream: io.TextIOWrapper | None

    def restore(self) -> list[str]:
        """Put back what was changed; returns sentences about that for the user."""
        said = []
        if self._was_closed():
            said.append(f"that has closed standard {self.says}; it is open again")
        if self._mode_was_changed():
            said.append("that has changed the terminal's mode; it is as before again")
        return said

    def drop(self) -> None:
        """Close the copy."""
        if self.copy is not None:
            self.copy.close()

    def _was_closed(self) -> bool:
        was_closed = False
        if self.copy is not None and not _is_open(self.number):
            was_closed = self.copy.leads_there()
            if was_closed:
                os.dup2(self.copy.number, self.number)
        if self.stream is not None and self.stream.closed and _is_open(self.number):
            self._open_again(self.stream)
            was_closed = True
        return was_closed

    def _open_again(self, closed: io.TextIOWrapper) -> None:
        # As CPython makes it: closing the object leaves the descriptor alone.
        stream = open(  # noqa: SIM115 - it is to stay open
            self.number,
            "r" if self.number == 0 else "w",
            encoding=closed.encoding,
            errors=closed.errors,
            closefd=False,
        )
        stream.reconfigure(line_buffering=stream.line_buffering or self.number == 2)
        for name in (self.name, f"__{self.name}__"):
            if getattr(sys, name) is closed:
                setattr(sys, name, stream)

    def _mode_was_changed(self) -> bool:
        if self.modes is None or termios is None or _modes_of(self.number) in (None, self.modes):
            return False
        try:
            termios.tcsetattr(self.number, termios.TCSANOW, self.modes)
        except termios.error:  # the terminal has gone
            return False
        return True


@contextmanager
def streams_kept(tell: Callable[[str], None]) -> Iterator[None]:
    """Undo, at the end, what the block does to the terminal's mode and the standard streams.

    tell: gets a sentence about each change.
    """
    process = os.getpid()
    standing = [_look(*each) for each in _STREAMS]
    try:
        yield
    finally:
        # The three streams are often one terminal: say each sentence only once.  If the block has
        # forked, the terminal belongs to the parent, which may be reading by now.
        ours = standing if os.getpid() == process else []
        said = dict.fromkeys(sentence for each in ours for sentence in each.restore())
        for each in standing:
            each.drop()
        for sentence in said:
            tell(sentence)


def _look(number: int, name: str, says: str) -> _Standing:
    found = getattr(sys, name)
    own = type(found) is io.TextIOWrapper and not found.closed
    stream = cast(io.TextIOWrapper, found) if own and _number_of(found) == number else None
    return _Standing(number, name, says, _copy_of(number), _modes_of(number), stream)


def _copy_of(number: int) -> Lifted | None:
    try:
        return Lifted(number)
    except OSError:  # it is closed, or no descriptor is left
        return None


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _number_of(stream: io.TextIOWrapper) -> int | None:
    try:
        return stream.fileno()
    except (OSError, ValueError):
        return None


def _modes_of(number: int) -> list[Any] | None:
    if termios is None:
        return None
    try:
        return list(termios.tcgetattr(number))
    except (OSError, ValueError, termios.error):
        return None

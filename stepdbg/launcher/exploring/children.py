"""Processes that are forked from one that stays as it is, and what they say.

Owns: `Child` (a fork and what it says); what each such fork begins with.
Does not own: what a fork does (workers, trials), which forks there are (search).

A child says plain values as `marshal` writes them, each a piece of `model.framed`.  It never
returns: it always ends by `os._exit`, so that nothing of the program that waits below on the stack
is done twice.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

from stepdbg.engine.process import forking
from stepdbg.launcher.pausing import current_session
from stepdbg.model import framed
from stepdbg.model.program_streams import flush
from stepdbg.model.standard import (
    contextlib,
    gc,
    marshal,
    os,
    signal,
    sys,
    tempfile,
    time,
    traceback,
)

Said = tuple[Any, ...]
Say = Callable[[Said], None]
Work = Callable[[Say], None]

_OUTPUT = 4_000
"""So many characters of what the program has written are kept, the last ones."""


class Child:
    """A fork of this process.

    Args:
        work: what it does; given a function that says something to this process.

    Attributes:
        reader: a descriptor; readable when it says something or has ended.
        heard: when it said something last, in seconds of `time.monotonic`.
    """

    def __init__(self, work: Work) -> None:
        flush()
        self.reader, writer = os.pipe()
        self.pid = _fork()
        if self.pid == 0:
            _be_child(self.reader, writer, work)
        os.close(writer)
        self.heard = time.monotonic()
        self._rest = b""

    def hear(self) -> list[Said] | None:
        """What it has said since; None where it has ended."""
        data = os.read(self.reader, 1 << 16)
        self.heard = time.monotonic()
        if not data:
            return None
        said, self._rest = framed.take(self._rest + data)
        return [marshal.loads(each) for each in said]

    def end(self) -> int:
        """Wait for its end; its status, as `os.waitstatus_to_exitcode` gives it."""
        os.close(self.reader)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def kill(self) -> None:
        """End it."""
        os.kill(self.pid, signal.SIGKILL)
        self.end()


def _fork() -> int:
    """Fork this process; 0 in the child."""
    if not forking.why_not() and current_session() is None:
        return forking.fork()
    # With other threads Python has to put right what they hold; a session hears that it is to
    # leave the child alone.
    with warnings.catch_warnings():  # Python warns of forks beside threads
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _be_child(reader: int, writer: int, work: Work) -> None:
    """The whole life of a child; it does not return."""
    status = 1
    try:
        os.close(reader)

        def say(what: Said) -> None:
            framed.write(writer, marshal.dumps(what))

        try:
            # Ctrl-C at the terminal is for the process that waits: it ends the others.
            os.setpgid(0, 0)
            work(say)
            status = 0
        except OSError:
            pass  # nobody listens any more
        except BaseException as error:
            say(("bug", "".join(traceback.format_exception(error))))
    finally:
        os._exit(status)  # noqa: SLF001 - documented


class Output:
    """What the program writes in one schedule, in the place of the standard streams."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()
        for descriptor in {1, 2, *_descriptors_of_streams()}:
            os.dup2(self._file.fileno(), descriptor)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)

    def take(self) -> str:
        """What was written since the last time, the end of it."""
        flush()
        descriptor = self._file.fileno()
        size = os.lseek(descriptor, 0, os.SEEK_CUR)
        if not size:
            return ""
        begin = max(0, size - _OUTPUT)
        text = os.pread(descriptor, _OUTPUT, begin).decode("utf-8", "replace")
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        return text


def _descriptors_of_streams() -> Iterator[int]:
    """Where streams write that somebody has put in the places of the standard ones."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # it may be any object
            yield stream.fileno()


class Chance:
    """The state of `random`, which Python seeds anew in a fork."""

    def __init__(self) -> None:
        self._module: Any = sys.modules.get("random")
        self._state = None if self._module is None else self._module.getstate()

    def restore(self) -> None:
        """Let the program draw what it would have drawn."""
        if self._module is not None:
            self._module.setstate(self._state)


def get_ready() -> None:
    """Let the garbage collector look at nothing that is there already, and only when told."""
    gc.disable()
    gc.freeze()


def answer_of(child: Child) -> Said:
    """The one thing that a child says, once it has ended."""
    said: list[Said] = []
    while (more := child.hear()) is not None:
        said += more
    status = child.end()
    return said[0] if said else ("died", status)

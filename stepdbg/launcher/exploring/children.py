"""Forks of a process that itself never changes, and the messages that they send.

Owns: `Child` (a fork and its messages); how each fork begins.
Does not own: what a fork does (workers, trials), which forks there are (search).

A child sends plain values, written by `marshal`, each in a frame of `model.framed`.  It never
returns, and always ends by `os._exit`: the program's calls below it on the stack must return only
in the parent.
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
"""How many characters of the program's output are kept, the last ones."""


class Child:
    """A fork of this process.

    Args:
        work: what the fork does; called there with a function that sends a value to this process.

    Attributes:
        reader: a descriptor; readable when the fork has sent something or has ended.
        heard: when it last sent something, in seconds of `time.monotonic`.
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
        """The values that it has sent since the last call; None if it has ended."""
        data = os.read(self.reader, 1 << 16)
        self.heard = time.monotonic()
        if not data:
            return None
        said, self._rest = framed.take(self._rest + data)
        return [marshal.loads(each) for each in said]

    def end(self) -> int:
        """Wait until it ends; its exit status, as `os.waitstatus_to_exitcode` gives it."""
        os.close(self.reader)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def kill(self) -> None:
        """End it by SIGKILL."""
        os.kill(self.pid, signal.SIGKILL)
        self.end()


def _fork() -> int:
    """Fork this process; 0 in the child."""
    if not forking.why_not() and current_session() is None:
        return forking.fork()
    # The slow way.  Python's own functions run: after a fork with other threads they release the
    # locks that those held, and they let a session know that it must leave the child alone.
    with warnings.catch_warnings():  # Python warns of forks beside threads
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _be_child(reader: int, writer: int, work: Work) -> None:
    """Do a child's work and end it; never returns."""
    status = 1
    try:
        os.close(reader)

        def say(what: Said) -> None:
            framed.write(writer, marshal.dumps(what))

        try:
            # Ctrl-C at the terminal must reach only the parent, which then ends its children.
            os.setpgid(0, 0)
            work(say)
            status = 0
        except OSError:
            pass  # the parent has ended
        except BaseException as error:
            say(("bug", "".join(traceback.format_exception(error))))
    finally:
        os._exit(status)  # noqa: SLF001 - documented


class Output:
    """A file in place of the standard streams, for what the program writes in one schedule."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()
        for descriptor in {1, 2, *_descriptors_of_streams()}:
            os.dup2(self._file.fileno(), descriptor)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)

    def take(self) -> str:
        """The end of what was written since the last call."""
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
    """The descriptors of the streams that now are `sys.stdout` and `sys.stderr`."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # it may be any object
            yield stream.fileno()


class Chance:
    """The state of `random`, which Python seeds anew in a fork."""

    def __init__(self) -> None:
        self._module: Any = sys.modules.get("random")
        self._state = None if self._module is None else self._module.getstate()

    def restore(self) -> None:
        """Let the program draw the same numbers as without a fork."""
        if self._module is not None:
            self._module.setstate(self._state)


def get_ready() -> None:
    """Let the garbage collector run only when called, and skip all objects that exist now."""
    gc.disable()
    gc.freeze()


def answer_of(child: Child) -> Said:
    """Wait until a child ends; the one value that it has sent, or ``("died", status)``."""
    said: list[Said] = []
    while (more := child.hear()) is not None:
        said += more
    status = child.end()
    return said[0] if said else ("died", status)

"""The standard streams are the program's: closed, replaced or broken, as it pleases.

Owns: passing on what the program has printed, writing to a stream of its, a sentence of ours where
there is no front end, a line of its that is unfinished, duplicates of its descriptors that lie
out of its way, and where its streams led before its first line.
Does not own: other text of ours and its order (frontends), undoing what typed code does to the
streams (engine.process.standard_streams).

Light on purpose: the command line needs it before anything else is imported.
"""

from __future__ import annotations

from stepdbg.model.standard import os, sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TextIO

NO_CODES = ("", "dumb", "unknown")
"""Names of terminals that understand no escape codes, perhaps not even a return."""

_ERROR_OUTPUT = 2

_FIRST_DESCRIPTOR = 100
"""The program must find the descriptor numbers that it would find without us, so ours lie high."""


def flush() -> None:
    """Pass on what the program has printed and Python still holds.

    A stream may be closed, missing or any object of the program's, whose failures are not ours.

    Raises:
        BaseException: what a signal handler of the program has raised meanwhile; by then every
            stream has had its turn.
    """
    # a program may delete any of them
    out, err = getattr(sys, "stdout", None), getattr(sys, "stderr", None)
    first_out, first_err = getattr(sys, "__stdout__", None), getattr(sys, "__stderr__", None)
    replaced = out is not first_out or err is not first_err
    raised: BaseException | None = None
    for stream in (out, err, first_out, first_err) if replaced else (out, err):
        try:
            if stream is not None:
                stream.flush()
        except BaseException as error:
            if _is_of_a_signal(error):
                raised = error
    if raised is not None:
        raise raised


def write(stream: TextIO | None, text: str) -> bool:
    """Write to a stream that the program may have closed or replaced; whether that worked.

    Only a SystemExit, a KeyboardInterrupt or the like of a signal handler gets out.
    """
    if stream is None:
        return False
    try:
        stream.write(text)
        stream.flush()
    except BaseException as error:
        if not isinstance(error, Exception) and _is_of_a_signal(error):
            raise
        return False
    return True


def tell(sentence: str) -> None:
    """Write one line of ours on the standard error stream, if there still is one."""
    tell_lines(f"stepdbg: {sentence}\n")


def tell_lines(text: str) -> None:
    """Write lines of ours where standard error led at the start, if anything is there still."""
    number = at_first(_ERROR_OUTPUT)
    if number == _ERROR_OUTPUT:
        write_lines(sys.__stderr__, text)
        return
    try:
        os.write(number, (line_start(number) + text).encode("utf-8", "backslashreplace"))
    except OSError:
        return  # nobody reads it any more


def write_lines(stream: TextIO | None, text: str) -> bool:
    """As `write`, where a terminal is on lines of their own; whether that worked."""
    try:
        begins = "" if stream is None else line_start(stream.fileno())
        if begins:
            flush()  # what the program has left unfinished
    except BaseException as error:
        if not isinstance(error, Exception) and _is_of_a_signal(error):
            raise
        begins = ""  # closed, or put in its place by the program
    return write(stream, begins + text)


def line_start(descriptor: int) -> str:
    """What leads to the beginning of a line where a terminal is; empty anywhere else.

    The program may have left a line unfinished, which no line of ours is to continue.  Nobody
    can tell: where the cursor stands only the terminal knows, whose answer would come among the
    keys.  So there are blanks for a whole line, as zsh does it: they go on to the next line
    where one was unfinished, and stay where none was.
    """
    try:
        columns = os.get_terminal_size(descriptor).columns
    except OSError:
        return ""
    if columns <= 0 or os.environ.get("TERM", "").lower() in NO_CODES:
        return "\n"
    erases = "" if os.environ.get("NO_COLOR") else "\x1b[K"
    return f"{' ' * columns}\r{erases}"


def lift(descriptor: int) -> int:
    """A duplicate of a descriptor, high up and not inherited by child processes.

    Raises `OSError` when the descriptor is not open, or when there are too many open ones.
    """
    try:
        from stepdbg.model.standard import (
            fcntl,  # a front end has imported it; a program without Trio must not pay for it
        )
    except ImportError:  # not on Windows
        return os.dup(descriptor)
    try:
        return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _FIRST_DESCRIPTOR)
    except OSError:  # a low RLIMIT_NOFILE: any number is better than none
        return os.dup(descriptor)


class Told:
    """A descriptor of ours that a program may close, and of which it knows nothing.

    Daemons close every descriptor that they do not know; something of the program's may lie under
    the number then.  So it is told by device and inode.

    number: which one it is, as long as it `is_ours`.
    told: what it leads to, as by the function `leads_to`.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.told: Final = leads_to(number)

    def is_ours(self) -> bool:
        """Whether it leads where it led when it was made."""
        return self.told is not None and leads_to(self.number) == self.told

    def close(self) -> None:
        """Give it back, unless the program has done so."""
        if self.is_ours():
            os.close(self.number)


class Lifted(Told):
    """A duplicate of a descriptor that is made once more after the program has closed it.

    That works as long as the descriptor that it was made of leads there, and for a file or a
    terminal that is written at its end.
    """

    def __init__(self, descriptor: int) -> None:
        """Raises `OSError`, as `lift` does."""
        super().__init__(lift(descriptor))
        self._made_of: Final = descriptor
        self._path: Final = _path_of(self.number)

    def leads_there(self) -> bool:
        """Whether it is ours, after it has been made once more at need."""
        if self.told is None or self.is_ours():
            return self.told is not None
        try:
            if leads_to(self._made_of) == self.told:
                self.number = lift(self._made_of)
            elif self._path:
                self.number = _opened_again(self._path)
        except OSError:  # the limit is lower now, or the file has gone
            return False
        return self.is_ours()


def _path_of(descriptor: int) -> str:
    """Where a file or a terminal lies that is written at its end; empty for anything else."""
    try:
        from stepdbg.model.standard import fcntl, stat

        mode = os.fstat(descriptor).st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISCHR(mode)):
            return ""
        if not fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_APPEND:
            return ""
        return os.readlink(f"/proc/self/fd/{descriptor}")
    except (ImportError, OSError):  # another system than Linux
        return ""


def _opened_again(path: str) -> int:
    low = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        return lift(low)
    finally:
        os.close(low)


_held: dict[int, Lifted] = {}
"""By standard descriptor, what it led to before the program's first line."""


def hold(descriptor: int = _ERROR_OUTPUT) -> None:
    """Remember where a standard descriptor leads, before the program can let it lead elsewhere.

    Test runners put a file in its place to capture what a test writes.  Text of ours in there
    would be compared with what the test expects, and the user would not see it.
    """
    try:
        _held[descriptor] = Lifted(descriptor)
    except OSError:
        return  # it is closed: nobody can read there


def at_first(descriptor: int) -> int:
    """The descriptor that leads where a standard one led when it was held.

    That is the standard one itself as long as it leads there, or if nobody has held it.
    """
    held = _held.get(descriptor)
    if held is None or leads_to(descriptor) == held.told or not held.leads_there():
        return descriptor
    return held.number


def leads_to(descriptor: int) -> tuple[int, int] | None:
    """By what the object behind a descriptor is told: device and inode.  None: it is closed."""
    try:
        found = os.fstat(descriptor)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _is_of_a_signal(error: BaseException) -> bool:
    """Whether a signal handler of the program has raised an exception.

    Nothing is imported to find out, at a time when that may fail: it is there with the engine.
    """
    signalled = sys.modules.get(f"{__package__}.signalled")
    if signalled is None:
        return not isinstance(error, Exception)
    return bool(signalled.comes_from_signal(error))

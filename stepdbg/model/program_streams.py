"""The standard streams belong to the program, which may close, replace or break them.

Owns: flushing what the program has printed, writing to one of its streams, writing a sentence of
stepdbg's when there is no front end, starting a new line after an unfinished one, duplicates of
the program's descriptors with numbers that it does not use, and where its streams led before its
first line.
Does not own: other text of stepdbg's and its order (frontends), undoing what typed code does to the
streams (engine.process.standard_streams).

Light on purpose: the command line needs it before anything else is imported.
"""

from __future__ import annotations

from stepdbg.model.standard import os, sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TextIO

NO_CODES = ("", "dumb", "unknown")
"""Names of terminals that understand no escape codes, and perhaps not even a return."""

_ERROR_OUTPUT = 2

_FIRST_DESCRIPTOR = 100
"""The lowest descriptor for stepdbg: the program must get the numbers that it would get alone."""


def flush() -> None:
    """Flush what the program has printed and Python still holds.

    A stream may be closed, missing or any object of the program's, so its errors are ignored.

    Raises:
        BaseException: what a signal handler of the program has raised meanwhile; it is raised
            after both streams were flushed.
    """
    # A program may delete either of them.
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
    """Write to a stream that the program may have closed or replaced; return whether that worked.

    It raises only what a signal handler raises, such as SystemExit or KeyboardInterrupt.
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
    """Write one line of stepdbg's on the standard error stream, if there still is one."""
    tell_lines(f"stepdbg: {sentence}\n")


def tell_lines(text: str) -> None:
    """Write lines of stepdbg's where standard error led at the start, if that still exists."""
    number = at_first(_ERROR_OUTPUT)
    if number == _ERROR_OUTPUT:
        write_lines(sys.__stderr__, text)
        return
    try:
        os.write(number, (line_start(number) + text).encode("utf-8", "backslashreplace"))
    except OSError:
        return  # nobody reads it any more


def write_lines(stream: TextIO | None, text: str) -> bool:
    """As `write`, but on a terminal start on a new line; return whether that worked."""
    try:
        begins = "" if stream is None else line_start(stream.fileno())
        if begins:
            flush()  # the program's unfinished line comes first
    except BaseException as error:
        if not isinstance(error, Exception) and _is_of_a_signal(error):
            raise
        begins = ""  # the stream is closed, or an object of the program's
    return write(stream, begins + text)


def line_start(descriptor: int) -> str:
    """The text that moves a terminal to the beginning of a line; empty for anything else.

    The program may have left a line unfinished, and stepdbg's text must not continue it.  Only
    the terminal knows where the cursor is, and its answer would arrive among the user's keys.
    So stepdbg writes a whole line of blanks, as zsh does: they wrap to the next line if a line
    was unfinished, and stay on this line if none was.
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
    """Duplicate a descriptor to a high number that child processes do not inherit.

    Raises `OSError` when the descriptor is not open, or when there are too many open ones.
    """
    try:
        from stepdbg.model.standard import (
            fcntl,  # imported here, so that a program without Trio does not pay for it
        )
    except ImportError:  # not on Windows
        return os.dup(descriptor)
    try:
        number = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _FIRST_DESCRIPTOR)
    except OSError:  # a low RLIMIT_NOFILE: any number is better than none
        number = os.dup(descriptor)
    _lifted[number] = leads_to(number)
    return number


_lifted: dict[int, tuple[int, int] | None] = {}
"""By number, where each duplicate led when it was made.  Some of them are closed by now."""


def close_lifted() -> None:
    """Close all duplicates, in a forked child that stepdbg leaves.

    A child that becomes a daemon closes the descriptors it knows.  If it kept ours, those that read
    the other end of a pipe would not see its end before the daemon's.
    """
    while _lifted:
        number, led_to = _lifted.popitem()
        if led_to is not None and leads_to(number) == led_to:
            os.close(number)


class OwnDescriptor:
    """A descriptor of stepdbg's, which the program may close without knowing of it.

    Daemons close every descriptor that they do not know, and the program may then open something
    else under this number.  So stepdbg recognises it by device and inode.

    number: its number, valid as long as it `is_ours`.
    led_to: the device and inode to which it led when it was made, from the function `leads_to`.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.led_to: Final = leads_to(number)

    def is_ours(self) -> bool:
        """Whether it leads where it led when it was made."""
        return self.led_to is not None and leads_to(self.number) == self.led_to

    def close(self) -> None:
        """Close it, unless the program has done so."""
        if self.is_ours():
            os.close(self.number)


class Lifted(OwnDescriptor):
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
        """Whether it leads to the original object, after making it once more if necessary."""
        if self.led_to is None or self.is_ours():
            return self.led_to is not None
        try:
            if leads_to(self._made_of) == self.led_to:
                self.number = lift(self._made_of)
            elif self._path:
                self.number = _opened_again(self._path)
        except OSError:  # the limit is lower now, or the file has gone
            return False
        return self.is_ours()


class ProgramDescriptor:
    """A descriptor of the program's, which is sought when it is needed.

    For the ends of pipes and sockets: a duplicate would keep such an end open after the program has
    closed it, and the process at the other end would wait for more.  Code that lets a descriptor
    lead elsewhere for a while, such as pytest's capture, keeps a duplicate to restore it from.

    number: its number, valid after `leads_there` has returned True.
    led_to: the device and inode to which it led at the start, from the function `leads_to`.
    """

    def __init__(self, descriptor: int) -> None:
        """Raises `OSError` if it is closed."""
        self.number = descriptor
        self.led_to: Final = leads_to(descriptor)
        self._access: Final = access_of(descriptor)

    def leads_there(self) -> bool:
        """Whether a descriptor of this process leads there; then `number` is that descriptor."""
        if leads_to(self.number) == self.led_to:
            return True
        for number in open_descriptors():
            if leads_to(number) == self.led_to and access_of(number) == self._access:
                self.number = number
                return True
        return False


def kept(descriptor: int) -> Lifted | ProgramDescriptor:
    """What finds the place where a standard stream leads now after the program has redirected it.

    Raises `OSError` if it is closed.
    """
    from stepdbg.model.standard import stat

    mode = os.fstat(descriptor).st_mode
    is_end = stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)
    return ProgramDescriptor(descriptor) if is_end else Lifted(descriptor)


def access_of(descriptor: int) -> int:
    """Whether a descriptor can be read or written: ``O_RDONLY``, ``O_WRONLY`` or ``O_RDWR``.

    Raises `OSError` if it is closed.
    """
    from stepdbg.model.standard import fcntl

    return fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE


def open_descriptors() -> list[int]:
    """The numbers of all descriptors of the process, and that of the look itself."""
    return sorted(map(int, os.listdir("/dev/fd")))


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


_held: dict[int, Lifted | ProgramDescriptor] = {}
"""By standard descriptor, what it led to before the program's first line."""


def hold(descriptor: int = _ERROR_OUTPUT) -> None:
    """Remember where a standard descriptor leads, before the program can let it lead elsewhere.

    Test runners put a file in its place to capture what a test writes.  Text of ours in there
    would be compared with what the test expects, and the user would not see it.
    """
    try:
        # Text of ours goes to standard error, so we need that end of a pipe ourselves.
        _held[descriptor] = (Lifted if descriptor == _ERROR_OUTPUT else kept)(descriptor)
    except OSError:
        return  # it is closed: nobody can read there


def at_first(descriptor: int) -> int:
    """The descriptor that leads where a standard one led when it was held.

    That is the standard one itself as long as it leads there, or if nobody has held it.
    """
    held = _held.get(descriptor)
    if held is None or leads_to(descriptor) == held.led_to or not held.leads_there():
        return descriptor
    return held.number


def let_lead_as_at_first() -> None:
    """Let each held standard descriptor lead where it led then, for a process that starts anew."""
    for standard in _held:
        number = at_first(standard)
        if number != standard:
            os.dup2(number, standard)


def leads_to(descriptor: int) -> tuple[int, int] | None:
    """Device and inode of the object to which a descriptor leads; None if it is closed."""
    try:
        found = os.fstat(descriptor)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _is_of_a_signal(error: BaseException) -> bool:
    """Whether a signal handler of the program has raised an exception.

    This imports nothing, as an import may fail at this time: the engine has imported the module.
    """
    signalled = sys.modules.get(f"{__package__}.signalled")
    if signalled is None:
        return not isinstance(error, Exception)
    return bool(signalled.comes_from_signal(error))

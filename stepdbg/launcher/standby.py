"""Signals that make a process show its tasks, though it was started without stepdbg.

Owns: the handlers of the two signals, and giving them back.
Does not own: the text (telling), dump files (dumping), looking (engine.running.onlooking).

A signal is handled between two instructions of the main thread, also while Trio waits for
I/O and while a task does not yield.  If it arrives in the middle of Trio's own code, a run may
be half changed.  Then stepdbg looks only when Trio's loop comes round, by the one function of
Trio that is made for signal handlers.  Everything that looking needs has been imported before.
"""

from __future__ import annotations

from functools import partial

from stepdbg.model.errors import BadUsage
from stepdbg.model.program_streams import line_start
from stepdbg.model.standard import os, signal, sys, threading, time

from .import_hook import call_after_import
from .program_time import hold_time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from stepdbg.engine.running.onlooking import Sight
    from stepdbg.engine.running.session import Session

    Handler = Callable[[int, FrameType | None], object] | int | None


class StandBy:
    """The signals of this process that stepdbg answers to.

    Args:
        session: gives the session that debugs this process, if there is one.
    """

    def __init__(self, session: Callable[[], Session | None]) -> None:
        self._session = session
        self._before: dict[int, Handler] = {}
        self._ours: dict[int, Handler] = {}
        self._busy = False
        self._asked: dict[int, Callable[[], None]] = {}
        self._dumps = 0

    def answer(self, tree: int | str | None, dump: int | str | None, path: str) -> None:
        """Answer to these signals from now on, and to no others.

        Args:
            tree: the signal that prints the tree, as a number or a name; None for none.  A default
                signal that this platform lacks counts as None.
            dump: the signal that writes a dump, likewise.
            path: where the dump goes, see `filled_in`.

        Raises:
            BadUsage: there is no such signal, or this is not the main thread.
        """
        wanted: list[tuple[int | None, Callable[[], None]]] = [
            (_number(tree), self._print),
            (_number(dump), partial(self._dump, path)),
        ]
        numbers = [number for number, _ in wanted if number is not None]
        if numbers and threading.get_ident() != threading.main_thread().ident:
            raise BadUsage(
                "call install() on the main thread: Python lets no other thread set signal handlers"
            )
        if len(set(numbers)) < len(numbers):
            raise BadUsage("the tree and the dump need a signal each")
        self.leave()
        for number, work in wanted:
            if number is not None:
                self._take(number, work)
        if numbers:
            call_after_import(_get_ready)

    def leave(self) -> None:
        """Put the program's handlers back, except where it has set others meanwhile."""
        if self._ours and threading.get_ident() != threading.main_thread().ident:
            raise BadUsage("call uninstall() on the main thread, as you call install()")
        for number, ours in self._ours.items():
            if signal.getsignal(number) is ours:
                signal.signal(number, self._before[number])
        self._ours, self._before = {}, {}

    def _take(self, number: int, work: Callable[[], None]) -> None:
        def handler(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler
            self._handle(signum, work)

        before = signal.signal(number, handler)
        # None: C code has set the handler, and Python cannot put it back.
        self._before[number] = signal.SIG_DFL if before is None else before
        self._ours[number] = handler

    def _handle(self, number: int, work: Callable[[], None]) -> None:
        self._asked[number] = work
        # A second signal may interrupt the answer to the first.  It is answered right after that,
        # and only once if it was sent several times.  The loop looks at `_asked` again after
        # `_busy` is down, since this handler may run between any two of its own instructions.
        while self._asked and not self._busy:
            self._busy = True
            try:
                self._answer_one()
            finally:
                self._busy = False

    def _answer_one(self) -> None:
        since = time.perf_counter()
        if not self._asked:  # another call of the handler answered it just before `_busy` went up
            return
        _, work = self._asked.popitem()
        try:
            with hold_time(since, self._session):
                work()
        except Exception as error:
            say(f"stepdbg could not look: {type(error).__name__}: {error}\n")

    def _print(self) -> None:
        sights = self._sights()
        if not sights:
            _say_nothing_there()
        for sight in sights:
            self._once_safe(sight, partial(self._print_one, sight))

    def _print_one(self, sight: Sight) -> None:
        from .telling import page_of

        say(f"stepdbg: process {os.getpid()}, {time.strftime('%H:%M:%S')}\n")
        say(page_of(sight.inspector))

    def _dump(self, pattern: str) -> None:
        sights = self._sights()
        if not sights:
            _say_nothing_there()
            return
        self._once_safe(sights[0], partial(self._write_dump, sights[0], pattern))

    def _write_dump(self, sight: Sight, pattern: str) -> None:
        from . import dumping

        self._dumps += 1
        path = filled_in(pattern, self._dumps)
        size = dumping.write(sight.inspector, path)
        say(f"stepdbg: {os.path.abspath(path)}: a dump of {size:,} bytes; --open shows it\n")

    def _sights(self) -> list[Sight]:
        if "trio" not in sys.modules:
            return []
        from stepdbg.engine.running.onlooking import runs_in_sight

        return runs_in_sight(self._session())

    def _once_safe(self, sight: Sight, work: Callable[[], None]) -> None:
        if sight.safe:
            work()
        else:
            sight.soon(partial(self._later, work))

    def _later(self, work: Callable[[], None]) -> None:
        try:
            with hold_time(time.perf_counter(), self._session):
                work()
        except Exception as error:  # Trio's loop is the caller
            say(f"stepdbg could not look: {type(error).__name__}: {error}\n")


def filled_in(pattern: str, count: int) -> str:
    """A file's name from its pattern: ``{pid}``, ``{time}`` and ``{count}`` are filled in."""
    pattern = pattern.replace("{pid}", str(os.getpid())).replace("{count}", str(count))
    return pattern.replace("{time}", time.strftime("%Y%m%d-%H%M%S"))


def _number(wanted: int | str | None) -> int | None:
    if wanted is None or (isinstance(wanted, str) and wanted in _USUAL - set(dir(signal))):
        return None
    try:
        return int(signal.Signals[wanted] if isinstance(wanted, str) else signal.Signals(wanted))
    except (KeyError, ValueError):
        raise BadUsage(f"there is no signal {wanted}; say SIGUSR1, for example") from None


_USUAL = frozenset(("SIGUSR1", "SIGUSR2"))
"""The default signals.  Windows lacks them, and there stepdbg ignores them without a message."""


def _get_ready() -> None:
    """Import what a look needs: a handler may come at any moment, even during an import."""
    if "trio._core._run" not in sys.modules:
        return  # the program has a module of its own that is called trio
    try:
        import stepdbg.archive.writing
        import stepdbg.engine.running.onlooking
        import stepdbg.launcher.overview
        import stepdbg.render.text  # noqa: F401 - loaded for later
    except ImportError as error:
        say(f"stepdbg: this version of Trio cannot be looked at: {error}\n")


def _say_nothing_there() -> None:
    from .telling import NO_RUN

    say(f"stepdbg: {NO_RUN}\n")


def say(text: str) -> None:
    """Write to standard error past the buffer of the stream.

    The signal may have interrupted the program while it was writing to that stream, and the stream
    does not allow a second write inside the first.
    """
    stream = sys.stderr
    if stream is None:
        return
    try:
        descriptor = stream.fileno()
    except (OSError, ValueError, AttributeError):
        stream.write(text)  # the program has put in something else, such as a StringIO
        return
    rest = (line_start(descriptor) + text).encode(stream.encoding or "utf-8", "backslashreplace")
    while rest:
        try:
            rest = rest[os.write(descriptor, rest) :]
        except OSError:  # nobody listens
            return

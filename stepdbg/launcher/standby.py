"""Standing by in a program that was not started under stepdbg: signals that make it tell.

Owns: the handlers of the two signals, and giving them back.
Does not own: what is told (telling), dump files (dumping), who looks (engine.running.onlooking).

A signal is handled between two instructions of the main thread, also while Trio waits for
I/O and while a task does not yield.  When it comes in the middle of Trio's own code, a run may
be half changed: then the look is put off until Trio's loop gets round to it, by the one call
of Trio that is made for signal handlers.  What a look needs has been imported before.
"""

from __future__ import annotations

from functools import partial

from stepdbg.model.errors import BadUsage
from stepdbg.model.program_streams import line_start
from stepdbg.model.standard import os, signal, sys, threading, time

from .import_hook import call_after_import
from .no_time import costs_no_time

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
            tree: prints the tree.  dump: writes a dump to `path`.  Numbers or names; None, or
                a usual signal that this platform lacks: not at all.

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
        """Give the signals back, except those that the program has taken meanwhile."""
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
        # None: set by C code, and cannot be put back.
        self._before[number] = signal.SIG_DFL if before is None else before
        self._ours[number] = handler

    def _handle(self, number: int, work: Callable[[], None]) -> None:
        self._asked[number] = work
        # A signal that comes while another one is answered interrupts the answer: its own comes
        # right after that, once however often it was sent.  The loop looks again after the flag
        # is down, since the handler may run between any two instructions of this one.
        while self._asked and not self._busy:
            self._busy = True
            try:
                self._answer_one()
            finally:
                self._busy = False

    def _answer_one(self) -> None:
        since = time.perf_counter()
        if not self._asked:  # answered just before the flag went up
            return
        _, work = self._asked.popitem()
        try:
            with costs_no_time(since, self._session):
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
            with costs_no_time(time.perf_counter(), self._session):
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
"""Default signals, which stepdbg ignores without a message on Windows, which has none."""


def _get_ready() -> None:
    """Import what a look needs: a handler may come at any moment, even during an import."""
    if "trio._core._run" not in sys.modules:
        return  # a module of the program's own that is called trio
    try:
        import stepdbg.archive.writing
        import stepdbg.engine.running.onlooking
        import stepdbg.launcher.overview
        import stepdbg.render.text  # noqa: F401 - for their being there
    except ImportError as error:
        say(f"stepdbg: this version of Trio cannot be looked at: {error}\n")


def _say_nothing_there() -> None:
    from .telling import NO_RUN

    say(f"stepdbg: {NO_RUN}\n")


def say(text: str) -> None:
    """Write to the standard error stream without a buffer: the program may be in the middle of
    writing to its own, and must not be met there.
    """
    stream = sys.stderr
    if stream is None:
        return
    try:
        descriptor = stream.fileno()
    except (OSError, ValueError, AttributeError):
        stream.write(text)  # something of the program's own, such as a StringIO
        return
    rest = (line_start(descriptor) + text).encode(stream.encoding or "utf-8", "backslashreplace")
    while rest:
        try:
            rest = rest[os.write(descriptor, rest) :]
        except OSError:  # nobody listens
            return

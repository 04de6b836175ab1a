"""Python's threads, read without side effects, and calls on the main thread.

Owns: `current_frames`, a safe `sys._current_frames` without stepdbg's frames, and whether it has
all threads; `stack_of`, where another thread is; the name of the calling thread, and whether it is
the main one; calls on the main thread that another thread asks for.
Does not own: what the frames are used for; what is called (engine.noticing.ctrl_c).

`threading.current_thread()` adds a thread that `threading` has not started to its list, where the
program would find it.  If that thread lives until the interpreter ends, Python complains.

Only the main thread may set signal handlers (`signal.signal`), and it may wait for a lock until the
program ends.  A signal with a handler wakes it: Python runs the handler and then waits on (PEP 475,
and the same for locks).  The signal is SIGURG, which does nothing without a handler.  Hardly any
program has a handler for it; if a program has one, it keeps it.
"""

from __future__ import annotations

from _signal import SIG_DFL, SIGURG, pthread_kill  # type: ignore[import-not-found]  # has no stub
from _signal import getsignal as _getsignal
from _signal import signal as _set_signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from operator import attrgetter, call, truth
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any, Final

from stepdbg.model.ours import is_ours
from stepdbg.model.records import NamedTuple
from stepdbg.model.standard import _thread, gc, itertools, os, sys, threading, time

from .guard import report_bug

if TYPE_CHECKING:
    from stepdbg.model.protocols import FrontEnd

_asked: deque[Callable[[], object]] = deque()
"""What the main thread must still call."""

_READERS: Final = {1: sys._current_frames}  # noqa: SLF001 - documented, CPython only
"""What reads the frames of all threads, by the number of interpreters."""

_working = _thread.allocate_lock()
"""Held while one of these calls runs."""


def current_frames() -> dict[int, FrameType]:
    """The innermost frame of each thread by its ident, at this moment.

    While there are other interpreters in this process, it has only the calling thread; see
    `can_read_others`.

    For the calling thread, it is the innermost frame that is not stepdbg's.  The caller keeps the
    result in a variable, and a frame in one of its own variables is a reference cycle, which keeps
    all its callers alive.

    Making the frame objects can start the garbage collector, and a finalizer can wait for the very
    lock that is held here: CPython before 3.11.8 and 3.12.2 then hangs for ever (gh-106883).  So
    the collector is off meanwhile.
    """
    with _without_collector():
        found = next(_frames_of_threads())
    found.pop(threading.get_ident(), None)
    outside = sys._getframe().f_back  # noqa: SLF001 - documented, CPython only
    while outside is not None and is_ours(outside.f_code.co_filename):
        outside = outside.f_back
    if outside is not None:
        found[threading.get_ident()] = outside
    return found


def can_read_others() -> bool:
    """Whether the frames of other threads can be read; not while there are other interpreters.

    `sys._current_frames` makes frame objects for the threads of all interpreters.  From Python 3.12
    on, the others may have their own GIL and their own memory, so they go on meanwhile and later
    free what is not theirs: the process dies ("free(): invalid pointer").
    """
    return len(_lister()()) == 1


class FrameLine(NamedTuple):
    """A frame's code and current line, under the names that they have in a frame."""

    f_code: CodeType
    f_lineno: int | None


def stack_of(ident: int) -> list[FrameLine]:
    """The line of each frame of another thread, innermost first; empty if there is no such thread.

    A frame object keeps the variables of its frame alive, even after the frame has returned.  The
    program could notice that, because a failure that it has handled would live on.  So this thread
    holds frame objects only inside one call of `list`, which runs functions in C and no Python
    code.  It keeps the GIL meanwhile, and no frame can return.
    """
    tops: Iterator[Any] = map(dict.get, _frames_of_threads(), (ident,))
    outwards = itertools.accumulate(itertools.chain(tops, itertools.repeat("f_back")), getattr)
    lines = map(attrgetter("f_code", "f_lineno"), itertools.takewhile(truth, outwards))
    with _without_collector():
        found = list(lines)
    return list(itertools.starmap(FrameLine, found))


def _frames_of_threads() -> Iterator[dict[int, FrameType]]:
    """Gives `sys._current_frames` once, or nothing while there are other interpreters.

    No Python code runs between looking and reading, only functions in C.  So this thread keeps the
    GIL, which another thread would need to make an interpreter.
    """
    how_many = map(len, map(call, (_lister(),)))
    return map(call, map(_READERS.get, how_many, (dict,)))


class _without_collector:  # noqa: N801 - used like a function; a generator would raise StopIteration
    """Switch the garbage collector off in the block: see `current_frames`."""

    __slots__ = ("_was_on",)

    def __enter__(self) -> None:
        self._was_on = gc.isenabled()
        gc.disable()

    def __exit__(self, *_: object) -> None:
        if self._was_on:
            gc.enable()


def _only_this() -> tuple[int, ...]:
    return (0,)


@cache
def _lister() -> Callable[[], Sequence[object]]:
    """CPython's function that lists the interpreters of this process, where that matters."""
    try:
        if sys.version_info >= (3, 13):
            from _interpreters import list_all
        elif sys.version_info >= (3, 12):
            from _xxsubinterpreters import list_all  # type: ignore[import-not-found]
        else:  # all interpreters share one GIL and their memory
            return _only_this
    except ImportError:  # an interpreter built without it
        return _only_this
    found: Callable[[], Sequence[object]] = list_all
    return found


def name_of(ident: int) -> str:
    """The name that `threading` has for a thread; its number if it has none."""
    main = threading.main_thread()
    if ident == main.ident:
        return main.name
    known = (each.name for each in threading.enumerate() if each.ident == ident)
    return next(known, str(ident))


def name_here() -> str:
    """The name of the calling thread, see `name_of`."""
    return name_of(threading.get_ident())


def is_main_here() -> bool:
    """Whether the calling thread is the main one."""
    return threading.get_ident() == threading.main_thread().ident


def _answer(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler
    """Make the calls that were asked for.  The program is the caller, at any of its lines."""
    _work_off()


def _work_off() -> None:
    """Make the calls that were asked for, one by one.  Called on the main thread.

    A second signal can interrupt the work for the first one, which would then go on with what it
    knew before.  So the work for the second signal is left to the loop that already runs: it
    releases the lock before it looks whether there is more.
    """
    while _asked and _working.acquire(blocking=False):
        try:
            _asked.popleft()()
        except Exception as error:
            report_bug(error, "working on the main thread", "your program goes on")
        finally:
            _working.release()


def wakes(handler: object) -> bool:
    """Whether a handler of SIGURG is this module's, which lets a wait be interrupted."""
    return handler is _answer


def listen(front_end: FrontEnd) -> None:
    """Answer the signal from now on, if this front end takes Ctrl-C: only that asks for calls.

    Does nothing on other threads, or if the program has a handler.
    """
    if front_end.takes_ctrl_c and is_main_here() and _getsignal(SIGURG) == SIG_DFL:
        _set_signal(SIGURG, _answer)


def stop_listening() -> None:
    """Give the signal back, after the calls that were asked for so far."""
    ask(_give_signal_back)


def _give_signal_back() -> None:
    if _getsignal(SIGURG) is _answer:
        _set_signal(SIGURG, SIG_DFL)


def ask(work: Callable[[], object], *, patience: float = 0.0) -> None:
    """Call something on the main thread as soon as it runs Python code or waits.

    Does nothing if `listen` was not called.

    Args:
        patience: the seconds to wait until that is done.  If several signals are pending, Python
            handles the lowest number first, so a later SIGINT can overtake this one.
    """
    if is_main_here():
        _asked.append(work)
        _work_off()
    elif _getsignal(SIGURG) is _answer:
        done = _thread.allocate_lock()
        done.acquire()
        _asked.extend((work, done.release))
        pthread_kill(threading.main_thread().ident, SIGURG)
        if patience:
            done.acquire(timeout=patience)


def wait_until_gone(native: int) -> None:
    """Wait until the kernel has removed a thread that has nothing more to do.

    Args:
        native: the kernel's number for it (`_thread.get_native_id`).
    """
    for _ in range(100):
        if not os.path.exists(f"/proc/self/task/{native}"):
            return
        time.sleep(0.0005)

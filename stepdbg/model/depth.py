"""How many frames are left until the recursion limit, and how stepdbg gets more of them.

Owns: `with_room`, which raises the limit of the process while stepdbg's code runs and needs more
frames than the program has left; the list of what stepdbg could not do because too few frames
were left, and its sentence.
Does not own: the work itself (its callers), when the user sees the list (engine.stopping.held).

All threads share one limit.  So stepdbg raises it only after a RecursionError in its own code, and
restores the program's limit before the program goes on.  CPython refuses to set a limit from a
frame that would lie beyond it.  So the frame that raises the limit has to fit below it, with one
frame to spare.

Light on purpose: everything may import it.
"""

from __future__ import annotations

import sys
from _thread import RLock  # threading takes 4 ms to import
from collections import deque
from os.path import basename
from sys import _getframe, getrecursionlimit, setrecursionlimit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T")

NEEDED = 300
"""How many frames a stop needs with its prompt and with what they import."""

_MORE = 1000
"""How many frames are added, so that typed code has as many as in an ordinary program."""

TOO_LITTLE = (RecursionError, MemoryError)
"""What is raised where too few frames, or too little memory, are left."""

_MOST_NAMED = 3

_LEVELS = 1 if sys.version_info >= (3, 12) else 3
"""How many levels a frame may count: until Python 3.11 calls of C functions count as well."""

missed: deque[tuple[str, int] | str] = deque(maxlen=1000)
"""What stepdbg could not do because too few frames, or too little memory, were left.

An entry is a file and line that it could not look at, or a participle.  Appending takes no frame.
"""


def what_was_missed() -> str:
    """Return that list as a sentence and empty it; the sentence names no file and line twice."""
    found: dict[tuple[str, int] | str, int] = {}
    while missed:
        what = missed.popleft()
        found[what] = found.get(what, 0) + 1
    pieces = []
    for what, times in found.items():
        doing = what if isinstance(what, str) else f"looking at {basename(what[0])}:{what[1]}"
        pieces.append(doing if times == 1 else f"{doing} ({times} times)")
    rest = len(pieces) - _MOST_NAMED
    if rest > 0:
        pieces[_MOST_NAMED:] = [f"{rest} more"]
    why = "too few frames until the recursion limit or too little memory"
    return f"left out, with {why}: {', '.join(pieces)}"


class _Raised:
    """The limit while it is raised.  There are no methods, because each call would take a frame.

    Attributes:
        lock: held while the limit is changed.
        users: how many threads, or calls within one another, have raised it.
        before: the program's limit.
        now: stepdbg's limit; if the program sets another one meanwhile, it keeps that.
    """

    lock = RLock()
    users = 0
    before = 0
    now = 0


_raised = _Raised()


def with_room(work: Callable[[], T]) -> T:
    """Do some work with at least `NEEDED` frames to do it in.

    Returns what `work` returns, and raises what it raises.

    Raises:
        RecursionError: this function itself has too few frames.
    """
    try:  # the same test as in `is_short`, written out: the ordinary case must not cost a call
        _getframe(max(0, (getrecursionlimit() - NEEDED) // _LEVELS))
        short = is_short()
    except ValueError:
        short = False
    except RecursionError:
        short = True
    if not short:
        return work()
    setrecursionlimit(getrecursionlimit())  # raises where it could not be restored
    with _raised.lock:
        limit = getrecursionlimit()
        if _raised.users == 0 or limit != _raised.now:
            _raised.before = limit
        _raised.users += 1
    try:
        _raised.now = limit + _MORE
        setrecursionlimit(_raised.now)
        return work()
    finally:
        with _raised.lock:
            _raised.users -= 1
            if _raised.users == 0 and getrecursionlimit() == _raised.now:
                setrecursionlimit(_raised.before)


def is_short() -> bool:
    """Whether fewer than `NEEDED` frames are left to the caller."""
    try:
        _getframe(max(0, (getrecursionlimit() - NEEDED) // _LEVELS))
    except ValueError:  # the stack is far from that deep: the ordinary case, which takes 0.5 us
        return False
    except RecursionError:  # until Python 3.11 calls of C functions count
        return True
    try:
        _reach(NEEDED)
    except RecursionError:
        return True
    return False


def _reach(frames: int) -> bool:
    return frames == 0 or _reach(frames - 1)

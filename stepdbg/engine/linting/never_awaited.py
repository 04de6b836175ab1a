"""`never-awaited`: a coroutine was made and never awaited.

Owns: noticing it beside Python's own warning, with the line that made the coroutine.
Does not own: the other lints.

When such a coroutine is freed, Python calls a function of `warnings`, which may be replaced.
stepdbg's function notes the coroutine and then does what Python's does.  The line comes from origin
tracking.  If the program has not asked for that, Python's warning does not show it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from types import CoroutineType
from typing import TYPE_CHECKING, Final

from stepdbg.engine.process.guard import settle
from stepdbg.engine.stacks.frames import is_own, line_text, origin_of
from stepdbg.model.lints import Lint, LintName
from stepdbg.model.ours import is_ours
from stepdbg.model.standard import sys, threading, traceback
from stepdbg.model.task import Origin, Place

from .saying import at

_WARN: Final = "_warn_unawaited_coroutine"

_DEPTH: Final = 1
"""How many callers are kept for each coroutine; each makes every coroutine more expensive."""

if TYPE_CHECKING:
    _Coroutine = CoroutineType[object, object, object]  # only from 3.13 on at run time

_OriginEntry = tuple[str, int, str]


class _Depth(threading.local):
    """The depth of origin tracking in a thread.

    before: the program's depth.
    ours: the depth that stepdbg has set, None if it has set none.
    """

    before = 0
    ours: int | None = None


class NeverAwaited:
    """Notices coroutines that were never awaited.

    Args:
        found: called with each lint, on the thread where the coroutine was freed.
    """

    def __init__(self, found: Callable[[Lint], None]) -> None:
        self._found = found
        self._depth = _Depth()

    def begin(self) -> Callable[[], None]:
        """Notice such coroutines from now on.

        Returns:
            A function that ends this.
        """
        names = vars(warnings)
        original = names.get(_WARN)
        if original is None:
            return lambda: None
        names[_WARN] = self._warn

        def end() -> None:
            names[_WARN] = original

        return end

    def track(self, wanted: bool) -> None:
        """Switch on or off that coroutines made in this thread keep their origin."""
        depth = self._depth
        if wanted and depth.ours is None:
            depth.before = sys.get_coroutine_origin_tracking_depth()
            depth.ours = max(depth.before, _DEPTH)
            sys.set_coroutine_origin_tracking_depth(depth.ours)
        elif not wanted and depth.ours is not None:
            sys.set_coroutine_origin_tracking_depth(self._asked_for())
            depth.ours = None

    def _asked_for(self) -> int:
        """The depth of origin tracking that the program itself has asked for."""
        now = sys.get_coroutine_origin_tracking_depth()
        return self._depth.before if now == self._depth.ours else now

    def _warn(self, coro: _Coroutine) -> None:
        """Called by CPython; ``stacklevel`` counts this function as it counts the original one."""
        origin: tuple[_OriginEntry, ...] = coro.cr_origin or ()
        try:
            self._note(coro, origin)
        except Exception as error:
            settle(error, "noting a coroutine that was never awaited")
        lines = [f"coroutine '{coro.__qualname__}' was never awaited\n"]
        depth = self._asked_for()
        if depth and origin:
            lines.append("Coroutine created at (most recent call last)\n")
            lines += traceback.format_list(
                (name, line, function, line_text(name, line))
                for name, line, function in reversed(origin[:depth])
            )
        text = "".join(lines).rstrip("\n")
        warnings.warn(text, category=RuntimeWarning, stacklevel=2, source=coro)

    def _note(self, coro: _Coroutine, origin: tuple[_OriginEntry, ...]) -> None:
        place = _place(origin)
        if place is not None:
            text = (
                f"coroutine {coro.__qualname__} was made{at(place)} and never awaited; put "
                "`await` before the call"
            )
            self._found(Lint(LintName.NEVER_AWAITED, text, place))


def _place(origin: tuple[_OriginEntry, ...]) -> Place | None:
    """The own line that made a coroutine, directly or through a library."""
    for name, line, function in origin:
        if is_own(name) and not is_ours(name):
            return Place(name, line, function, origin_of(name), line_text(name, line))
        if origin_of(name) is not Origin.LIBRARY:
            return None
    return None

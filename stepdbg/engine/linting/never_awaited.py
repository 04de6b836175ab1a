"""`never-awaited`: a coroutine was made and never awaited.

Owns: noticing it beside Python's own warning, with the line that made the coroutine.
Does not own: which other lints there are.

Python tells of such a coroutine when it is freed, by a function of `warnings` that anybody
may replace.  Ours takes the note and then does what Python's does.  The line comes from
origin tracking; what of it the program has not asked for is kept out of Python's warning.
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
"""Callers that are kept for each coroutine: each costs something whenever one is made."""

if TYPE_CHECKING:
    _Coroutine = CoroutineType[object, object, object]  # only from 3.13 on at run time

_OriginEntry = tuple[str, int, str]


class _Depth(threading.local):
    """How deep origins are tracked in a thread.

    before: as the program had it.  ours: what it was set to, None while it is the program's.
    """

    before = 0
    ours: int | None = None


class NeverAwaited:
    """Notices coroutines that were never awaited.

    Args:
        found: called with each lint, from whichever thread.
    """

    def __init__(self, found: Callable[[Lint], None]) -> None:
        self._found = found
        self._depth = _Depth()

    def begin(self) -> Callable[[], None]:
        """Notice from now on.

        Returns:
            A function that ends it.
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
        """Let coroutines that are made in this thread know where that was, or not any more."""
        depth = self._depth
        if wanted and depth.ours is None:
            depth.before = sys.get_coroutine_origin_tracking_depth()
            depth.ours = max(depth.before, _DEPTH)
            sys.set_coroutine_origin_tracking_depth(depth.ours)
        elif not wanted and depth.ours is not None:
            sys.set_coroutine_origin_tracking_depth(self._asked_for())
            depth.ours = None

    def _asked_for(self) -> int:
        """How deep the program itself wants to have origins tracked."""
        now = sys.get_coroutine_origin_tracking_depth()
        return self._depth.before if now == self._depth.ours else now

    def _warn(self, coro: _Coroutine) -> None:
        """What CPython calls; ``stacklevel`` counts this function as it would count its own."""
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

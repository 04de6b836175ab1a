"""What happens to cancel scopes and nurseries, in words.

Owns: a trace's entries about them.  Does not own: lists of scopes (scopes), other entries of a
trace (history).
"""

from __future__ import annotations

from stepdbg.model.history import LogEntry, ScopeTold
from stepdbg.model.task import Place

from . import words
from .spans import EMPTY, Line, text


def cancelled(entry: LogEntry, scope: ScopeTold) -> Line:
    """``cancelled the nursery of app.py:6 at app.py:8``."""
    if entry.detail:
        return _scope(scope) + text(f" was cancelled by {entry.detail}")
    return text("cancelled ", "warn") + _scope(scope) + _at(entry.place)


def _at(where: Place | None) -> Line:
    return text(" at ") + words.place(where) if where else EMPTY


def _scope(scope: ScopeTold | None, what: str = "cancel scope") -> Line:
    """``the cancel scope of app.py:9``, or ``a cancel scope`` if its line is not known."""
    if scope is None:
        return text(f"a {what}")
    what = "nursery" if scope.nursery else what
    if scope.entered is None:
        return text(f"a {what}")
    return text(f"the {what} of ") + words.place(scope.entered)


def entered(entry: LogEntry) -> Line:
    """``entered a cancel scope at app.py:9``."""
    return text("entered a cancel scope") + _at(entry.place) + _deadline(entry)


def opened(entry: LogEntry) -> Line:
    """``opened a nursery at app.py:6``."""
    within = f" in {entry.scope.within}" if entry.scope and entry.scope.within else ""
    return text(f"opened a nursery{within}") + _at(entry.place) + _deadline(entry)


def _deadline(entry: LogEntry) -> Line:
    if entry.seconds is None:
        return EMPTY
    return text(", with a deadline in ") + words.duration(entry.seconds)


def left(entry: LogEntry) -> Line:
    """``left the cancel scope of app.py:9``."""
    return text("left ") + _scope(entry.scope)


def closed(entry: LogEntry) -> Line:
    """``closed the nursery of app.py:6``."""
    return text("closed ") + _scope(entry.scope)


def expired(entry: LogEntry) -> Line:
    """``the timeout of app.py:9 expired``."""
    return _scope(entry.scope, "timeout") + text(" expired", "warn")

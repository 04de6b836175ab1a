"""Numbers for cancel scopes.

Owns: `ScopeNumbers`.  Does not own: pictures of scopes (capture).
"""

from __future__ import annotations

import itertools
import weakref

from stepdbg._trio_internals import runs
from stepdbg.model.facts import ScopeNumber


class ScopeNumbers:
    """Hands out a number to each cancel scope the first time that it is shown."""

    def __init__(self) -> None:
        self._known: weakref.WeakKeyDictionary[runs.CancelScope, ScopeNumber]
        self._known = weakref.WeakKeyDictionary()
        self._next = itertools.count(1)

    def of(self, scope: runs.CancelScope) -> ScopeNumber:
        """The number of a scope."""
        number = self._known.get(scope)
        if number is None:
            number = self._known[scope] = ScopeNumber(next(self._next))
        return number

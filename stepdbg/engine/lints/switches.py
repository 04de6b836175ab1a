"""Which lints are on.

Owns: what the user has switched.  Does not own: what follows from it (watch).
"""

from __future__ import annotations

from collections.abc import Container
from typing import Final

from stepdbg.model.errors import BadUsage
from stepdbg.model.lints import LINTS, LintName
from stepdbg.model.settings import Setting

LINT_SETTING: Final = "lint"
_SUMMARY: Final = "lints that are off (`help lints`)"

_ALL: Final = "all"
_NAMES: Final = {str(kind.name): kind.name for kind in LINTS}


class Switches:
    """What was switched on or off.  The others are on when they cost nothing."""

    def __init__(self) -> None:
        self._switched: dict[LintName, bool] = {}
        self._on: dict[bool, frozenset[LintName]] = {}  # every stop asks

    def on(self, *, collecting: bool) -> frozenset[LintName]:
        """The lints that are on.

        Args:
            collecting: somebody collects lints, and is ready to pay for them.
        """
        found = self._on.get(collecting)
        if found is None:
            found = self._on[collecting] = frozenset(
                kind.name
                for kind in LINTS
                if self._switched.get(kind.name, collecting or not kind.costs)
            )
        return found

    def setting(self, on: Container[LintName]) -> Setting:
        """All of it, as it could be typed: those that are off."""
        off = [f"{kind.name} off" for kind in LINTS if kind.name not in on]
        return Setting(LINT_SETTING, " ".join(off) or f"{_ALL} on", _SUMMARY)

    def change(self, value: str) -> None:
        """Take in pairs of a name (or `all`) and `on` or `off`.  Raises `BadUsage`."""
        words = value.split()
        if len(words) % 2:
            raise BadUsage(f"say what to do with it: `set lint {words[-1]} on` or `off`")
        changes = {}
        for name, state in zip(words[::2], words[1::2], strict=True):
            if name not in _NAMES and name != _ALL:
                raise BadUsage(f"there is no lint `{name}`; there is {', '.join(_NAMES)}")
            if state not in ("on", "off"):
                raise BadUsage(f"a lint is on or off, not `{state}`")
            for each in _NAMES.values() if name == _ALL else (_NAMES[name],):
                changes[each] = state == "on"
        self._switched.update(changes)
        self._on.clear()

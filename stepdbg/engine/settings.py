"""The settings of a session.

Owns: which settings there are, reading and changing them.
Does not own: what they change (frames, and others).
"""

from __future__ import annotations

from collections.abc import Callable

from stepdbg.model.records import dataclass
from stepdbg.model.settings import Setting

from . import ctrl_c, frames


@dataclass(frozen=True, slots=True)
class _Kind:
    summary: str
    read: Callable[[], str]
    change: Callable[[str], None]


def _change_own(value: str) -> None:
    frames.set_own_patterns(() if value == "none" else tuple(value.split()))


_KINDS: dict[str, _Kind] = {
    "own": _Kind(
        "files and packages that count as your own code, besides those of your program",
        lambda: " ".join(frames.own_patterns()) or "none",
        _change_own,
    ),
    "ctrl-c": _Kind(
        "what Ctrl-C does while the program runs at a terminal: stop, or program (as without us)",
        ctrl_c.meaning,
        ctrl_c.change_meaning,
    ),
}


def setting(name: str) -> Setting:
    """One setting, which must be one of these."""
    kind = _KINDS[name]
    return Setting(name, kind.read(), kind.summary)


def all_settings() -> tuple[Setting, ...]:
    """All settings."""
    return tuple(setting(name) for name in _KINDS)


def change(name: str, value: str) -> Setting:
    """Change one of these settings.  Raises `BadUsage`."""
    _KINDS[name].change(value)
    return setting(name)

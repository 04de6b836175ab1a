"""Whether to record what tasks do, and how much of it to keep.

Owns: `RecordChoice`, and the settings for it.  Does not own: recording (recorder, origins).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from stepdbg.model.errors import BadUsage
from stepdbg.model.settings import Setting

if TYPE_CHECKING:
    from .run import DebuggedRun
    from .session import Session

SWITCH, SIZE = RECORD_SETTINGS = ("record", "record-size")

_SIZE = 5_000
"""How many notes a run keeps unless told otherwise; some 200 bytes each."""

_LEAST, _MOST = 10, 1_000_000


class RecordChoice:
    """What the user wants of the flight recorder, for all runs.

    Args:
        session: whose runs.
        wanted: always, never, or (None) when the front end wants it and while the user steps.

    Attributes:
        size: how many notes a run keeps.
    """

    def __init__(self, session: Session, wanted: bool | None) -> None:
        self.size = _SIZE
        self._session = session
        self._wanted = wanted

    def now(self, *, stepping: bool) -> bool:
        """Whether a run should record now."""
        if self._wanted is None:
            return stepping or self._session.front_end.wants_recorder
        return self._wanted

    def settings(self) -> tuple[Setting, ...]:
        """The settings as they are."""
        switch = "on" if self.now(stepping=False) else "off"
        return (
            Setting(SWITCH, switch, "whether what tasks do is recorded, for `log` and `why`"),
            Setting(SIZE, str(self.size), "how many of the last events of a run `log` can tell"),
        )

    def change(self, name: str, value: str) -> Setting:
        """Change one of them.  Raises `BadUsage`."""
        if name == SWITCH:
            self._switch(value)
        else:
            self._resize(value)
        return next(each for each in self.settings() if each.name == name)

    def _switch(self, value: str) -> None:
        if value not in ("on", "off"):
            raise BadUsage(f"`set {SWITCH}` takes on or off, not {value}")
        self._wanted = value == "on"
        self._session.origins.record(self._wanted)
        for run in self._session.runs.active():
            run.call_here(run.carried.arrange)

    def _resize(self, value: str) -> None:
        if not (value.isascii() and value.isdigit() and _LEAST <= int(value) <= _MOST):
            raise BadUsage(f"`set {SIZE}` takes a number from {_LEAST} to {_MOST}, not {value}")
        self.size = int(value)
        for run in self._session.runs.active():
            run.call_here(partial(self._fit, run))

    def _fit(self, run: DebuggedRun) -> None:
        if run.recorder is not None:
            run.recorder.resize(self.size)

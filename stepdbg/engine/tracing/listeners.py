"""Those that are given the notes of a recorder as they are made.

Owns: `Listeners`, of one recorder.
Does not own: making the notes (recording.recorder), or what becomes of them (trace, keeping).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from stepdbg._trio_internals import recording
from stepdbg._trio_internals.recording import Note

if TYPE_CHECKING:
    from stepdbg.engine.recording.recorded import Hears, Listener
    from stepdbg.engine.recording.recorder import Mark, Recorder


class Listeners:
    """Those of one recorder.

    Args:
        recorder: that one.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._all: tuple[Listener, ...] = ()
        self._recorder = recorder

    def _changed(self) -> None:
        """There is one more or one less."""
        if self._recorder.on:
            self._recorder.carry_hook()

    def add(self, listener: Listener) -> None:
        """From now on it is given each note that is made."""
        self._all = (*self._all, listener)
        self._changed()

    def remove(self, listener: Listener) -> None:
        """It is given no more notes."""
        self._all = tuple(each for each in self._all if each is not listener)
        self._changed()

    def take_all(self) -> None:
        """Let them work through the notes so far."""
        for listener in self._all:
            listener.take_all()

    def marked(self, mark: Mark) -> None:
        """Program time was held or changed."""
        for listener in self._all:
            listener.marked(mark)

    def hear_starts(self, hook: recording.RecordingHook) -> None:
        """Let a hook note where steps begin, if that is one listener's wish.

        Several have hooks of their own, which Trio calls one after the other.
        """
        if len(self._all) == 1 and self._all[0].take_start is not None:
            hook.started, hook.late = self._all[0].take_start, self._all[0].take_all

    def besides(self, keep: Callable[[Note], None]) -> Callable[[Note], None]:
        """A function that keeps a note and gives it to them all."""
        add = keep
        for each in self._all:
            add = each.after(add)
        return add


def listeners_of(recorder: Recorder) -> Hears:
    """Those of a recorder, made if there were never any."""
    if recorder.listeners is None:
        recorder.listeners = Listeners(recorder)
    return recorder.listeners

"""The listeners that get the notes of a recorder when they are made.

Owns: `Listeners`, those of one recorder.
Does not own: making the notes (recording.recorder), or using them (trace, keeping).
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
    """The listeners of one recorder.

    Args:
        recorder: that one.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._all: tuple[Listener, ...] = ()
        self._recorder = recorder

    def _changed(self) -> None:
        """Adapt the recorder after a listener was added or removed."""
        if self._recorder.on:
            self._recorder.carry_hook()

    def add(self, listener: Listener) -> None:
        """Give a listener each note from now on."""
        self._all = (*self._all, listener)
        self._changed()

    def remove(self, listener: Listener) -> None:
        """Give a listener no more notes."""
        self._all = tuple(each for each in self._all if each is not listener)
        self._changed()

    def take_all(self) -> None:
        """Let all listeners process the notes so far."""
        for listener in self._all:
            listener.take_all()

    def marked(self, mark: Mark) -> None:
        """Pass on that program time was held or changed."""
        for listener in self._all:
            listener.marked(mark)

    def hear_starts(self, hook: recording.RecordingHook) -> None:
        """Let a hook note where steps begin, if the only listener needs that.

        If there are several, they use hooks of their own, which Trio calls one after the other.
        """
        if len(self._all) == 1 and self._all[0].take_start is not None:
            hook.started, hook.late = self._all[0].take_start, self._all[0].take_all

    def besides(self, keep: Callable[[Note], None]) -> Callable[[Note], None]:
        """Return a function that keeps a note and gives it to all listeners."""
        add = keep
        for each in self._all:
            add = each.after(add)
        return add


def listeners_of(recorder: Recorder) -> Hears:
    """The listeners of a recorder, made at the first use."""
    if recorder.listeners is None:
        recorder.listeners = Listeners(recorder)
    return recorder.listeners

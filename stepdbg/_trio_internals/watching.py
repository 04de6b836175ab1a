"""Hearing only of the steps of some tasks, and counting those of others.

Owns: letting Trio call the hook ``before_task_step`` for the tasks that somebody waits for; the
steps of others are counted or passed over.
Does not own: which tasks those are (engine.noticing.carrying), or the hook (engine.noticing.hooks).

When Trio calls a hook, it looks the hook up, makes a list of the instruments that have it, and
calls each in a ``try`` (``Instruments.call`` in ``trio/_core/_instrumentation.py``).  That takes
longer than asking whether a task is watched.  So while we filter, the class of the run's
instruments is a subclass of ours, whose ``call`` asks first.  Its ``__contains__`` is the dict's
own, which is faster than Trio's, a function of Python.  Trio calls it three times a step (``if
"before_task_step" in runner.instruments`` and the like), which nearly pays for the question.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Any

from trio._core._instrumentation import Instruments
from trio._core._run import Runner, Task
from trio.abc import Instrument

from .recording import Recorded, set_class

_HOOK = "before_task_step"


class Passing:
    """The tasks that pass by: each further step of theirs is counted, and nothing else.

    Attributes:
        steps: how many steps there were.
        tasks: the numbers of the tasks whose steps are only counted.
    """

    __slots__ = ("steps", "tasks")

    def __init__(self) -> None:
        self.steps = 0
        self.tasks: set[int] = set()


class StepFilter:
    """Tells an instrument's steps apart, for one run.

    Args:
        ours: the instrument.
        watched: the live set of tasks whose every step is told.
    """

    def __init__(self, ours: Instrument, watched: AbstractSet[Task]) -> None:
        self._ours = ours
        self._watched = watched
        self._passing: Passing | None = None
        self._filtered: type[Instruments] | None = None

    def limit(self, runner: Runner, passing: Passing | None = None) -> None:
        """Let the hook be called for watched tasks, and for those that do not yet pass by.

        Does nothing while others have that hook (then it is called for every task), or while
        it is not carried.

        Args:
            passing: the tasks to count; None: only watched tasks are told of.
        """
        instruments = runner.instruments
        if list(instruments.data.get(_HOOK, ())) != [self._ours]:
            self.end(runner)
            return
        self._passing = passing
        if isinstance(instruments, Recorded):
            instruments.recording.passes_by = self._passes_by
        elif type(instruments) is Instruments:
            if self._filtered is None:
                self._filtered = _filtered(instruments, self._shortcut(instruments))
            set_class(instruments, self._filtered)

    def end(self, runner: Runner) -> None:
        """Let the hook be called for every task again."""
        instruments = runner.instruments
        recording = getattr(instruments, "recording", None)  # of `Recorded`; asking an ABC is slow
        if recording is not None:
            recording.passes_by = None
        elif isinstance(instruments, _Filtered):
            set_class(instruments, Instruments)

    def _passes_by(self, task: Task) -> bool:
        """Whether nobody is to be told of a step; if it passes by, it has been counted."""
        if task in self._watched:
            return False
        passing = self._passing
        if passing is None:
            return True
        if task._counter not in passing.tasks:
            return False
        passing.steps += 1
        return True

    def _shortcut(self, instruments: Instruments) -> Callable[..., None]:
        """What stands for `Instruments.call`: `_passes_by`, without a further call."""
        watched, original = self._watched, instruments.call

        # A hook has one argument or none; taking `*args` would cost more than both look-ups.
        def call(hookname: str, task: Any = None) -> None:
            if hookname == _HOOK and task not in watched:
                passing = self._passing
                if passing is None:
                    return
                if task._counter in passing.tasks:
                    passing.steps += 1
                    return
            if task is None:
                original(hookname)
            else:
                original(hookname, task)

        return call


class _Filtered(Instruments):
    """Tells such instruments from Trio's own."""

    __slots__ = ()

    def add_instrument(self, instrument: Instrument) -> None:
        """The program adds one: if that one has the hook as well, it is called for every task."""
        set_class(self, Instruments)
        self.add_instrument(instrument)


def _filtered(instruments: Instruments, call: Callable[..., None]) -> type[Instruments]:
    members = {
        "__slots__": (),
        "call": staticmethod(call),
        "__contains__": instruments.data.__contains__,
    }
    return type("Instruments", (_Filtered,), members)

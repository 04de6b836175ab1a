"""Reporting the steps of some tasks, and only counting those of others.

Owns: letting Trio call the hook ``before_task_step`` only for the tasks that are waited for; the
steps of others are counted or ignored.
Does not own: which tasks those are (engine.noticing.carrying), or the hook (engine.noticing.hooks).

When Trio calls a hook, it looks the hook up, makes a list of the instruments that have it, and
calls each in a ``try`` (``Instruments.call`` in ``trio/_core/_instrumentation.py``).  That takes
longer than asking whether a task is watched.  So while we filter, the class of the run's
instruments is our subclass, whose ``call`` checks that first.  Its ``__contains__`` is the dict's
own, which is faster than Trio's, a function of Python.  Trio calls it three times a step (``if
"before_task_step" in runner.instruments`` and the like), which nearly pays for the check.
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
    """The tasks whose further steps are only counted.

    Attributes:
        steps: how many steps these tasks have taken.
        tasks: the numbers of these tasks.
    """

    __slots__ = ("steps", "tasks")

    def __init__(self) -> None:
        self.steps = 0
        self.tasks: set[int] = set()


class StepFilter:
    """Separates the steps that an instrument wants from the others, for one run.

    Args:
        ours: the instrument.
        watched: the live set of tasks for which each step is reported.
    """

    def __init__(self, ours: Instrument, watched: AbstractSet[Task]) -> None:
        self._ours = ours
        self._watched = watched
        self._passing: Passing | None = None
        self._filtered: type[Instruments] | None = None

    def limit(self, runner: Runner, passing: Passing | None = None) -> None:
        """Have the hook called only for watched tasks, and for tasks that are not counted yet.

        Does nothing while other instruments have that hook (then it is called for every task), or
        while the run does not carry it.

        Args:
            passing: the tasks to count; None: only steps of watched tasks are reported.
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
        """Have the hook called for every task again."""
        instruments = runner.instruments
        recording = getattr(instruments, "recording", None)  # of `Recorded`; asking an ABC is slow
        if recording is not None:
            recording.passes_by = None
        elif isinstance(instruments, _Filtered):
            set_class(instruments, Instruments)

    def _passes_by(self, task: Task) -> bool:
        """Whether a step need not be reported; if its task passes by, this counts it."""
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
        """A replacement for `Instruments.call` with `_passes_by` inlined."""
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
    """Marks the instruments of a filtered run, to tell them from Trio's own."""

    __slots__ = ()

    def add_instrument(self, instrument: Instrument) -> None:
        """Add an instrument of the program; if that has the hook, it is called for every task."""
        set_class(self, Instruments)
        self.add_instrument(instrument)


def _filtered(instruments: Instruments, call: Callable[..., None]) -> type[Instruments]:
    members = {
        "__slots__": (),
        "call": staticmethod(call),
        "__contains__": instruments.data.__contains__,
    }
    return type("Instruments", (_Filtered,), members)

"""Hearing of the steps of some tasks alone.

Owns: letting Trio call the hook ``before_task_step`` for watched tasks, and for no others.
Does not own: which tasks those are (engine.carrying), or the hook (engine.hooks).

Trio asks ``"before_task_step" in instruments`` before each step, and calls the hook only then:
so with a thousand tasks beside the one that is watched, the answer is no a thousand times.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from trio._core import _run
from trio._core._instrumentation import Instruments
from trio._core._run import Runner, Task
from trio.abc import Instrument

_HOOK = "before_task_step"


def limit_steps(runner: Runner, watched: AbstractSet[Task] | None) -> None:
    """Let the hook be called for these tasks alone.

    Does nothing while others have that hook, too, or a recorder has a way of its own to be
    called: then it is called for every task.

    Args:
        watched: the live set of them; None: for every task again.
    """
    instruments = runner.instruments
    if isinstance(instruments, _Limited):
        _set_class(instruments, Instruments)
    ours = len(instruments.data.get(_HOOK, ())) == 1
    if watched is not None and ours and type(instruments) is Instruments:
        _set_class(instruments, _limited_to(watched, instruments.data))


def _limited_to(watched: AbstractSet[Task], hooks: dict[str, dict[Instrument, None]]) -> type:
    context = _run.GLOBAL_RUN_CONTEXT

    class LimitedInstruments(_Limited):
        __slots__ = ()

        def __contains__(self, name: object) -> bool:
            return name in hooks if name != _HOOK else context.task in watched

    return LimitedInstruments


def _set_class(instruments: Instruments, cls: type) -> None:
    instruments.__class__ = cls


class _Limited(Instruments):
    """Tells such instruments from Trio's own."""

    __slots__ = ()

    def add_instrument(self, instrument: Instrument) -> None:
        """The program adds one: if that has the hook, too, it is called for every task."""
        _set_class(self, Instruments)
        self.add_instrument(instrument)

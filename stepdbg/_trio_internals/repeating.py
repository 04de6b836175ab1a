"""The call of ``trio.run`` that is under way, so that it can be made again.

Owns: `RunCall`, and finding it on the stack; telling the host of a guest run that the run breaks
down.
Does not own: noticing that a run begins (runs), or making the call again.

`runs.patch_run_start` replaces `Instruments`.  Trio calls that before the run has anything of its
own: no runner, no poll object, no handler for SIGINT.  So a process that is forked there can call
``trio.run`` again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import FrameType, MappingProxyType
from typing import Any

import trio
from trio._core import _run

from stepdbg.model.records import NamedTuple

from .frame_values import peek_at
from .runs import code_of

_RUN = code_of(_run, "run")
_GUEST = code_of(_run, "start_guest_run")
_TICK = code_of(getattr(_run, "GuestState", None), "guest_tick")


class RunCall(NamedTuple):
    """One call of ``trio.run``.

    function, arguments: of the main task.
    options: those of ``trio.run`` besides the instruments.
    instruments: the program's own.
    invariant: must hold after each step, see `stepdbg.explore`; None if there is none.
    """

    function: Callable[..., Any]
    arguments: tuple[object, ...] = ()
    options: Mapping[str, Any] = MappingProxyType({})
    instruments: tuple[trio.abc.Instrument, ...] = ()
    invariant: Callable[[], object] | None = None

    def make(self, *more: trio.abc.Instrument) -> object:
        """Call ``trio.run``, with more instruments; returns its result or raises its exception."""
        instruments = [*self.instruments, *more]
        return _run.run(self.function, *self.arguments, instruments=instruments, **self.options)

    @property
    def brings_clock(self) -> bool:
        """Whether the program has a clock of its own."""
        return self.options.get("clock") is not None


def call_under_way(start: FrameType | None) -> RunCall | None:
    """The call of ``trio.run`` among the callers of a frame; None for a guest run."""
    frame = start
    while frame is not None and frame.f_code is not _RUN:
        if frame.f_code is _GUEST:
            return None
        frame = frame.f_back
    if frame is None:
        return None
    names = frame.f_locals
    given: Sequence[trio.abc.Instrument] = names["instruments"]
    options = {"clock": names["clock"]}
    for name in ("restrict_keyboard_interrupt_to_checkpoints", "strict_exception_groups"):
        options[name] = names[name]
    return RunCall(names["async_fn"], tuple(names["args"]), options, tuple(given))


def let_host_fail(start: FrameType | None) -> None:
    """If a guest run is about to break down or to be quit, pass the exception to its host.

    Trio tells the host by its ``done_callback``.  But a host that waits for the run to do
    something, as AnyIO's does, would go on waiting.

    Args:
        start: a frame inside of the run's turn.
    """
    frame = start
    while frame is not None and frame.f_code is not _TICK:
        frame = frame.f_back
    if frame is None:
        return
    state: Any = peek_at(frame, "self")
    done: Callable[[Any], object] | None = getattr(state, "done_callback", None)
    if done is None:
        return

    def tell(outcome: Any) -> None:
        done(outcome)
        outcome.unwrap()

    state.done_callback = tell

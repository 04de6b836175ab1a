"""Why a process cannot be forked to explore, in a sentence.

Owns: `why_not_explorable`.  Does not own: forking (workers).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepdbg.model.standard import os, threading

if TYPE_CHECKING:
    from stepdbg.engine.exploring.calls import Repeatable


def why_not_explorable(call: Repeatable | None) -> str:
    """Why a call cannot be explored here; empty if it can.

    call: None for a guest run.
    """
    if call is None:
        return "this run is the guest of another loop, and a guest run cannot be repeated"
    if not hasattr(os, "fork"):
        return "this system cannot fork, and exploring needs a process for its schedules"
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            return (
                f"thread {thread.name} is alive, and a fork would not have it: "
                "start it in the run, or end it before the run"
            )
    return ""

"""Runs a program of tests/programs/lints and says what the debugger tells of it.

Owns: stopping where the programs want to be looked at.  Does not own: what is expected.
"""

from __future__ import annotations

import trio.abc

from stepdbg.model.lints import LintFound
from tests.harness import debugging

COSTLY = ("slow-step", "busy-loop", "swallowed-cancel", "never-awaited")


def told(
    program: str,
    which: str,
    *,
    on: tuple[str, ...] = (),
    off: tuple[str, ...] = (),
    stops: int = 1,
    record: bool = False,
    clock: trio.abc.Clock | None = None,
) -> list[str]:
    """The sentences that the stops of a program show, and those told at its end.

    on, off: lints to switch.  stops: how often the program calls ``here()``.
    """
    found = []
    name = f"tests/programs/lints/{program}"
    with debugging(name, args=[which], record=record, clock=clock) as dbg:
        for each in on:
            dbg.do(f"set lint {each} on")
        for each in off:
            dbg.do(f"set lint {each} off")
        dbg.do("break :here")
        for _ in range(stops):
            stop = dbg.go("continue", kind="breakpoint")
            found += [each.text for each in stop.lints]
        dbg.resume()
        dbg.expect_end()
        events = [each for each in dbg.events if isinstance(each, LintFound)]
        at_stops = [each.lint.text for each in events if each.at_stop]
        assert at_stops == found, "each is an event, and once"
    return [each.lint.text for each in events]

"""Schedules in which a lint finds something.

Owns: `Linted`, a call in whose run a lint is a failure.
Does not own: finding lints (engine.linting), when a run looks for them (engine.exploring).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepdbg.engine.exploring.explored import end_of
from stepdbg.engine.exploring.trying import FoundWrong
from stepdbg.engine.running.lint_watch import LintWatch
from stepdbg.model.exploring import Fault
from stepdbg.model.standard import os

if TYPE_CHECKING:
    from stepdbg.engine.exploring.calls import Repeatable
    from stepdbg.engine.exploring.explored import ExploredRun
    from stepdbg.model.lints import Lint


class Linted:
    """A call in whose run a lint is a failure.

    Args:
        call: what is called.
    """

    def __init__(self, call: Repeatable) -> None:
        self.invariant, self.brings_clock = call.invariant, call.brings_clock
        self._call = call

    def make(self, run: ExploredRun, /) -> object:
        """Make the run, see `Repeatable`.

        Raises `FoundWrong` if there is a lint, unless the run has failed for another reason.
        """
        watch = LintWatch()
        run.look_for_lints(watch)
        try:
            value = self._call.make(run)
        except BaseException:
            found = watch.end()
            if found is None or end_of(run) != "lint":
                raise
            raise FoundWrong(_fault(found)) from None
        found = watch.end()
        if found is not None:
            raise FoundWrong(_fault(found))
        return value


def _fault(lint: Lint) -> Fault:
    place = lint.place
    where = "" if place is None else f" {os.path.basename(place.filename)}:{place.line}"
    return Fault(f"lint {lint.name}{where}", f"{lint.name}: {lint.text}")

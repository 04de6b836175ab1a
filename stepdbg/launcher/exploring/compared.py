"""Schedules whose result is not that of the default order.

Owns: `Compared`, a call whose results are compared.
Does not own: the text of a result (engine.describing.results), the result of the default order
(usual).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepdbg.engine.describing.results import result_text, without_addresses
from stepdbg.engine.exploring.trying import FoundWrong
from stepdbg.model.exploring import Fault
from stepdbg.model.program_streams import flush
from stepdbg.model.standard import itertools, os

if TYPE_CHECKING:
    from stepdbg.engine.exploring.calls import Repeatable
    from stepdbg.engine.exploring.explored import ExploredRun

Result = tuple[str, str]
"""What a run has returned, and what it has written, both as text."""

_LONGEST = 2_000
"""Characters of a result that are shown."""

_STDOUT = 1


class Compared:
    """A call whose result is compared with the usual one.

    Args:
        call: what is called.
        usual: the result of the default order; None in the runs that find it out.
        output: whether what the run writes to standard output is compared as well; standard output
            must be a file.

    Attributes:
        seen: the result of the last run.
    """

    def __init__(self, call: Repeatable, usual: Result | None = None, *, output: bool) -> None:
        self.seen: Result = "", ""
        self.invariant, self.brings_clock = call.invariant, call.brings_clock
        self._call, self._usual, self._output = call, usual, output

    def make(self, run: ExploredRun, /) -> object:
        """Make the run, see `Repeatable`.  Raises `FoundWrong` if its result differs."""
        value = self._call.make(run)
        self.seen = result_text(value), _written() if self._output else ""
        if self._usual is not None and self.seen != self._usual:
            raise FoundWrong(_fault(self._usual, self.seen))
        return value


def _written() -> str:
    """What the program has written in this schedule."""
    flush()
    size = os.lseek(_STDOUT, 0, os.SEEK_CUR)
    return without_addresses(os.pread(_STDOUT, size, 0).decode("utf-8", "replace"))


def _fault(usual: Result, seen: Result) -> Fault:
    if usual[0] != seen[0]:
        text = (
            f"in the default order the run returns:\n  {_short(usual[0])}\n"
            f"in this one it returns:\n  {_short(seen[0])}"
        )
        return Fault("result value", "the result is not that of the default order", text)
    text = _first_difference(usual[1], seen[1])
    return Fault("result output", "the output is not that of the default order", text)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _first_difference(usual: str, seen: str) -> str:
    """The first line in which two outputs differ."""
    lines = itertools.zip_longest(usual.splitlines(), seen.splitlines())
    found = ((number, *pair) for number, pair in enumerate(lines, 1) if pair[0] != pair[1])
    number, one, other = next(found, (0, "", ""))  # they may differ in a line break only
    return "\n".join(
        (
            f"line {number} of the output, in the default order:",
            "  (there is none)" if one is None else f"  {_short(one)}",
            "in this one:",
            "  (there is none)" if other is None else f"  {_short(other)}",
        )
    )

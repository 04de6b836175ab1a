"""No scars: an example that is only continued does exactly what it does by itself.

The debugger says where the program was held at first, on standard output as a script front
end does; everything else must be the program's own.
"""

from __future__ import annotations

import pytest

from .running import Finished, bare, debugged
from .test_bare import ALL, ANY_ORDER

CONTINUED = [example for example in ALL if example not in ANY_ORDER]


def own_lines(finished: Finished, expected: list[str]) -> list[str]:
    """The end of the standard output, as long as the bare program's is."""
    return finished.lines[-len(expected) :]


@pytest.mark.parametrize("example", CONTINUED)
def test_continue_changes_nothing(example: str) -> None:
    alone, held = bare(example), debugged(example, "continue")
    assert own_lines(held, alone.lines) == alone.lines
    assert held.stderr == alone.stderr
    assert held.exit_code == alone.exit_code


@pytest.mark.parametrize("example", sorted(ANY_ORDER))
def test_continue_changes_nothing_but_order(example: str) -> None:
    alone, held = bare(example), debugged(example, "continue")
    assert sorted(own_lines(held, alone.lines)) == sorted(alone.lines)
    assert held.stderr == alone.stderr
    assert held.exit_code == alone.exit_code == 0

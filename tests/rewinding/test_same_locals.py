"""Random programs: before a step the past shows the same variables as the first time.

By hand, with hundreds of programs: ``python -m tests.rewinding.visiting 0 300``.
"""

from __future__ import annotations

import re

from tests.frontends import children

PROGRAMS, VISITS = 2, 25
"""Fifty moments of the past, in one process."""


def test_a_step_has_the_same_locals_again() -> None:
    child = children.run("-m", "tests.rewinding.visiting", "0", str(PROGRAMS), str(VISITS))
    said = child.stdout.decode()
    assert (child.returncode, child.stderr) == (0, b""), child.stderr.decode()
    assert "differs" not in said, said
    visits = list(map(int, re.findall(r": (\d+) moments of the past", said)))
    assert len(visits) == PROGRAMS, said
    assert min(visits) >= VISITS, said

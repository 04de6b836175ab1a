"""Names that no file can have: half of a surrogate pair, a NUL."""

from __future__ import annotations

import pytest

from stepdbg.model.replies import Failure
from tests.harness import debugging

COMMANDS = (
    "token {}",
    "dump {}",
    "save {}",
    "read {}",
    "export timeline {}.svg",
    "export perfetto {}",
    "break {}:3",
    "list {}:1",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_it_is_refused(command: str) -> None:
    with debugging("ping_pong", record=True) as dbg:
        answers = [dbg.do(command.format(name)) for name in ("\ud800", "a\0b")]
    (half,), (nul,) = (answer.replies for answer in answers)
    assert isinstance(half, Failure)
    assert isinstance(nul, Failure)
    assert "bug in stepdbg" not in half.text + nul.text

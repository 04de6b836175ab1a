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


@pytest.mark.parametrize("name", ["\ud800", "a\0b"], ids=ascii)
def test_it_is_refused(name: str) -> None:
    with debugging("ping_pong", record=True) as dbg:
        for each in COMMANDS:
            (reply,) = dbg.do(each.format(name)).replies
            assert isinstance(reply, Failure), each
            assert "bug in stepdbg" not in reply.text, each

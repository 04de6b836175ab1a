"""A step that its user had a hand in is marked as such in the log."""

from __future__ import annotations

import pytest

from tests.harness import debugging

COMMANDS = {
    "hold worker": "hold",
    "only worker": "only",
    "pick worker": "pick",
    "order worker": "order",
    "await trio.lowlevel.checkpoint()": "await",
    "throw waiter KeyError": "throw",
    "cancel -y waiter": "cancel",
    "time +31s": "time",
    "deadline -y scope 2 +50s": "deadline",
}


@pytest.mark.parametrize("command", COMMANDS)
def test_the_log_tells_of(command: str) -> None:
    with debugging("situations") as dbg:
        dbg.do("tbreak task worker")
        dbg.go("continue", task="worker")
        dbg.do("tbreak task worker")
        dbg.go("continue", task="worker")
        dbg.do("tree")
        before = dbg.text("log", width=200)
        told = dbg.text(command)
        log = dbg.text("log", width=200)
        word = COMMANDS[command]
        assert log.count(word) > before.count(word), (told, log)
        dbg.do("release")
        assert "release" in dbg.text("log", width=200) or not command.startswith(("hold", "only"))

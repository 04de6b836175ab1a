"""Going back by requests: the client talks to one debugger, whoever answers."""

from __future__ import annotations

import socket
from typing import Any

from tests.debuggee import Program
from tests.frontends.test_json_programs import Debuggee, on_descriptor, on_standard_streams

PROGRAM = Program.load("back").path


def evaluated(debuggee: Debuggee, expression: str) -> str:
    """The value of an expression at this stop."""
    [reply] = debuggee.asks(f"p {expression}")
    text = reply["value"]["text"]
    assert isinstance(text, str)
    return text


def shown(debuggee: Debuggee, command: str) -> dict[str, Any]:
    """The stop that a command leads to."""
    debuggee.says(command)
    return debuggee.stops()


def test_each_request_is_answered_once_and_in_order_there_and_back() -> None:
    with on_standard_streams("--record", "--seed", "1", PROGRAM) as debuggee:
        lines = ("step 6", "back", "p amount", "p print('said')", "tasks", "rnext", "goto now")
        again = ("goto 2", "continue", "rwatch balance", "rcontinue", "goto now", "p seen")
        ids = debuggee.says(*lines, *again, "goto 3", "quit", "continue")
        assert debuggee.ends(kept=True) == 0
        replies = [each for each in debuggee.seen if each["kind"] == "reply"]
        assert [each["request"] for each in replies] == ids
        moved = [each["resume"] for each in replies if each["resume"]]
        assert {"kind": "moved"} in moved
        stops = [each["stop"] for each in debuggee.seen if each["kind"] == "stop"]
        past = [each["past"] and each["past"]["step"] for each in stops]
        assert past[:5] == [None, None, 6, stops[3]["past"]["step"], None]
        assert past[-6:] == [None, 6, 6, None, 3, None], "no hit: `rcontinue` stays"
        assert debuggee.output() == "begins\nsaid\nbalance 3\nover\n"


def test_a_client_that_waits_for_each_answer_keeps_its_subscription() -> None:
    with on_descriptor("--record", "--seed", "1", PROGRAM) as (debuggee, ours):
        debuggee.stops()
        assert shown(debuggee, "step 6")["past"] is None
        debuggee.sends({"id": "less", "subscribe": ["stop"]})
        debuggee.until(kind="reply", request="less")
        stop = shown(debuggee, "back 2")
        assert stop["past"] == {"kind": "past", "step": 5, "steps": 6}
        assert debuggee.seen[-1]["listing"] is None
        there = evaluated(debuggee, "amount")
        # A request of which one process has read the beginning, and another one reads the end.
        ours.sendall(b'{"command": "goto now"}\n{"id": "half", "comm')
        assert debuggee.stops()["past"] is None
        ours.sendall(b'and": "p seen"}\n')
        debuggee.until(kind="reply", request="half")
        assert shown(debuggee, "goto 5")["past"]["step"] == 5
        assert evaluated(debuggee, "amount") == there
        ours.shutdown(socket.SHUT_WR)
        assert debuggee.ends() != 0, "a client that leaves in the past has left the run"


def test_commands_of_the_command_line_go_back_as_well() -> None:
    words = [word for line in ("step 6", "back", "p amount", "goto now") for word in ("-c", line)]
    with on_standard_streams("--record", "--seed", "1", *words, PROGRAM) as debuggee:
        for _ in words[::2]:
            debuggee.until(kind="reply", request=None)
        assert debuggee.stops()["past"] is None
        debuggee.says("continue")
        assert debuggee.ends() == 0


def test_without_a_recorder_the_way_out_is_said() -> None:
    with on_standard_streams(PROGRAM) as debuggee:
        debuggee.stops()
        [reply] = debuggee.asks("back")
        assert "--record" in reply["text"]

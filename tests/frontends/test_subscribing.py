"""A client that subscribes to fewer lines, on real programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.frontends.test_json_programs import HOGS, Debuggee, on_standard_streams

SPEAKS = """
import trio
calls = []
async def main():
    for number in range(10):
        print("step", number, flush=True)
        await trio.lowlevel.checkpoint()
trio.run(main)
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program.py"
    path.write_text(SPEAKS)
    return path


def subscribe(debuggee: Debuggee, *names: str) -> dict[str, Any]:
    """The reply to a subscription."""
    debuggee.sends({"id": "these", "subscribe": names})
    reply = debuggee.until(kind="reply", request="these")
    [answer] = reply["replies"]
    assert isinstance(answer, dict)
    return answer


def kinds(records: list[dict[str, Any]]) -> list[str]:
    """What the records are: the kind of a line, or of its event."""
    return [record.get("event", record)["kind"] for record in records]


def test_a_client_is_told_of_what_it_has_subscribed_to(program: Path) -> None:
    with on_standard_streams(program) as debuggee:
        debuggee.stops()
        assert subscribe(debuggee, "stop", "run_ended")["kind"] == "message"
        before = len(debuggee.seen)
        for _ in range(3):
            debuggee.says("step")
            assert debuggee.stops()["stop_kind"] == "step"
            assert debuggee.seen[-1]["listing"] is None
        debuggee.says("continue")
        debuggee.until(kind="run_ended")

        assert kinds(debuggee.seen[before:]) == ["reply", "stop"] * 3 + ["reply", "run_ended"]
        assert debuggee.ends() == 0


def test_without_any_subscription_only_requests_are_answered(program: Path) -> None:
    with on_standard_streams(program) as debuggee:
        debuggee.stops()
        subscribe(debuggee)
        before = len(debuggee.seen)
        steps = debuggee.says("step", "step", "nonsense", "step")
        debuggee.until(kind="reply", request=steps[-1])
        [last] = debuggee.asks("p number")

        assert last["value"]["text"] == "2"
        assert kinds(debuggee.seen[before:]) == ["reply"] * 5
        assert debuggee.seen[before + 2]["replies"][0]["kind"] == "failure"
        debuggee.says("quit")
        debuggee.ends()


def test_a_name_that_nobody_knows_changes_nothing(program: Path) -> None:
    with on_standard_streams(program) as debuggee:
        debuggee.stops()
        refused = subscribe(debuggee, "stop", "weather")
        assert refused["kind"] == "failure"
        assert "'weather'" in refused["text"]
        names = refused["way_out"].removeprefix("the names are ").split(", ")
        assert {"stop", "listing", "displays", "event", "resumed", "output"} <= {*names}
        debuggee.says("step")
        debuggee.until(kind="resumed")
        debuggee.until(stream="stdout")
        debuggee.stops()
        assert debuggee.seen[-1]["listing"] is not None

        for name in names:
            assert subscribe(debuggee, name)["kind"] == "message"
        debuggee.says("quit")
        debuggee.ends()


@pytest.mark.parametrize("line", [{"subscribe": "stop"}, {"subscribe": [1]}, {"subscribe": None}])
def test_what_is_no_list_of_names_is_refused(program: Path, line: dict[str, Any]) -> None:
    with on_standard_streams(program) as debuggee:
        debuggee.stops()
        debuggee.sends(line)
        [refused] = debuggee.until(kind="reply")["replies"]
        assert (refused["kind"], refused["text"]) == (
            "failure",
            '"subscribe" needs a list of strings',
        )
        debuggee.says("quit")
        debuggee.ends()


def test_what_nobody_wants_is_not_made(program: Path) -> None:
    with on_standard_streams(program) as debuggee:
        debuggee.stops()
        debuggee.asks("display calls.append(1)")
        debuggee.says("step")
        debuggee.stops()
        assert debuggee.seen[-1]["displays"]
        subscribe(debuggee, "stop")
        [seen] = debuggee.asks("p len(calls)")
        for _ in range(2):
            debuggee.says("step")
            debuggee.stops()
            assert debuggee.seen[-1]["displays"] == []
        [unchanged] = debuggee.asks("p len(calls)")
        assert unchanged["value"]["text"] == seen["value"]["text"]

        subscribe(debuggee, "stop", "listing", "displays", "event")
        debuggee.says("step")
        debuggee.until(kind="resumed")
        debuggee.stops()
        assert debuggee.seen[-1]["listing"]["lines"]
        assert debuggee.seen[-1]["displays"]
        debuggee.says("quit")
        debuggee.ends()


def test_a_program_that_runs_on_does_not_keep_it_waiting(tmp_path: Path) -> None:
    path = tmp_path / "hogs.py"
    path.write_text(HOGS)
    with on_standard_streams(path) as debuggee:
        debuggee.stops()
        debuggee.says("continue")
        debuggee.until(stream="stdout")
        assert subscribe(debuggee, "program_ended")["kind"] == "message"
        before = len(debuggee.seen)
        debuggee.says("quit", "quit")
        debuggee.until(kind="program_ended")
        assert set(kinds(debuggee.seen[before:])) == {"reply", "program_ended"}
        debuggee.ends()


def test_sent_first_it_counts_for_all_that_follow(program: Path) -> None:
    with on_standard_streams(program) as debuggee:
        debuggee.sends({"subscribe": ["run_ended"]})
        debuggee.sends(*[{"command": "step"}] * 4, {"command": "continue"})
        debuggee.until(kind="run_ended")
        after = kinds(debuggee.seen)[kinds(debuggee.seen).index("reply") :]
        assert after == ["reply"] * 6 + ["run_ended"]
        assert json.dumps(debuggee.seen).count("step_task") == 4
        assert debuggee.ends() == 0

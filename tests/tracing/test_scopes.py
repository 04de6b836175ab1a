"""Cancel scopes and nurseries in a trace: when they are entered, left, cancelled, and expire."""

from __future__ import annotations

import io
import json
import re
import traceback
from pathlib import Path

import pytest
import trio

import stepdbg
from tests.debuggee import HERE
from tests.frontends import children

from .test_in_words import run, told

PROGRAM = HERE / "programs" / "traced_scopes.py"
ABOUT_SCOPES = ("entered", "left", "opened", "closed", "cancelled a", "cancelled the", "the ")


LINES = {
    text.rpartition("# @mark ")[2]: number
    for number, text in enumerate(PROGRAM.read_text(encoding="utf-8").splitlines(), 1)
    if "# @mark " in text
}


def line(name: str) -> str:
    return f"traced_scopes.py:{LINES[name]}"


def of_scopes(text: str, task: str) -> list[str]:
    """What a trace tells of the scopes of a task; deadlines without their seconds."""
    found = [words for _, name, words in told(text) if name == task]
    without_seconds = [re.sub(r"in [\d.]+ (µs|ms|s)", "in a while", words) for words in found]
    return [words for words in without_seconds if words.startswith(ABOUT_SCOPES)]


OF_CHILD = [
    f"entered a cancel scope at {line('timeout')}, with a deadline in a while",
    f"the timeout of {line('timeout')} expired",
    f"left the cancel scope of {line('timeout')}",
    f"entered a cancel scope at {line('scope')}",
    f"cancelled the cancel scope of {line('scope')} at {line('cancel')}",
    f"left the cancel scope of {line('scope')}",
    f"entered a cancel scope at {line('overdue')}, with a deadline in a while",
    f"the timeout of {line('overdue')} expired",
    f"left the cancel scope of {line('overdue')}",
]
OF_MAIN = [
    f"opened a nursery at {line('nursery')}",
    f"opened a nursery in Nursery.start at {line('start')}",
    f"closed the nursery of {line('start')}",
    f"cancelled the nursery of {line('nursery')} at {line('end')}",
    f"closed the nursery of {line('nursery')}",
    f"opened a nursery at {line('fails')}",
    f"the nursery of {line('fails')} was cancelled by an exception in its block",
    f"closed the nursery of {line('fails')}",
]


def test_each_scope_of_the_program_and_none_of_trios_own_waits() -> None:
    _, err = run("--trace", "--virtual-time", "-c", "continue", PROGRAM)
    assert of_scopes(err, "child") == OF_CHILD
    assert of_scopes(err, "main") == OF_MAIN
    assert of_scopes(err, "service") == []


def test_json_names_the_scope_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "trace"
    options = (f"--trace={path}", "--trace-format", "jsonl", "--virtual-time")
    run(*options, "-c", "continue", PROGRAM)
    entries = [json.loads(each)["entry"] for each in path.read_text(encoding="utf-8").splitlines()]
    (expired,) = [
        each
        for each in entries
        if each["log_entry_kind"] == "scope expired"
        and each["scope"]["entered"]["line"] == LINES["timeout"]
    ]
    assert expired["time"] == pytest.approx(2.0)
    assert expired["scope"]["nursery"] is False
    assert expired["task"]["short"] == "child"
    opened = [each for each in entries if each["log_entry_kind"] == "nursery opened"]
    assert [each["scope"]["within"] for each in opened] == ["", "Nursery.start", ""]


def test_scopes_that_were_entered_before_the_trace_have_their_lines() -> None:
    commands = (f"break {line('asleep')}", "continue", "trace on", "continue")
    words = [word for command in commands for word in ("-c", command)]
    done = children.run("-m", "stepdbg", "--virtual-time", *words, PROGRAM)
    text = done.stderr.decode()
    assert f"the timeout of {line('timeout')} expired" in text
    assert f"left the cancel scope of {line('timeout')}" in text
    assert f"closed the nursery of {line('nursery')}" in text
    assert f"at {line('timeout')}," not in text  # it was entered before


def test_a_misused_scope_fails_as_it_does_alone() -> None:
    lines = io.StringIO()
    scope = trio.CancelScope()
    failed: list[str] = []

    async def main() -> None:
        with scope:
            pass
        try:
            with scope:
                pass
        except RuntimeError as error:
            failed.extend(frame.name for frame in traceback.extract_tb(error.__traceback__))

    trio.run(main, instruments=[stepdbg.Tracer(lines)])
    assert failed == ["main", "__enter__"]
    assert lines.getvalue().count("entered a cancel scope") == 1


def test_nothing_of_trio_is_wrapped_once_the_trace_is_over() -> None:
    before = trio.lowlevel.Task._activate_cancel_status
    during: list[object] = []

    async def main() -> None:
        during.append(trio.lowlevel.Task._activate_cancel_status)

    trio.run(main, instruments=[stepdbg.Tracer(io.StringIO())])
    assert during[0] is not before
    assert trio.lowlevel.Task._activate_cancel_status is before

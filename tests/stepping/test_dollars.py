"""Names with a dollar: the exception, the result, the task, and the user's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.frontends import children
from tests.harness import debugging

PROGRAMS = Path(__file__).parents[1] / "programs" / "stepping"
DOLLARS = "tests/programs/stepping/dollars"


def test_where_an_exception_is_raised() -> None:
    with debugging(DOLLARS) as dbg:
        dbg.do("break exception Refused, $_exception.status == 503")
        dbg.go("continue", kind="breakpoint", line_mark="503")
        assert dbg.text("p $_exception.status, type($_exception).__name__") == "(503, 'Refused')"
        assert dbg.text("p $_task.name") == "'__main__.asks'"
        assert "_stepdbg" not in dbg.text("locals")


def test_what_was_returned_and_names_of_ones_own() -> None:
    with debugging(DOLLARS) as dbg:
        dbg.do(f"break {dbg.program.path.name}:{dbg.line('gives')}")
        dbg.go("continue", line_mark="gives")
        assert "nothing was returned here" in dbg.failure("p $_retval")
        assert "nothing has failed here" in dbg.failure("p $_exception")
        dbg.go("return")
        assert dbg.text("p $_retval") == "[1]"
        dbg.do("$kept = $_retval")
        dbg.do("$kept.append(2)")
        assert dbg.text("p [$kept for _ in 'a'], '$kept'  # $kept") == "([[1, 2]], '$kept')"
        assert "`$other = VALUE` makes it" in dbg.failure("p $other")
        assert "_stepdbg" not in dbg.failure("p $kept +")
        dbg.do("clear 1")
        dbg.do(f"break {dbg.program.path.name}:{dbg.line('later')}, len($kept) == 2")
        dbg.go("continue", line_mark="later")
        dbg.do("del $kept")
        assert "there is no $kept" in dbg.failure("p $kept")


@pytest.mark.parametrize("at", [("--stop-on-failure", "-c", "continue"), ("--pm",)])
def test_where_a_task_has_failed(at: tuple[str, ...]) -> None:
    """Live, and after the end; that of the exception in view."""
    asked = ("p $_exception.status", "exceptions", "p $_exception.args", "quit")
    words = [word for each in asked for word in ("-c", each)]
    child = children.run("-m", "stepdbg", *at, *words, PROGRAMS / "dollars.py", merged=True)
    text = child.stdout.decode()
    assert "(stepdbg) p $_exception.status\n503\n" in text
    assert "('no',)" in text


def test_in_log_texts() -> None:
    logs = 'break exception Refused, log "costs $5 or $six: {$_exception.status}"'
    child = children.run(
        "-m", "stepdbg", "-c", logs, "-c", "continue", PROGRAMS / "dollars.py", merged=True
    )
    logged = [line for line in child.stdout.decode().splitlines() if line.startswith("log: ")]
    assert "log: costs $5 or $six: 503" in logged
    assert "log: costs $5 or $six: 404" in logged


def test_a_stop_keeps_nothing_alive() -> None:
    with debugging(DOLLARS) as dbg:
        dbg.do("tbreak exception Refused")
        dbg.go("continue", kind="breakpoint")
        assert dbg.text("p $_exception.status") == "404"
        dbg.do(f"tbreak {dbg.program.path.name}:{dbg.line('gone')}")
        dbg.go("continue", line_mark="gone")
        assert dbg.text("p [each() for each in refused]") == "[None]"


def test_a_name_that_nothing_has_is_told_in_the_log_text() -> None:
    logs = 'break gives, log "{number} costs {$price} of {number + 1}"'
    child = children.run(
        "-m", "stepdbg", "-c", logs, "-c", "continue", PROGRAMS / "dollars.py", merged=True
    )
    logged = [line for line in child.stdout.decode().splitlines() if line.startswith("log: ")]
    missing = "<there is no $price; `$price = VALUE` makes it>"
    assert logged == [f"log: {n} costs {missing} of {n + 1}" for n in (1, 2)]
    assert "bug" not in (child.stdout + child.stderr).decode()


@pytest.mark.parametrize(
    ("condition", "stops"),
    [
        ("False", []),
        ("$_retval == 2", ["2"]),
        ("$_retval", ["2", "4"]),
        ("[each for each in 'ab' if $_retval == 4]", ["4"]),
        ("$_task.name.endswith('doubles') and $_retval < 3", ["0", "2"]),
    ],
)
def test_a_condition_at_an_exit_is_asked_of_what_is_left(condition: str, stops: list[str]) -> None:
    with debugging("tests/programs/stepping/doubling") as dbg:
        dbg.do(f"break task doubles on exit, {condition}")
        for value in stops:
            stop = dbg.go("continue", kind="breakpoint")
            assert (stop.hits[0].problem, stop.value and stop.value.text) == ("", value)
        dbg.resume("continue")
        dbg.expect_end()


def test_a_condition_at_an_exit_says_what_is_left() -> None:
    with debugging("tests/programs/stepping/doubling") as dbg:
        dbg.do("break task doubles on exit, number > 1")
        stop = dbg.go("continue", kind="breakpoint")
        assert stop.hits[0].problem == (
            "NameError: name 'number' is not defined; "
            "the frames of the task are gone, $_task and $_retval can be asked about"
        )

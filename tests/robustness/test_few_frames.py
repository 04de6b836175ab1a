"""Stops where the program has few frames left until the recursion limit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[1] / "programs" / "edge" / "deep.py"
SPAWNS = PROGRAM.with_name("spawns.py")
OLD = sys.version_info < (3, 12)
"""Calls of C functions count there, and each `await` counts twice under any trace function."""

C_CALLS = 8 if OLD else 0
ROOMS = [120, 50, 30, 10 + C_CALLS, 8 + C_CALLS]
TOO_SMALL = [9] if OLD else [3, 2, 1]


def line(mark: str) -> int:
    lines = PROGRAM.read_text(encoding="utf-8").splitlines()
    return next(number for number, text in enumerate(lines, 1) if text.endswith(f"# @mark {mark}"))


def run(kind: str, rooms: list[int], *commands: str) -> tuple[str, list[str]]:
    """What the program prints bare, and all that is printed under the debugger."""
    program = [str(PROGRAM), kind, *map(str, rooms)]
    bare = child(["-c", BARE, *program])
    options = [word for command in commands for word in ("-c", command)]
    return bare, child(["-m", "stepdbg", "-v", *options, *program]).splitlines()


BARE = """
import runpy, sys
sys.breakpointhook = lambda *_: None
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def child(arguments: list[str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def is_as_bare(bare: str, shown: list[str]) -> None:
    for text in bare.splitlines():
        assert text in shown
    assert not any("a bug in stepdbg" in text or "Traceback" in text for text in shown)


PLACES = {
    "calls": "break deep.py:{}",
    "methods": "break :Methods.down, left == 0",
    "awaits": "break deep.py:{}, left < 1",
    "yields": "break deep.py:{} task main",
    "raises": "break exception KeyError",
    "asks": "p {}",
    "names": "break deep.py:{}",
    "closures": "break deep.py:{}",
    "cleanups": "break deep.py:{}, left == 0",
}


@pytest.mark.parametrize("kind", [each for each in PLACES if not (OLD and each == "awaits")])
def test_stops(kind: str) -> None:
    typed = PLACES[kind].format(line(kind))
    each = ["continue", "p left * 1000 + 7"]
    bare, shown = run(kind, ROOMS, typed, *each * len(ROOMS), "continue")
    assert bare.count("True") == len(ROOMS)
    is_as_bare(bare, shown)
    assert shown.count("7") == len(ROOMS)


@pytest.mark.parametrize("kind", ["calls", "yields"] if OLD else ["calls", "awaits", "yields"])
def test_hardly_any_frame_is_left(kind: str) -> None:
    bare, shown = run(kind, TOO_SMALL, f"break deep.py:{line(kind)}", "continue")
    assert bare.count("True") == len(TOO_SMALL)
    is_as_bare(bare, shown)
    told = " ".join(text.strip() for text in shown)
    assert "too few frames until the recursion limit" in told
    assert f"looking at deep.py:{line(kind)}" in told


def test_a_log_point_and_a_condition_count_once() -> None:
    at = f"deep.py:{line('calls')}"
    typed = (f"break {at}, log 'left is {{left}}'", f"break {at}, hits == {len(ROOMS)}")
    bare, shown = run("calls", ROOMS, *typed, "continue", "p 'the last'", "continue")
    is_as_bare(bare, shown)
    assert shown.count("log: left is 0") == len(ROOMS)
    assert shown.count("'the last'") == 1
    assert shown.index("'the last'") > shown.index(bare.splitlines()[-3])


@pytest.mark.parametrize("condition", ["left == -1", "hits > 100000", "left < 0 task main"])
def test_its_own_error_comes_where_it_comes_bare(condition: str) -> None:
    typed = f"break deep.py:{line('endless')}, {condition}"
    if "task" in condition:
        typed = f"break deep.py:{line('endless')} task main, left < 0"
    _, without = run("endless", [1], "continue")
    _, shown = run("endless", [1], typed, "continue")
    (too_deep,) = [text for text in without if "too deep" in text]
    assert too_deep in shown


def test_steps_near_the_limit() -> None:
    typed = ("tbreak deep.py:{}", "continue", "next", "p found + 41", "return", "next", "continue")
    bare, shown = run("calls", [20 + C_CALLS], *(each.format(line("calls")) for each in typed))
    is_as_bare(bare, shown)
    assert "41" in shown


def test_a_call_near_the_limit_is_gone_into() -> None:
    typed = ("tbreak :calls, left == 1", "continue", "into", "into", "p left + 70", "continue")
    bare, shown = run("calls", [20 + C_CALLS], *typed)
    is_as_bare(bare, shown)
    assert "70" in shown


def test_the_limit_is_the_programs_own_again() -> None:
    typed = (f"break deep.py:{line('calls')}", "continue", "continue")
    _, shown = run("calls", [10 + C_CALLS], *typed)
    assert "limit 1000" in shown


def test_a_limit_that_is_set_at_the_prompt_stays() -> None:
    typed = (
        f"break deep.py:{line('calls')}",
        *("continue", "import sys; sys.setrecursionlimit(5000)", "continue"),
    )
    _, shown = run("calls", [10 + C_CALLS], *typed)
    assert "limit 5000" in shown


FOLDED = {
    "calls": "frames of calls, as above",
    "ping": "frames of ping and pong, as above",
    "methods": "frames of Methods.down, as above",
}


@pytest.mark.parametrize("kind", FOLDED)
def test_a_recursion_is_folded(kind: str) -> None:
    typed = (f"break deep.py:{line(kind)}", "continue", "where", "up 400", "where", "where -a")
    _, shown = run(kind, [120], *typed, "clear", "continue")
    first, second, everything = (at for at, text in enumerate(shown) if " where" in text)
    assert sum(FOLDED[kind] in text for text in shown[first:second]) == 1
    assert second - first < 30
    assert sum(FOLDED[kind] in text for text in shown[second:everything]) == 2
    assert any(text.startswith("->  400") for text in shown[second:everything])
    assert not any(FOLDED[kind] in text for text in shown[everything:])
    assert len(shown) - everything > 800


@pytest.mark.skipif(sys.version_info < (3, 12), reason="calls of C functions count until then")
@pytest.mark.parametrize(
    "words",
    [
        ["--record"],
        ["-c", "break task nobody*"],
        ["-c", "break task child on exit, log seen"],
        ["-c", "break task nobody* on cancel"],
    ],
    ids=" ".join,
)
def test_spawns_and_wakes_end_as_bare(words: list[str]) -> None:
    """A nursery waits for no task that never began."""
    bare = child([str(SPAWNS)]).splitlines()
    shown = child(["-m", "stepdbg", *words, "-c", "continue", str(SPAWNS)])
    assert bare.count("ends") == 3 * 24
    assert [text for text in shown.splitlines() if text in bare] == bare
    assert "bug in stepdbg" not in shown

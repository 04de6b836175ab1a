"""No stop and no look costs program time, nor does importing what they need.

The program's clock is one that every import and every evaluated text moves by a second: whatever
happens before time stands still shows, however fast the machine is.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.launcher.side_by_side import Outcome, plain, run

from .test_random_programs import REAL

PROGRAM = str(REAL / "time_of_imports.py")
ANSWERS = b"where\nlocals\np 1\ncontinue\n" * 30


def debugged(*options: str) -> list[str]:
    return plain("-m", "stepdbg", "--output", "stdout", *options)


def commands(*lines: str) -> list[str]:
    return [word for line in lines for word in ("-c", line)]


def held(
    command: list[str], *names: str, cwd: Path, variables: dict[str, str] | None = None
) -> Outcome:
    out = run([*command, PROGRAM, *names], cwd=cwd, stdin=ANSWERS, variables=variables)
    said = out.stderr.decode().splitlines()
    assert [f"{name} takes no time" for name in names] == [s for s in said if " takes " in s], out
    return out


def test_where_the_program_asks_and_runs_by_itself(tmp_path: Path) -> None:
    out = held(plain(), "set_trace", cwd=tmp_path)
    assert b"set_trace" in out.stderr
    held(plain(), "dumped", "printed", "explained", "caught", cwd=tmp_path)
    held(plain(), "examined", "caught", "set_trace", cwd=tmp_path)
    held(plain(), "asked_for", cwd=tmp_path, variables={"PYTHONBREAKPOINT": "stepdbg.set_trace"})
    assert (tmp_path / "dump").exists()


def test_where_the_program_asks_under_the_debugger(tmp_path: Path) -> None:
    names = ("asked_for", "set_trace", "dumped", "printed", "explained", "caught", "examined")

    held(debugged(*commands("continue")), *names, cwd=tmp_path)


@pytest.mark.parametrize(
    "lines",
    [
        ["break :nothing"],
        ["break :nothing", "ignore 1 2"],
        ["break :nothing, log 'hello'"],
        ["tbreak :nothing"],
        ["break time_of_imports.py:48", "display 1"],
    ],
)
def test_at_lines(lines: list[str], tmp_path: Path) -> None:
    names = ("at_a_line", "over_many_lines", "at_a_line")

    held(debugged(*commands(*lines, "continue")), *names, cwd=tmp_path)


def test_a_condition_is_program_time(tmp_path: Path) -> None:
    options = commands("break :nothing, None is not None", "continue")

    out = run([*debugged(*options), PROGRAM, "over_many_lines"], cwd=tmp_path, stdin=ANSWERS)

    assert b"over_many_lines takes 3." in out.stderr, "three were evaluated"


@pytest.mark.parametrize(
    "options",
    [
        ["--dump=crash", *commands("continue")],
        ["--dump=crash", "--record", *commands("continue")],
        ["--dump=crash", "--timeout=60", *commands("continue")],
        ["--pm"],
        ["--stop-on-failure", *commands("continue")],
        ["--lint-report=lints", *commands("continue")],
        commands("break task fails on fail", "continue"),
        commands("break task * on exit", "continue"),
        commands("break exception ValueError", "continue"),
        commands("break slow 0.9", "continue"),
    ],
    ids=" ".join,
)
def test_where_something_fails(options: list[str], tmp_path: Path) -> None:
    """A sibling whose sleep would soon end is cancelled first, as without us."""
    out = held(debugged(*options), "a_child_fails", "a_block_fails", cwd=tmp_path)

    said = out.stderr.decode().splitlines()
    assert said.count("cancelled") == 2
    assert "slept" not in said
    if "break slow 0.9" in options:
        assert b"the step took" not in out.stdout


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (["break deadline"], ["a_deadline_passes"]),
        (["break idle"], ["idles", "a_deadline_passes"]),
        (["break slow 0.9"], ["at_a_line", "asked_for", "steps"]),
        (["step", "step", "step"], ["steps"]),
        (["break task main"], ["steps"]),
    ],
)
def test_at_what_trio_tells(lines: list[str], names: list[str], tmp_path: Path) -> None:
    held(debugged(*commands(*lines, "continue")), *names, cwd=tmp_path)


def test_in_a_test_of_pytest(tmp_path: Path) -> None:
    text = Path(PROGRAM).read_text().replace('if __name__ == "__main__":', "def test_it():")
    text = text.replace("sys.argv[1:]", "('a_child_fails', 'a_block_fails', 'at_a_line')")
    (tmp_path / "test_timed.py").write_text(text)
    command = [*plain("-m", "pytest"), "-q", "-s", "-p", "no:cacheprovider"]

    for options in (["--stepdbg", "--stepdbg-break=:nothing"], ["--stepdbg-dump=dumps"]):
        out = run([*command, *options, "test_timed.py"], cwd=tmp_path, stdin=ANSWERS, merged=True)
        assert out.stdout.count(b"takes no time") == 3, out
        assert out.stdout.count(b"cancelled") == 2, out


def test_where_a_run_begins(tmp_path: Path) -> None:
    """What a trace needs is imported before time goes by."""
    held(debugged("--trace=trace", *commands("continue")), "steps", cwd=tmp_path)

    told = (tmp_path / "trace").read_text().splitlines()
    (spawned,) = [line for line in told if "was spawned by trio.run" in line]
    assert float(spawned.split()[0]) < 1

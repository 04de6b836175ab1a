"""A trace in words: on standard error, in a file, of some tasks, by a command, from the start."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from stepdbg.model.history import LogKind
from tests.debuggee import HERE
from tests.frontends import children

PROGRAM = HERE / "programs" / "traced.py"
LINE = re.compile(r" *(\d+\.\d{6})  (( *)(\S+ \(\d+\)))? *(.*)")
TOOK = re.compile(r"\b(after|in|waited) \d+(\.\d+)?(e-\d+)? (µs|ms|s)")


def lines_of(text: str) -> list[tuple[float, int, str, str]]:
    """Time, depth, task and words of each line of a trace."""
    found = []
    for line in text.splitlines():
        match = LINE.fullmatch(line)
        assert match, line
        words = TOOK.sub(r"\1 a while", match[5])
        depth = len(match[3] or "") // 2
        found.append((float(match[1]), depth, match[4] or "", words))
    return found


def told(text: str) -> list[tuple[int, str, str]]:
    return [(depth, task.partition(" ")[0], words) for _, depth, task, words in lines_of(text)]


def run(*words: str | Path) -> tuple[str, str]:
    """Standard output and standard error of a program that runs to its end."""
    done = children.run("-m", "stepdbg", *words)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode(), done.stderr.decode()


def test_a_run_in_words_from_its_begin_to_its_end() -> None:
    out, err = run("--trace", "--seed", "1", "-c", "continue", PROGRAM)
    assert out == ""
    lines = told(err)
    assert lines[0] == (0, "", "the run began")
    assert lines[-1] == (0, "", "the run ended")
    of_grandchild = [(depth, words) for depth, task, words in lines if task == "grandchild"]
    assert of_grandchild == [
        (2, "was spawned by child (4) at traced.py:12"),
        (2, "step 1 begins"),
        (2, "step 1 ends after a while: returned"),
    ]
    of_waits = [words for _, task, words in lines if task == "waits"]
    assert of_waits == [
        "was spawned by main (1) at traced.py:25",
        "step 1 begins",
        "step 1 ends after a while: blocked in Event.wait at traced.py:16",
        "woken for step 2: grandchild (5) woke it at traced.py:7",
        "step 2 begins",
        "step 2 ends after a while: passed a checkpoint",
        "step 3 begins",
        "the nursery of traced.py:24 was cancelled by a task that failed",
        "step 3 ends after a while: raised ValueError: wrong",
    ]
    assert any(words.startswith("waits for I/O or the next deadline, in ") for *_, words in lines)
    assert any(words.startswith("waited ") for *_, words in lines)
    assert all("<init>" not in task and "TrioToken" not in task for _, task, _ in lines)


def test_time_never_goes_back_and_each_step_that_begins_ends() -> None:
    _, err = run("--trace", "-c", "continue", PROGRAM)
    lines = lines_of(err)
    times = [time for time, *_ in lines]
    assert times == sorted(times)
    begun: dict[str, list[str]] = {}
    for _, _, task, words in lines:
        if words.startswith("step "):
            begun.setdefault(task.partition("(")[2], []).append(" ".join(words.split()[:3]))
    assert len(begun) == 4
    for steps in begun.values():
        assert steps == [
            f"step {n} {how}" for n in range(1, len(steps) // 2 + 1) for how in ("begins", "ends")
        ]


def test_a_file_tells_the_same(tmp_path: Path) -> None:
    _, err = run("--trace", "--seed", "1", "-c", "continue", PROGRAM)
    _, silent = run(f"--trace={tmp_path / 'trace'}", "--seed", "1", "-c", "continue", PROGRAM)
    assert silent == ""
    assert told((tmp_path / "trace").read_text(encoding="utf-8")) == told(err)


def test_a_file_of_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "trace"
    run(f"--trace={path}", "--trace-format", "jsonl", "-c", "continue", PROGRAM)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert {each["kind"] for each in lines} == {"traced"}
    kinds = {each["entry"]["log_entry_kind"] for each in lines}
    assert kinds >= {LogKind.RUN, LogKind.SPAWNED, LogKind.BEGAN, LogKind.WOKEN, LogKind.EXITED}
    assert [
        each["depth"]
        for each in lines
        if (each["entry"]["task"] or {}).get("short") == "grandchild"
    ] == [2, 2, 2]


def test_of_some_tasks_by_a_command() -> None:
    _, err = run("-c", "trace on wai*", "-c", "continue", PROGRAM)
    traced = [line for line in err.splitlines() if LINE.fullmatch(line)]
    assert len(traced) == 9
    assert all("waits (3)" in line for line in traced)


def test_until_it_is_switched_off() -> None:
    commands = ("-c", "trace on", "-c", f"break {PROGRAM}:16", "-c", "continue", "-c", "trace off")
    _, err = run(*commands, "-c", "continue", PROGRAM)
    before, _, after = err.partition("the trace is off")
    assert [line for line in before.splitlines() if LINE.fullmatch(line)]
    assert not [line for line in after.splitlines() if LINE.fullmatch(line)]


def test_what_is_done_at_a_stop_is_done_at_one_moment() -> None:
    commands = ("-c", "trace on", "-c", "step main 2", "-c", "time +1s", "-c", "quit")
    done = children.run("-m", "stepdbg", *commands, HERE / "programs" / "crowd.py")
    lines = [line for line in done.stderr.decode().splitlines() if LINE.fullmatch(line)]
    times = [time for time, *_ in lines_of("\n".join(lines))]
    assert times == sorted(times)
    assert any(" cancelled a nursery" in line for line in lines)
    assert len([line for line in lines if " woken for step " in line]) > 2


def test_in_order_with_what_the_program_prints() -> None:
    program = HERE / "programs" / "others" / "traced_prints.py"
    done = children.run(
        "-m",
        "stepdbg",
        "--trace",
        "-c",
        "continue",
        program,
        merged=True,
        settings={"PYTHONUNBUFFERED": "1"},
    )
    lines = done.stdout.decode().splitlines()
    at = lines.index("in the first step")
    assert lines[at - 1].endswith("step 1 begins")
    assert " step 1 ends after " in lines[at + 1]


def test_the_arguments_of_the_program_are_its_own(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("import sys\nprint(sys.argv[1:])\n", encoding="utf-8")
    done = children.run("-m", "stepdbg", program, "--trace=x", "-mfoo")
    assert done.stdout.decode().splitlines()[0] == "['--trace=x', '-mfoo']"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--trace-format", "xml"), "--trace-format xml: say text or jsonl"),
        (("--trace-format", "jsonl"), "--trace-format jsonl needs a file: say --trace=FILE"),
        (("--trace=/nowhere/at/all",), "--trace /nowhere/at/all: its folder does not exist"),
    ],
)
def test_what_makes_no_sense_is_refused(options: tuple[str, ...], sentence: str) -> None:
    done = children.run("-m", "stepdbg", *options, PROGRAM)
    assert done.returncode == 2
    assert sentence in done.stderr.decode()


def test_the_command_needs_to_know_what_to_do() -> None:
    _, err = run("-c", "trace maybe", "-c", "trace off main", "-c", "continue", PROGRAM)
    assert err.count("say `trace on`, `trace on TASK…` or `trace off`") == 2


FORMS = (
    (),
    ("--trace-format", "jsonl"),
    ("--raw-events",),
    ("--raw-events", "--trace-format", "jsonl"),
)


def traced(path: Path | str, *options: str) -> tuple[int, str]:
    """How a program with a trace in a file ends, and what stepdbg says of it."""
    done = children.run("-m", "stepdbg", f"--trace={path}", *options, "-c", "continue", PROGRAM)
    return done.returncode, done.stderr.decode()


def test_an_earlier_trace_is_replaced_whatever_its_form(tmp_path: Path) -> None:
    path = tmp_path / "trace"
    path.touch()
    for form in (*FORMS, FORMS[0]):
        status, _ = traced(path, *form)
        assert status != 2
        assert path.stat().st_size
        assert "left over" not in path.read_text()
        with path.open("a") as file:
            file.write("left over\n")


@pytest.mark.parametrize(
    "content",
    [
        b"x = 1\n",
        b"   0.000123  12.5\n",
        b'{"kind": "mine"}\n',
        b"\n",
        b"\xff\x00",
        b"the run began\n",
    ],
)
def test_a_file_that_is_no_trace_is_refused_and_kept(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes"
    path.write_bytes(content)
    status, told = traced(path)
    assert status == 2
    why = "it is there and was not written by this option; name another file"
    assert told == f"stepdbg: --trace {path}: {why}\n"
    assert path.read_bytes() == content


@pytest.mark.parametrize("content", ["", "print(1)\n"])
def test_the_program_itself_is_refused(tmp_path: Path, content: str) -> None:
    program, link = tmp_path / "program.py", tmp_path / "link"
    program.write_text(content)
    link.symlink_to(program)
    for path in (program, link):
        done = children.run("-m", "stepdbg", f"--trace={path}", "-c", "continue", program)
        assert done.returncode == 2
        assert f"--trace {path}: this is the program; name another file" in done.stderr.decode()
    assert program.read_text() == content


def test_the_name_of_a_descriptor_empties_nothing(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("begun before\n")
    words = [sys.executable, "-m", "stepdbg", "--trace=/dev/stderr", "-c", "continue"]
    with log.open("ab") as file:
        subprocess.run(
            [*words, str(PROGRAM)],
            stderr=file,
            stdin=subprocess.DEVNULL,
            check=False,
            env=children.environment(),
        )
    lines = log.read_text().splitlines()
    assert lines[0] == "begun before"
    assert lines[1].endswith("the run began")

"""`dump` and `--open` as a user has them: whole processes, other Pythons."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.archive.dumps import without_moment
from tests.frontends.at_terminal import debug
from tests.terminal import ENTER

ROOT = Path(__file__).parents[2]
EXAMPLES = tuple(sorted(path.stem for path in (ROOT / "examples").glob("*.py")))

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "400"}


def stepdbg(
    *words: str, python: str = sys.executable, stdin: str = "", plain: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run stepdbg; `plain`: without any installed package."""
    command = [python, *(["-S"] if plain else []), "-m", "stepdbg", *words]
    return subprocess.run(
        command,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        env=ENVIRONMENT,
        check=False,
    )


def other_pythons() -> list[str]:
    """Interpreters of other supported versions on this machine, with or without packages."""
    found = []
    for minor in (11, 12, 13, 14):
        python = shutil.which(f"python3.{minor}")
        if python is None or minor == sys.version_info.minor:
            continue
        check = [python, "-c", "import sys; sys.exit(sys.version_info[0] != 3)"]
        if subprocess.run(check, capture_output=True, check=False).returncode == 0:
            found.append(python)
    return found


def dumped(example: str, path: Path) -> str:
    """Dump an example after some steps; what `tree` said then."""
    steps = [word for _ in range(0 if example == "double" else 3) for word in ("-c", "step")]
    script = str(ROOT / "examples" / f"{example}.py")
    ran = stepdbg(
        "--output", "stdout", *steps, "-c", f"dump {path}", "-c", "tree", "-c", "quit", script
    )
    assert path.exists(), ran.stdout + ran.stderr
    return between(ran.stdout, "(stepdbg) tree\n")


def between(text: str, start: str) -> str:
    """What was answered to a command."""
    return text.partition(start)[2].partition("(stepdbg)")[0]


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("open") / "tasks.dump"
    dumped("tasks", path)
    return path


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_dump_of_every_example_opens_on_every_python(example: str, tmp_path: Path) -> None:
    path = tmp_path / "a.dump"
    tree = dumped(example, path)
    for python in (sys.executable, *other_pythons()):
        opened = stepdbg("--open", str(path), "-c", "tree", "-c", "quit", python=python)
        assert opened.returncode == 0, opened.stderr
        assert opened.stderr == ""
        then = between(opened.stdout, "(stepdbg) tree\n")
        assert without_moment(then) == tree != then


def test_commands_come_from_standard_input(dump: Path) -> None:
    opened = stepdbg("--open", str(dump), stdin="tasks\nstep\nwhere\n")
    assert "into the run, when this picture was taken\n" in opened.stdout
    assert opened.returncode == 0
    assert "left_child" in opened.stdout
    assert "`step` needs a live run, and a dump has none" in opened.stdout


def test_a_dump_is_opened_without_any_installed_package(dump: Path) -> None:
    opened = stepdbg("--open", str(dump), "-c", "tasks -a", "-c", "why -a", plain=True)
    assert opened.returncode == 0, opened.stderr
    assert "left_child" in opened.stdout


def test_a_dump_says_what_it_is(dump: Path) -> None:
    opened = stepdbg("--open", str(dump))
    version = ".".join(map(str, sys.version_info[:3]))
    assert f"Python {version}, Trio " in opened.stdout
    assert "examples/tasks.py" in opened.stdout


def test_json_over_a_dump(dump: Path) -> None:
    request = json.dumps({"command": "tasks", "id": 1})
    opened = stepdbg("--open", str(dump), "--json", stdin=request + "\n")
    lines = [json.loads(line) for line in opened.stdout.splitlines()]
    assert [line["kind"] for line in lines[:1]] == ["hello"]
    assert "stop" in {line["kind"] for line in lines}
    (reply,) = (line for line in lines if line["kind"] == "reply")
    assert reply["replies"][0]["kind"] == "task_list"
    assert lines[-1]["event"]["kind"] == "program_ended"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--record"], "--record is for running a program"),
        (["-m"], "-m is for running a program"),
        (["--pm"], "--pm is for running a program"),
        (["script.py"], "what is 'script.py' for?"),
    ],
)
def test_options_that_make_no_sense(dump: Path, words: list[str], said: str) -> None:
    opened = stepdbg("--open", str(dump), *words)
    assert opened.returncode == 2
    assert said in opened.stderr
    assert opened.stderr.count("\n") == 1


def test_a_file_that_is_no_dump() -> None:
    opened = stepdbg("--open", __file__)
    assert opened.returncode == 2
    assert opened.stderr == f"stepdbg: {__file__} is not a dump of stepdbg\n"
    assert opened.stdout == ""


def test_a_dump_that_cannot_be_written_does_not_cost_the_run(tmp_path: Path) -> None:
    script = str(ROOT / "examples" / "tasks.py")
    ran = stepdbg("--output", "stdout", "-c", f"dump {tmp_path}", "-c", "dump", "-c", "c", script)
    assert ran.returncode == 0
    assert "could not be written: it is there already" in ran.stdout
    assert "`dump` needs the name of a file" in ran.stdout
    assert "parent: both children are done" in ran.stdout


OWN_DUMP = """
import sys
import stepdbg
import trio

async def child():
    await trio.sleep_forever()

def helper(rows):
    stepdbg.dump(sys.argv[1])  # the line

async def main():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(child)
        await trio.lowlevel.checkpoint()
        helper([1, 2])
        nursery.cancel_scope.cancel()
    print("instruments:", trio.lowlevel.current_statistics().tasks_living)

try:
    stepdbg.dump(sys.argv[1])
except Exception as error:
    print(error)
trio.run(main)
trio.run(main)
"""


@pytest.mark.parametrize("under", [False, True], ids=["plain", "under stepdbg"])
def test_a_program_dumps_itself(tmp_path: Path, under: bool) -> None:
    program, path = tmp_path / "program.py", tmp_path / "own.dump"
    program.write_text(OWN_DUMP)
    words = ["-m", "stepdbg", "-c", "continue"] if under else []
    ran = subprocess.run(
        [sys.executable, *words, program, path],
        capture_output=True,
        text=True,
        timeout=60,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    assert "there is no run to show" in ran.stdout
    assert ran.stdout.count("instruments: ") == 2
    opened = stepdbg("--open", str(path), "-c", "where", "-c", "args", "-c", "task child")
    assert "pause: inside step 2 of main" in opened.stdout
    assert "stepdbg.dump(sys.argv[1])  # the line" in opened.stdout
    assert "rows = [1, 2]" in opened.stdout
    assert "child" in between(opened.stdout, "(stepdbg) task child\n")


def test_at_a_terminal(tmp_path: Path) -> None:
    path = tmp_path / "tasks.dump"
    program = ROOT / "examples" / "tasks.py"
    stepdbg("-c", f"dump {path}", "-c", "quit!", str(program))
    with debug(tmp_path, path, "--open") as terminal:
        terminal.wait_for_prompt()
        assert any("current" in line for line in terminal.do("tasks"))
        assert terminal.do("cancel main") == [
            "error: `cancel` needs a live run, and a dump has none"
        ]
        terminal.type("quit" + ENTER)
        assert terminal.wait_for_exit() == 0

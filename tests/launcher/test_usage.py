"""Bad usage: one line on standard error, exit code 2, and nothing of the program has run."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import stepdbg
from stepdbg import cli, usage
from stepdbg.model.errors import BadUsage

from .side_by_side import PROGRAMS, ROOT, Outcome, debugged, plain, run

EMPTY = str(PROGRAMS / "empty.py")


def stepdbg_run(*words: str, cwd: Path = PROGRAMS) -> Outcome:
    """What stepdbg does with the words."""
    return run([*debugged(options=()), *words], cwd=cwd)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "no program given: name a script, or a module after -m (see --help)"),
        (["-c", "continue"], "no program given: name a script, or a module after -m (see --help)"),
        (["--"], "no program given: name a script, or a module after -m (see --help)"),
        (["-"], "a program cannot be read from standard input: name a script"),
        (["missing.py"], "cannot open missing.py: No such file or directory"),
        (["missing/script.py"], "cannot open missing/script.py: No such file or directory"),
        (["empty.py/script.py"], "cannot open empty.py/script.py: Not a directory"),
        ([""], "cannot run .: no __main__.py is in it"),
        (["package/../namespace"], "cannot run package/../namespace: no __main__.py is in it"),
        (["-m"], "-m needs a value: -m MODULE"),
        (["-m", ""], "-m needs a value: -m MODULE"),
        (["-c"], "-c needs a value: -c COMMAND"),
        (["--command"], "--command needs a value: --command COMMAND"),
        (["--rc="], "--rc needs a value: --rc FILE"),
        (["--no-such", "empty.py"], "unknown option --no-such (see --help)"),
        (["-x", "empty.py"], "unknown option -x (see --help)"),
        (["-hx", "empty.py"], "unknown option -x (see --help)"),
        (["--json=yes", "empty.py"], "--json takes no value"),
        (["--com", "continue", "empty.py"], "unknown option --com (see --help)"),
        (["--commands", "missing", "empty.py"], "--commands missing: no such file"),
        (["--commands", "package", "empty.py"], "--commands package: a folder, not a file"),
        (["--rc", "missing", "empty.py"], "--rc missing: no such file"),
        (["--dump", "missing/dump", "empty.py"], "--dump missing/dump: its folder does not exist"),
        (["--dump", ".", "empty.py"], "--dump .: a folder, not a file"),
        (["--tty", "missing", "empty.py"], "--tty missing: No such file or directory"),
        (["--tty", "/dev/null", "empty.py"], "--tty /dev/null: not a terminal"),
        (["--json-fd", "x", "empty.py"], "--json-fd x: not the number of a file descriptor"),
        (["--json-fd", "-1", "empty.py"], "--json-fd -1: not the number of a file descriptor"),
        (["--json", "--tty", "/dev/tty", "empty.py"], "--tty and JSON exclude each other"),
        (["--json", "--commands", "-", "empty.py"], "--commands and JSON exclude each other"),
        (
            ["--json-fd", "3", "--json-socket", "s", "empty.py"],
            "--json-fd and --json-socket exclude each other",
        ),
        (
            ["--tty", "/dev/tty", "--commands", "-", "empty.py"],
            "--tty and --commands exclude each other",
        ),
    ],
)
def test_one_line(words: list[str], message: str) -> None:
    assert stepdbg_run(*words) == Outcome(b"", f"stepdbg: {message}\n".encode(), 2)


@pytest.mark.parametrize(
    ("module", "message"),
    [
        ("missing", "No module named missing"),
        ("missing.module", "(ModuleNotFoundError: No module named 'missing')"),
        ("package.missing", "No module named package.missing"),
        ("package.sibling.more", "(ModuleNotFoundError: __path__ attribute not found on"),
        ("namespace", "No module named namespace.__main__; 'namespace' is a package"),
        ("empty.py", "Try using 'empty' instead of 'empty.py' as the module name."),
        (".relative", "Relative module names not supported"),
        ("sys", "No code object available for sys"),
        ("a b", "No module named a b"),
    ],
)
def test_module_not_found(module: str, message: str) -> None:
    outcome = stepdbg_run("-m", module)

    assert message in outcome.stderr.decode()
    assert outcome.stderr.startswith(b"stepdbg: cannot run -m ")
    assert (outcome.stderr.count(b"\n"), outcome.status) == (1, 2)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_script(tmp_path: Path) -> None:
    (tmp_path / "secret.py").touch(mode=0o000)

    outcome = stepdbg_run("secret.py", cwd=tmp_path)

    assert outcome == Outcome(b"", b"stepdbg: cannot open secret.py: Permission denied\n", 2)


def test_error_inside_the_module_is_its_own() -> None:
    for module in ("package.imports_missing", "broken_package.module"):
        outcome = stepdbg_run("-c", "continue", "-m", module)

        assert b"ModuleNotFoundError: No module named 'no_such_module" in outcome.stderr
        assert outcome.status == 1


@pytest.mark.parametrize("words", [["-h"], ["--help"], ["-c", "continue", "--help", "missing.py"]])
def test_help(words: list[str]) -> None:
    outcome = stepdbg_run(*words)

    assert (outcome.stderr, outcome.status) == (b"", 0)
    assert outcome.stdout.decode() == cli.help_text()


def test_help_names_every_option_and_fits_a_terminal() -> None:
    text = cli.help_text()

    for words, value, _ in usage.OPTIONS:
        shown = ", ".join(words) + (f" {value}" if value else "")
        assert re.search(rf"^  {re.escape(shown)}\s", text, re.MULTILINE)
    assert max(map(len, text.splitlines())) <= 80
    assert "125" in text


def test_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    source = (ROOT / project["tool"]["hatch"]["version"]["path"]).read_text()

    assert f'VERSION = "{stepdbg.__version__}"' in source
    shown = stepdbg_run("--version").stdout.decode()
    assert shown.startswith(f"stepdbg {stepdbg.__version__} (Python ")


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["-c", "continue", EMPTY]])
def test_next_to_nothing_is_imported(words: list[str]) -> None:
    code = f"""
import atexit, sys
atexit.register(lambda: print(*sorted(sys.modules)))
from stepdbg.cli import main
main({words!r})
"""

    names = run([*plain(), "-c", code]).stdout.decode().splitlines()[-1].split()

    assert "stepdbg.cli" in names
    heavy = {"trio", "dataclasses", "typing", "argparse", "threading", "prompt_toolkit"}
    assert not heavy.intersection(names)
    assert {name for name in names if name.startswith("stepdbg.model")} == {
        "stepdbg.model",
        "stepdbg.model.depth",
        "stepdbg.model.errors",
        "stepdbg.model.ours",
        "stepdbg.model.program_streams",
        "stepdbg.model.standard",
    }


def test_options_end_at_the_target() -> None:
    options = cli.parse_options(["-cstep", "--command=tasks", "script.py", "-c", "x", "--", "-m"])

    assert options.commands == ["step", "tasks"]
    assert options.target == "script.py"
    assert options.arguments == ["-c", "x", "--", "-m"]


def test_module_takes_the_rest() -> None:
    for words in (["-m", "a.b", "-c", "x"], ["-m", "--record", "--", "a.b", "-c", "x"]):
        options = cli.parse_options(words)

        assert (options.module, options.target) == ("a.b", "")
        assert options.arguments == ["-c", "x"]


@pytest.mark.parametrize(
    ("words", "module", "arguments", "commands"),
    [
        (["-mpackage.name"], "package.name", [], []),
        (["-c", "q", "-mname", "-mx", "y"], "name", ["-mx", "y"], ["q"]),
        (["-c", "-mvalue", "-mname"], "name", [], ["-mvalue"]),
        (["-m", "name", "-mx"], "name", ["-mx"], []),
    ],
)
def test_module_in_one_word(
    words: list[str], module: str, arguments: list[str], commands: list[str]
) -> None:
    options = cli.parse_options(words)
    assert (options.module, options.arguments, options.commands) == (module, arguments, commands)


def test_such_a_word_may_be_the_programs() -> None:
    options = cli.parse_options(["program.py", "-mname"])
    assert (options.target, options.module, options.arguments) == ("program.py", "", ["-mname"])


def test_two_dashes_before_the_target() -> None:
    options = cli.parse_options(["--record", "--", "-odd.py", "--", "x"])

    assert (options.target, options.arguments) == ("-odd.py", ["--", "x"])
    assert options.record is True


def test_options_without_words() -> None:
    options = cli.parse_options(["script.py"])

    assert (options.record, options.commands_file, options.tty, options.rc) == (None,) * 4
    assert not options.speaks_json


def test_value_that_looks_like_an_option() -> None:
    assert cli.parse_options(["-c", "--help", "script.py"]).commands == ["--help"]
    with pytest.raises(BadUsage, match="takes no value"):
        cli.parse_options(["--record=no", "script.py"])


def test_commands_from_a_fifo_are_not_opened_early(tmp_path: Path) -> None:
    """Opening would wait for a writer, which a program without Trio must not need."""
    fifo = tmp_path / "commands"
    os.mkfifo(fifo)

    assert stepdbg_run("--commands", str(fifo), "empty.py").status == 0


def test_console_script_is_declared() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    module, _, function = scripts["stepdbg"].partition(":")

    assert getattr(sys.modules[module], function) is cli.main


def test_a_commands_file_that_cannot_be_opened(tmp_path: Path) -> None:
    """There it is, and readable: only opening it tells."""
    bound = tmp_path / "bound"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(bound))
    (tmp_path / "loop").symlink_to("loop")
    for path in (bound, tmp_path / "loop", "/dev/tty"):
        words = ("-m", "stepdbg", "--commands", str(path), "empty.py")
        done = subprocess.run(
            [sys.executable, *words],
            cwd=PROGRAMS,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # without a terminal, also where the tests have one
        )
        assert done.returncode == 2
        assert done.stderr.startswith(f"stepdbg: --commands {path}: ".encode())

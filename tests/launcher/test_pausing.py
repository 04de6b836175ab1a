"""`breakpoint()` and `stepdbg.set_trace()` open the same prompt wherever they are called."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from .side_by_side import Outcome, debugged, plain, run

SYNC = "import sys\nvalue = 1\n{call}\nprint('value', value, sys.argv[1:], 'trio' in sys.modules)\n"
ASYNC = """
import trio
import stepdbg
async def main():
    value = 1
    {call}
    await trio.to_thread.run_sync(work)
    print("value", value)
def work():
    value = 2
    {call}
trio.run(main)
"""
CALLS = ("breakpoint()", "import stepdbg; stepdbg.set_trace()")


def program(tmp_path: Path, source: str, call: str) -> str:
    path = tmp_path / "program.py"
    path.write_text(source.replace("{call}", call))
    return str(path)


def lines(outcome: Outcome) -> list[str]:
    """What a program and its debugger print, in order."""
    assert outcome.stderr == b""
    return outcome.stdout.decode().splitlines()


def session(path: str, *, under: bool, stdin: bytes, variable: bool = False) -> Outcome:
    """Run a program with these commands on standard input."""
    variables = {"PYTHONBREAKPOINT": "stepdbg.set_trace"} if variable else {}
    command = [*debugged(options=()), path] if under else [*plain(), path]
    return run(command, stdin=stdin, variables=variables, merged=True)


WAYS = [
    pytest.param(CALLS[0], True, False, id="breakpoint under stepdbg"),
    pytest.param(CALLS[0], True, True, id="breakpoint under stepdbg, with the variable"),
    pytest.param(CALLS[0], False, True, id="breakpoint by the variable"),
    pytest.param(CALLS[1], True, False, id="set_trace under stepdbg"),
    pytest.param(CALLS[1], False, False, id="set_trace by itself"),
]


@pytest.mark.parametrize(("call", "under", "variable"), WAYS)
def test_in_a_program_without_trio(tmp_path: Path, call: str, under: bool, variable: bool) -> None:
    path = program(tmp_path, SYNC, call)
    outcome = session(path, under=under, stdin=b"p value + 1\nvalue = 7\nc\n", variable=variable)

    shown = lines(outcome)
    assert "pause: outside of any run, in thread MainThread" in shown
    assert "2" in shown
    assert "value 7 [] True" in shown
    assert outcome.status == 0


OWN_STDOUT = """
import io, sys
sys.stdout = io.StringIO()
value = 1
{call}
kept = sys.stdout.getvalue()
print("not seen")
sys.stdout = sys.__stdout__
print("kept", repr(kept))
"""


@pytest.mark.parametrize(("call", "under", "variable"), WAYS)
def test_a_program_that_catches_its_output_catches_none_of_ours(
    tmp_path: Path, call: str, under: bool, variable: bool
) -> None:
    path = program(tmp_path, OWN_STDOUT, call)
    outcome = session(path, under=under, stdin=b"p value + 1\nc\n", variable=variable)
    found = lines(outcome)
    assert found[found.index("(stepdbg) p value + 1") + 1] == "2"
    assert "kept ''" in found
    assert "not seen" not in found


@pytest.mark.parametrize(("call", "under", "variable"), WAYS)
def test_in_a_task_and_in_a_worker_thread(
    tmp_path: Path, call: str, under: bool, variable: bool
) -> None:
    path = program(tmp_path, ASYNC, call)
    start = b"c\n" if under else b""
    outcome = session(
        path, under=under, stdin=start + b"p value\nc\np value\ntasks\nc\n", variable=variable
    )

    text = "\n".join(lines(outcome))
    assert "pause: inside step 1 of main (1)" in text
    assert "pause: in thread" in text
    assert "which works for main (" in text
    assert "run 1 is held with it" in text
    assert "(stepdbg) p value\n1\n" in text
    assert "(stepdbg) p value\n2\n(stepdbg) tasks\n1 task\n" in text
    assert outcome.status == 0


def test_the_users_own_hook_is_left_alone(tmp_path: Path) -> None:
    path = program(tmp_path, SYNC, "breakpoint()")
    outcome = run([*debugged(), path], variables={"PYTHONBREAKPOINT": "0"})

    assert outcome.stdout == b"value 1 [] False\n"


def test_the_hook_is_given_back(tmp_path: Path) -> None:
    call = "import atexit; atexit.register(lambda: print(sys.breakpointhook.__module__))"
    path = program(tmp_path, SYNC, call)

    # Functions registered by the program run before our own.
    assert b"stepdbg" in run([*debugged(), path]).stdout


@pytest.mark.parametrize("source", [SYNC, ASYNC], ids=["outside", "in a task"])
@pytest.mark.parametrize("under", [True, False])
def test_quit_at_a_pause_runs_the_cleanup(tmp_path: Path, source: str, under: bool) -> None:
    call = (
        "import stepdbg, traceback\n    try: stepdbg.set_trace()\n"
        "    except BaseException: print(traceback.format_exc()); raise\n"
        "    finally: print('cleaned')"
    )
    if source is SYNC:
        call = call.replace("\n    ", "\n")
    path = program(tmp_path, source, call)
    start = b"c\n" if under and source is ASYNC else b""
    outcome = session(path, under=under, stdin=start + b"q\n")

    assert outcome.stdout.decode().count("\ncleaned\n") == 1
    assert (outcome.stderr, outcome.status) == (b"", 125 if under else -signal.SIGINT)
    shown = outcome.stdout.decode().partition("Traceback")[2].partition("cleaned")[0]
    files = [line for line in shown.splitlines() if line.startswith("  File ")]
    assert len(files) == 1, "no frame of ours in what the program prints of it"
    assert str(path) in files[0]


def test_quit_in_a_worker_thread(tmp_path: Path) -> None:
    source = ASYNC.replace("{call}", "pass", 1)
    path = program(tmp_path, source, "stepdbg.set_trace()")
    outcome = session(path, under=False, stdin=b"q\n")

    assert (outcome.stderr, outcome.status) == (b"", -signal.SIGINT)


RESTARTED = """
import os, sys
os.chdir("/")
print("arguments", sys.argv[1:], "STEPDBG_SETUP" in os.environ)
import trio
async def main():
    value = len(sys.argv)
    await trio.sleep(0)
    print("value", value)
trio.run(main)
"""
SET_UP = b"break :main\ncommands\np 'in commands'\nend\ndisplay value\nalias shout p 'a' + 'lias'\n"


@pytest.mark.parametrize("as_module", [False, True])
def test_restart_keeps_what_was_set_up(tmp_path: Path, as_module: bool) -> None:
    program(tmp_path, RESTARTED, "")
    target = ["-m", "program"] if as_module else ["program.py"]
    stdin = SET_UP + b"restart new 'two words'\nc\nshout\nbreak\nn\nn\nrestart\nc\nq\n"
    outcome = run([*debugged(options=()), *target, "old"], cwd=tmp_path, stdin=stdin, merged=True)

    shown = [line for line in lines(outcome) if line.startswith("arguments")]
    assert shown == ["arguments ['old'] False"] + ["arguments ['new', 'two words'] False"] * 2
    text = outcome.stdout.decode()
    assert text.count("in commands") >= 4
    assert "(stepdbg) shout\n'alias'\n" in text
    assert "display 1: value = 3" in text
    assert outcome.status == 125


def test_what_others_could_have_written_is_not_taken_over(tmp_path: Path) -> None:
    path = program(tmp_path, "print('runs')\n", "")
    setup = tmp_path / "setup"
    setup.write_text("break :main\n")
    os.chmod(setup, 0o644)
    outcome = run([*debugged(), path], variables={"STEPDBG_SETUP": str(setup)})

    assert outcome.stdout == b"runs\n"
    assert b"others could have written it" in outcome.stderr


COMMANDS = "break :main\nrestart again\ncontinue\np 'after', value\nquit\n"
CONSOLE_SCRIPT = "import sys\nfrom stepdbg.cli import main\nsys.exit(main())\n"


@pytest.mark.parametrize("console_script", [False, True])
def test_a_commands_file_goes_on_after_restart(tmp_path: Path, console_script: bool) -> None:
    path = program(tmp_path, RESTARTED, "")
    (tmp_path / "commands").write_text(COMMANDS)
    (tmp_path / "stepdbg").write_text(CONSOLE_SCRIPT)
    started = [*plain(), "stepdbg"] if console_script else debugged(options=())
    outcome = run([*started, "--commands", "commands", path], cwd=tmp_path, merged=True)

    shown = [line for line in lines(outcome) if line.startswith("arguments")]
    assert shown == ["arguments [] False", "arguments ['again'] False"]
    assert outcome.stdout.decode().count("\n('after', ") == 0  # `value` is not bound yet
    assert outcome.stdout.decode().count("(stepdbg) p 'after', value\n") == 1
    assert outcome.status == 125


@pytest.mark.parametrize("rest", [["quit"], ["continue"]])
def test_what_follows_a_restart_is_shown(rest: list[str], tmp_path: Path) -> None:
    """Also if the commands that are left only let the program run on."""
    path = program(tmp_path, RESTARTED, "")
    words = [word for line in ["restart", *rest] for word in ("-c", line)]
    outcome = run([*debugged(options=words), path], merged=True)

    text = outcome.stdout.decode()
    assert text.count("\nstart: step 1 of main (1)") == 2
    for line in rest:
        assert f"\n(stepdbg) {line}\n" in text.rpartition("\nstart: ")[2]


def test_commands_of_the_command_line_go_on_after_restart(tmp_path: Path) -> None:
    path = program(tmp_path, RESTARTED, "")
    words = ["-c", "restart again ;; p 'rest'", "-c", "p 'next'", "-c", "continue"]
    outcome = run([*debugged(options=words), path], merged=True)

    text = outcome.stdout.decode()
    assert (text.count("\n'rest'\n"), text.count("\n'next'\n")) == (1, 1)
    assert "\nvalue 2\n" in text
    assert outcome.status == 0

"""Front end and session are put together when Trio comes, and taken apart at the end."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from .side_by_side import NOTE, Outcome, plain, run

# A front end that writes down what happens to it, and a program run under it.
BEGIN = """
    import sys
    from stepdbg.launcher.launch import launch
    from stepdbg.launcher.like_python.target import find_target
    from stepdbg.launcher.wiring import Wiring
    from stepdbg.model.errors import StepdbgError

    def say(*words):
        print("*", *words, flush=True)

    class FrontEnd:
        wants_recorder = False
        takes_ctrl_c = False

        def __init__(self):
            say("made", "trio" in sys.modules)

        def on_session(self, inspector, controller):
            say("session")

        def on_stop(self, stop, inspector, controller):
            from stepdbg.model.stops import Continue
            say("stop", stop.kind)
            return Continue()

        def on_event(self, event):
            say(type(event).__name__, getattr(event, "exit_code", ""), getattr(event, "detail", ""))

        def close(self):
            say("closed")

    def unusable():
        raise StepdbgError("no front end today")

    def broken():
        raise LookupError("a bug")

    def debug(make=FrontEnd, early=False):
        wiring = Wiring(make)
        if early:
            wiring.open_front_end()
        launch(find_target("", "program.py"), [], wiring)
"""

WITH_TRIO = """
    import atexit, trio
    async def main():
        print("running")
    atexit.register(print, "exit function")
    trio.run(main)
"""


def debug(tmp_path: Path, program: str, call: str = "debug()") -> Outcome:
    """Run a program under the front end above."""
    (tmp_path / "program.py").write_text(textwrap.dedent(program))
    return run([*plain(), "-c", textwrap.dedent(BEGIN) + call], cwd=tmp_path)


def lines(outcome: Outcome) -> list[str]:
    return outcome.stdout.decode().splitlines()


def test_front_end_and_session_come_with_trio(tmp_path: Path) -> None:
    outcome = debug(tmp_path, WITH_TRIO)

    assert lines(outcome) == [
        "* made True",
        "* session",
        "* RunStarted  ",
        "* stop start",
        "* Resumed  ",
        "running",
        "* RunEnded  ",
        "exit function",
        "* ProgramEnded 0 ",
        "* closed",
    ]
    assert (outcome.stderr, outcome.status) == (b"", 0)


@pytest.mark.parametrize(
    ("end", "code", "detail", "status"),
    [
        ("raise SystemExit(3)", 3, "", 3),
        ("raise SystemExit('words')", 1, "", 1),
        ("raise SystemExit(256 + 7)", 7, "", 7),
        ("raise SystemExit", 0, "", 0),
        ("raise ValueError('one' + chr(10) + 'two')", 1, "ValueError: one", 1),
        ("raise KeyboardInterrupt", 130, "KeyboardInterrupt", -2),
        ("import sys; sys.excepthook = lambda *_: sys.exit(9); 1/0", 9, "", 9),
    ],
)
def test_end_of_the_program(end: str, code: int, detail: str, status: int, tmp_path: Path) -> None:
    outcome = debug(tmp_path, f"import trio\nasync def main(): pass\ntrio.run(main)\n{end}\n")

    assert lines(outcome)[-2:] == [f"* ProgramEnded {code} {detail}", "* closed"]
    assert outcome.status == status
    assert NOTE not in outcome.stderr


def test_trio_imported_but_not_run(tmp_path: Path) -> None:
    outcome = debug(tmp_path, "import trio\nprint('text')\n")

    assert lines(outcome) == [
        "* made True",
        "* session",
        "text",
        "* ProgramEnded 0 ",
        "* closed",
    ]
    assert outcome.stderr == NOTE


def test_without_trio_no_front_end_is_made(tmp_path: Path) -> None:
    assert debug(tmp_path, "print('text')\n") == Outcome(b"text\n", NOTE, 0)


def test_early_front_end_hears_of_a_program_without_trio(tmp_path: Path) -> None:
    outcome = debug(tmp_path, "print('text')\nraise SystemExit(4)\n", "debug(early=True)")

    assert lines(outcome) == [
        "* made False",
        "text",
        "* Note  ",
        "* ProgramEnded 4 ",
        "* closed",
    ]
    assert (outcome.stderr, outcome.status) == (b"", 4)


def test_front_end_that_cannot_be_made(tmp_path: Path) -> None:
    outcome = debug(tmp_path, WITH_TRIO, "debug(unusable)")

    assert lines(outcome) == ["running", "exit function"]
    assert outcome.status == 0
    assert outcome.stderr == (
        b"stepdbg: no front end today; the program runs without the debugger\n"
    )


def test_bug_of_ours(tmp_path: Path) -> None:
    outcome = debug(tmp_path, WITH_TRIO, "debug(broken)")

    assert lines(outcome) == ["running", "exit function"]
    assert outcome.status == 0
    assert b"a bug in stepdbg, not in your program" in outcome.stderr
    assert b"LookupError: a bug\n" in outcome.stderr
    assert NOTE not in outcome.stderr


def test_module_that_is_only_called_trio(tmp_path: Path) -> None:
    (tmp_path / "trio.py").write_text("def run(function): print('a trio of its own')\n")

    outcome = debug(tmp_path, "import trio\ntrio.run(None)\n")

    assert outcome == Outcome(b"a trio of its own\n", NOTE, 0)


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("CancelStatus", ["running"]),  # missed when the engine is imported
        ("Instruments", ["* made True", "running", "* closed"]),  # missed by its own check
    ],
)
def test_trio_of_unknown_shape(name: str, printed: list[str], tmp_path: Path) -> None:
    take_away = f"import trio._core._run as r; hidden = r.{name}; del r.{name}"
    program = "import trio\nasync def main(): print('running')\n"
    # The name is missing only while the debugger looks for it.
    call = f"""
import stepdbg.launcher.wiring as wiring
attach = wiring.Wiring._start_session
def without_name(self):
    {take_away}
    try:
        attach(self)
    finally:
        r.{name} = hidden
wiring.Wiring._start_session = without_name
debug()
"""

    outcome = debug(tmp_path, program + "trio.run(main)\n", call)

    assert lines(outcome) == printed
    assert outcome.status == 0
    assert outcome.stderr.startswith(b"stepdbg: ")
    assert outcome.stderr.endswith(b"; the program runs without the debugger\n")
    assert outcome.stderr.count(b"\n") == 1


def test_forked_child_ends_nothing(tmp_path: Path) -> None:
    program = """
        import os, sys, trio
        async def main(): pass
        trio.run(main)
        if child := os.fork():
            os.waitpid(child, 0)
        else:
            sys.exit()
    """

    outcome = debug(tmp_path, program)

    assert outcome.stdout.count(b"ProgramEnded") == 1
    assert outcome.stdout.count(b"closed") == 1


def test_threads_that_outlive_the_main_module(tmp_path: Path) -> None:
    program = """
        import threading, trio
        over = threading.Event()
        async def main():
            print("late run")
        def work():
            over.wait()
            trio.run(main)
        threading.Thread(target=work).start()
        threading._register_atexit(over.set)
    """

    assert lines(debug(tmp_path, program))[-5:] == [
        "* Resumed  ",
        "late run",
        "* RunEnded  ",
        "* ProgramEnded 0 ",
        "* closed",
    ]


def test_program_that_closes_its_streams(tmp_path: Path) -> None:
    program = "import os, sys\nsys.stdout.close()\nsys.stderr.close()\nos.close(2)\n"

    assert debug(tmp_path, program).status == 0


def test_program_that_takes_its_streams_away(tmp_path: Path) -> None:
    program = "import sys\nsys.stdout = sys.stderr = None\n"

    assert debug(tmp_path, program) == Outcome(b"", NOTE, 0)

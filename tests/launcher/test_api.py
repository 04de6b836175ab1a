"""The public functions that stop, run and picture, in processes of their own."""

from __future__ import annotations

import re
import signal
from pathlib import Path
from typing import NamedTuple

import pytest

import stepdbg
from stepdbg.archive.viewing import PictureInspector

from .side_by_side import debugged, plain, run

DOCS = Path(stepdbg.__file__).parents[1] / "docs" / "api.md"

RUNS = """
import stepdbg
{before}
async def main(number, *, twice=2):
    import trio
    await trio.lowlevel.checkpoint()
    {inside}
    return number * twice

{after}
"""


class Ran(NamedTuple):
    """What a program and the debugger wrote, and the exit code."""

    text: str
    code: int


def session(
    path: Path,
    *,
    before: str = "",
    inside: str = "pass",
    after: str = "print(stepdbg.run(main, 21))",
    lines: str = "",
    under: bool = False,
) -> Ran:
    program = path / "program.py"
    program.write_text(RUNS.format(before=before, inside=inside, after=after))
    words = [*debugged(), program] if under else [*plain(), program]
    ran = run([str(word) for word in words], cwd=path, stdin=lines.encode(), merged=True)
    return Ran(ran.stdout.decode(), ran.status)


UNDER = pytest.mark.parametrize("under", [False, True], ids=["bare", "under stepdbg"])


@UNDER
def test_run_stops_at_its_start(under: bool, tmp_path: Path) -> None:
    ran = session(tmp_path, lines="p number\ncontinue\n", under=under)
    shown = ran.text
    if not under:  # else `-c continue` has let the first run go on
        assert shown.startswith("\nstart: step 1 of main (1)")
        assert "(stepdbg) p number\n21\n" in shown
    assert "42\n" in shown
    assert ran.code == 0


def test_run_stops_again_in_the_next_run(tmp_path: Path) -> None:
    again = "import trio\ntrio.run(main, 2)\nprint(stepdbg.run(main, 3))"
    after = f"print(stepdbg.run(main, 1))\n{again}"
    ran = session(tmp_path, after=after, lines="continue\ncontinue\n")
    assert ran.text.count("start: ") == 2
    assert "\n6\n" in ran.text


def test_run_raises_what_the_run_raises_and_none_of_our_frames(tmp_path: Path) -> None:
    ran = session(tmp_path, inside="raise KeyError(number)", lines="continue\n")
    assert "\nKeyError: 21\n" in ran.text
    assert ", in run\n" in ran.text  # Trio's
    assert "stepdbg/__init__.py" not in ran.text
    assert ran.code == 1


def test_run_passes_options_on(tmp_path: Path) -> None:
    ran = session(
        tmp_path,
        before="import trio.testing",
        inside="import trio; print(type(trio.lowlevel.current_clock()).__name__)",
        after="stepdbg.run(main, 1, clock=trio.testing.MockClock())",
        lines="continue\n",
    )
    assert "\nMockClock\n" in ran.text


def test_quit_ends_the_program(tmp_path: Path) -> None:
    ran = session(tmp_path, lines="quit\n")
    assert ran.code == -signal.SIGINT
    assert "KeyboardInterrupt" in ran.text
    assert "\n42\n" not in ran.text


@UNDER
@pytest.mark.parametrize("where", ["task", "module"])
def test_a_stop_with_a_header_and_commands(where: str, under: bool, tmp_path: Path) -> None:
    asks = 'stepdbg.set_trace(header="look\\x1b[2Jhere", commands=["p 6 * 7", "where"])'
    run = "import trio; trio.run(main, 21)"
    inside, after = (asks, run) if where == "task" else ("pass", f"{run}; {asks}")
    ran = session(tmp_path, inside=inside, after=after, lines="p 1\ncontinue\n", under=under)
    shown = ran.text
    assert "\nlook\\x1b[2Jhere\n" in shown
    assert shown.index("42\n") < shown.index("->  0  ") < shown.index("(stepdbg) p 1\n1\n")
    assert ran.code == 0


def test_a_command_that_goes_on_ends_the_stop(tmp_path: Path) -> None:
    ran = session(
        tmp_path,
        inside='stepdbg.set_trace(commands=["p number", "continue", "p never"])',
        after="import trio; print(trio.run(main, 21))",
    )
    assert "(stepdbg) p number\n21\n(stepdbg) continue\n" in ran.text
    assert "(stepdbg) p never" not in ran.text
    assert "\n42\n" in ran.text


@pytest.mark.parametrize(
    "wrong", ['commands="where"', "commands=[1]", "header=1", "header=None, commands=None"]
)
def test_what_is_no_text_is_a_type_error(wrong: str, tmp_path: Path) -> None:
    ran = session(tmp_path, before=f"stepdbg.set_trace({wrong})")
    assert "TypeError: " in ran.text
    assert ran.code == 1


PICTURES = """import trio
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.sleep, 3600, name="sleeper")
        await trio.testing.wait_all_tasks_blocked()
        seen = stepdbg.snapshot()
        stepdbg.dump("it.dump")
        nursery.cancel_scope.cancel()
    for each in (seen, stepdbg.open_dump("it.dump")):
        names = [task.label.short for task in each.tasks()]
        number = each.tasks()[1].label.number
        print(names, each.why(number).links[0].wait.kind, each.run().task_count, each.live)
        try:
            each.why(12345)
        except stepdbg.StepdbgError as error:
            print(error)"""


@UNDER
def test_pictures_stay_as_they_were(under: bool, tmp_path: Path) -> None:
    ran = session(
        tmp_path,
        before="import trio, trio.testing",
        inside=PICTURES,
        after="trio.run(main, 1)",
        under=under,
    )
    assert "Traceback" not in ran.text
    assert ran.text.count("['main', 'sleeper'] sleep 2 False\n") == 2
    assert ran.text.count("there was no task 12345") == 2


def test_what_cannot_be_had_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "it.dump").write_text("no dump")
    asked = "('stepdbg.snapshot()', 'stepdbg.dump(\"a\")', 'stepdbg.open_dump(\"it.dump\")')"
    tries = f"""
for asked in {asked}:
    try:
        eval(asked)
    except stepdbg.StepdbgError as error:
        print(type(error).__mro__[-4:][0].__name__, error)
"""
    ran = session(tmp_path, before=tries, after="")
    assert "Traceback" not in ran.text
    assert ran.text.count("StepdbgError there is no run to show: Trio has not") == 2
    assert "it.dump is not a dump" in ran.text


def test_every_public_name_is_documented() -> None:
    text = DOCS.read_text()
    assert len(stepdbg.__all__) > 10
    for name in stepdbg.__all__:
        assert re.search(rf"^`{name}\b", text, re.MULTILINE), name


def test_the_documented_methods_are_there() -> None:
    rows = re.findall(r"^\| (`.*?`) \|", DOCS.read_text(), re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`(\w+)\(", row)]
    assert len(named) > 10
    for name in named:
        assert callable(getattr(PictureInspector, name)), name

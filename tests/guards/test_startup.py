"""Start-up stays light: what a program does not use is not imported on its behalf."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from stepdbg.model.later import LATER

ROOT = Path(__file__).parents[2]
HEAVY = (
    *("trio", "trio.testing", "pytest", "_pytest", "asyncio"),
    *("prompt_toolkit", "pygments", "dataclasses", "inspect"),
)

SHOW = f"import sys; print('loaded:', *(m for m in {HEAVY!r} if m in sys.modules))"

HELP = f"""
import runpy, sys
sys.argv = ["stepdbg", "--help"]
try:
    runpy.run_module("stepdbg", run_name="__main__", alter_sys=True)
except SystemExit as exc:
    assert not exc.code, exc.code
{SHOW}
"""

RUNS_TRIO = f"""
import trio
async def main():
    await trio.lowlevel.checkpoint()
trio.run(main)
{SHOW}
"""

OURS = "print('loaded:', *(m for m in sys.modules if m.partition('.')[0] == 'stepdbg'))"
BEFORE_A_STOP = f"import sys, trio\n{OURS}\n"
AFTER_CONTINUE = f"import sys\n{RUNS_TRIO.replace(SHOW, OURS)}"


def loaded(*arguments: str) -> set[str]:
    """The heavy modules that a child process reports."""
    child = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    (report,) = [line for line in child.stdout.splitlines() if line.startswith("loaded:")]
    return set(report.split()[1:])


@pytest.fixture
def script(tmp_path: Path) -> Path:
    return tmp_path / "script.py"


def test_a_script_without_trio_does_not_get_it(script: Path) -> None:
    script.write_text(SHOW, encoding="utf-8")
    assert loaded("-m", "stepdbg", str(script)) <= loaded(str(script))


def test_help_needs_nothing_heavy() -> None:
    assert loaded("-c", HELP) == loaded("-c", f"import runpy, argparse\n{SHOW}")


def test_continue_needs_no_terminal_toolkit(script: Path) -> None:
    script.write_text(RUNS_TRIO, encoding="utf-8")
    alone, held = loaded(str(script)), loaded("-m", "stepdbg", "-c", "continue", str(script))
    assert "trio" in alone
    assert held <= alone


def ours(script: Path, program: str, *options: str) -> set[str]:
    """Which of our modules a program finds imported under ``-c continue``."""
    script.write_text(program, encoding="utf-8")
    return loaded("-m", "stepdbg", *options, "-c", "continue", str(script))


def under(package: str, modules: set[str]) -> set[str]:
    return {each for each in modules if each.startswith(f"stepdbg.{package}")}


def with_code(modules: set[str]) -> set[str]:
    """Those that are no folder: a folder's ``__init__`` holds two lines of code."""
    return {each for each in modules if not (ROOT / each.replace(".", "/")).is_dir()}


def test_before_the_first_stop_nothing_that_only_stops_need(script: Path) -> None:
    modules = ours(script, BEFORE_A_STOP)
    assert "stepdbg.engine.running.session" in modules
    assert under("commands", modules) == under("archive", modules) == set()
    assert under("render", modules) == {"stepdbg.render", "stepdbg.render.spans"}
    assert "stepdbg.model.replies" not in modules
    assert "stepdbg.frontends.dialogue" not in modules
    assert len(with_code(modules)) <= 108, f"{len(modules)} modules before a program's first run"


def test_a_first_continue_needs_nothing_of_a_stop(script: Path) -> None:
    modules = ours(script, AFTER_CONTINUE)
    assert "stepdbg.engine.running.run" in modules
    assert under("commands", modules) == under("archive", modules) == set()
    assert under("render", modules) == {"stepdbg.render", "stepdbg.render.spans"}
    assert not modules & {"stepdbg.engine.typed.evaluate", "stepdbg.model.waits"}
    assert len(with_code(modules)) <= 118, f"{len(modules)} modules for a run without a stop"


def test_a_stop_imports_no_command_but_the_one_that_is_typed(script: Path) -> None:
    modules = ours(script, AFTER_CONTINUE, "-v")  # shows the stop at the start
    assert "stepdbg.commands.interpreter" in modules
    assert under("engine.waiting", modules) <= {
        "stepdbg.engine.waiting",
        "stepdbg.engine.waiting.deadlock",
        "stepdbg.engine.waiting.deadlocks",
        "stepdbg.engine.waiting.standing",
    }
    assert under("archive", modules) == set()
    assert len(with_code(modules)) <= 154, f"{len(modules)} modules for one stop and `continue`"


@pytest.mark.parametrize("package", LATER)
def test_what_is_said_to_come_later_is_there(package: str) -> None:
    """Each name that a package hands out a stand-in for is a module of it."""
    names = set(LATER[package].split())
    known = {path.stem for path in (ROOT / package.replace(".", "/")).glob("*.py")}
    assert names
    assert names <= known


def test_a_stand_in_gives_what_its_module_has() -> None:
    program = (
        "import sys, stepdbg.engine.describing as describing\n"
        "from stepdbg.engine.describing import plain\n"
        "assert 'stepdbg.engine.describing.plain' not in sys.modules\n"
        "plain.ours = 5\n"
        "import stepdbg.engine.describing.plain as module\n"
        "assert module is not plain and module.ours == plain.ours == 5\n"
        "assert plain.one_line is module.one_line and describing.plain is module\n"
        "del plain.ours\n"
        "assert not hasattr(module, 'ours') and not hasattr(plain, 'ours')\n"
        "assert not hasattr(describing, 'nothing_of_the_kind')\n"
        "print('loaded: all')"
    )
    assert loaded("-c", program) == {"all"}

"""Start-up stays light: what a program does not use is not imported on its behalf."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

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
    assert held - alone <= {"dataclasses"}  # the types of a stop


def ours(script: Path, program: str) -> set[str]:
    """Which of our modules a program finds imported under ``-c continue``."""
    script.write_text(program, encoding="utf-8")
    return loaded("-m", "stepdbg", "-c", "continue", str(script))


def under(package: str, modules: set[str]) -> set[str]:
    return {each for each in modules if each.startswith(f"stepdbg.{package}")}


def test_before_the_first_stop_nothing_that_only_stops_need(script: Path) -> None:
    modules = ours(script, BEFORE_A_STOP)
    assert "stepdbg.engine.session" in modules
    assert under("commands", modules) == under("archive", modules) == set()
    assert under("render", modules) == {"stepdbg.render", "stepdbg.render.spans"}
    assert "stepdbg.model.replies" not in modules
    assert "stepdbg.frontends.dialogue" not in modules
    assert len(modules) <= 170, f"{len(modules)} modules before a program's first run"


def test_continue_imports_no_command_but_itself(script: Path) -> None:
    modules = ours(script, AFTER_CONTINUE)
    assert "stepdbg.commands.interpreter" in modules
    assert "stepdbg.engine.steering.steer" not in modules
    assert under("archive", modules) == set()
    assert len(modules) <= 220, f"{len(modules)} modules for one stop and `continue`"

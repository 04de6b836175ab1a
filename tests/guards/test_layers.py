"""The import rules of pyproject.toml hold."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    environment = os.environ | {"PYTHONPATH": str(folder)}
    return subprocess.run(
        [sys.executable, "-c", code, "--config", str(ROOT / "pyproject.toml"), "--no-cache"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_layers_hold() -> None:
    pytest.importorskip("importlinter", reason="the `check` extra is not installed")
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("model/facts.py", "import trio"),
        ("render/spans.py", "import stepdbg.engine.running.session"),
        ("commands/table.py", "import stepdbg._trio_internals"),
        ("engine/running/session.py", "import prompt_toolkit"),
        ("frontends/dialogue.py", "import stepdbg.engine.running.session"),
    ],
)
def test_a_broken_rule_is_noticed(tmp_path: Path, module: str, line: str) -> None:
    """Each rule can fail: a copy of the package with one bad import does not pass."""
    pytest.importorskip("importlinter", reason="the `check` extra is not installed")
    for source in (ROOT / "stepdbg").rglob("*.py"):
        copy = tmp_path / source.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(source.read_bytes())
    broken = tmp_path / "stepdbg" / module
    broken.write_text(broken.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    result = lint_imports(tmp_path)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "BROKEN" in result.stdout

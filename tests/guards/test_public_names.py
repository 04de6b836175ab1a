"""The public names are the listed ones, and reading them loads nothing else."""

from __future__ import annotations

import subprocess
import sys

import stepdbg

PUBLIC: tuple[str, ...] = (
    "Pdb",
    "StepdbgError",
    "Tracer",
    "__version__",
    "catch",
    "dump",
    "explain",
    "explore",
    "install",
    "open_dump",
    "pm",
    "post_mortem",
    "print_tasks",
    "record",
    "run",
    "set_trace",
    "snapshot",
    "uninstall",
)
"""Every name that other people's programs may rely on."""

PRINT_PUBLIC = "import stepdbg; print(*(n for n in dir(stepdbg) if not n.startswith('_')))"


def test_public_names() -> None:
    assert tuple(getattr(stepdbg, "__all__", ())) == PUBLIC
    assert len(PUBLIC) <= 18
    missing = [name for name in PUBLIC if not hasattr(stepdbg, name)]
    assert missing == []


def test_nothing_else_is_visible() -> None:
    visible = subprocess.run(
        [sys.executable, "-c", PRINT_PUBLIC], capture_output=True, text=True, check=True
    ).stdout.split()
    assert set(visible) <= set(PUBLIC)

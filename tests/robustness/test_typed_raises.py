"""What is raised by typed code leaves no frame of ours on the program's exceptions."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[1] / "programs" / "edge" / "raised.py"

TYPED = [
    "raise handled",
    "raise",
    "raise KEPT",
    "raise handled from members[0]",
    "raise ExceptionGroup('typed', [members[0], handled])",
    "raise group",
    "fails()",
    "apply(fails)",
    "p fails()",
    "def f(): raise members[1] ;; apply(f)",
    "with __import__('contextlib').suppress(ValueError): raise members[0]",
    "break raised.py:{}, fails()",
    "next(_ for _ in [0] if fails())",
]


def line(mark: str) -> int:
    lines = PROGRAM.read_text(encoding="utf-8").splitlines()
    return next(number for number, text in enumerate(lines, 1) if text.endswith(f"# @mark {mark}"))


def child(*arguments: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return (done.stdout + done.stderr).splitlines()


@pytest.mark.parametrize("stop", ["line", "step", "exception"])
def test_frames(stop: str) -> None:
    at = f"break raised.py:{line('handling')}"
    way = {
        "line": [at, "continue"],
        "step": ["break task work", "continue", "step work"],
        "exception": [at, "continue", "break exception KeyError"],
    }[stop]
    typed = [each.format(line("handling") + 1) for each in TYPED]
    options = [word for each in (*way, *typed, *["continue"] * 4) for word in ("-c", each)]
    shown = child("-m", "stepdbg", *options, str(PROGRAM))
    assert any("ValueError: kept" in text for text in shown)
    seen = [text.split()[3:] for text in shown if text.startswith("has been through")]
    assert len(seen) >= 5
    assert {name.partition(":")[0] for names in seen for name in names} == {"raised.py"}
    assert ["raised.py:make"] in seen

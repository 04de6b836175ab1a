"""The sessions shown in the documentation are sessions that happen.

Each is replayed, and what it shows must come out, but for times.  A busy machine may wake the
two sleepers of the example one by one instead of together, so a session has several tries.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .running import ROOT, python

PAGES = (ROOT / "README.md", ROOT / "docs" / "getting-started.md")
NAMING = (*PAGES, ROOT / "docs" / "architecture.md", ROOT / "CONTRIBUTING.md")
BLOCK = re.compile(r"<!-- session(?: goes on)? -->\n```text\n(.*?)```", re.DOTALL)
PROMPT = "(stepdbg) "
TRIES = 5


def without_times(text: str) -> str:
    return re.sub(r"\d\.\d+ s\b", "… s", text)


def replay(commands: list[str]) -> str:
    typed = "".join(f"{command}\n" for command in commands)
    return python("-m", "stepdbg", "examples/tasks.py", stdin=typed).stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_shown_session_happens(page: Path) -> None:
    shown = without_times("".join(BLOCK.findall(page.read_text(encoding="utf-8"))))
    commands = [line.removeprefix(PROMPT) for line in shown.splitlines() if line.startswith(PROMPT)]
    assert len(commands) > 5
    replayed = ""
    for _ in range(TRIES):
        replayed = without_times(replay(commands))
        if replayed == shown:
            return
    assert replayed == shown


@pytest.mark.parametrize(
    "page", [*PAGES, ROOT / "docs" / "architecture.md"], ids=lambda page: page.name
)
def test_files_that_a_page_names_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"`((?:docs|examples|tests|stepdbg|benchmarks)/[\w./-]*|\w+\.md)`", text)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []

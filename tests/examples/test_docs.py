"""The sessions shown in the documentation are sessions that happen.

Each is replayed, and what it shows must come out, but for times.  A busy machine may wake the
two sleepers of the example one by one instead of together, so a session has several tries.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .running import ROOT
from .shown import PAGES, commands_of, replay, shown_session, without_times

TRIES = 5
NAMING = (*PAGES, ROOT / "docs" / "architecture.md", ROOT / "CONTRIBUTING.md")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_shown_session_happens(page: Path) -> None:
    """If this fails because a text has changed: ``python -m tests.examples.shown``."""
    shown = without_times(shown_session(page.read_text(encoding="utf-8")))
    assert len(commands_of(shown)) > 5
    replayed = ""
    for _ in range(TRIES):
        replayed = without_times(replay(shown))
        if replayed == shown:
            return
    assert replayed == shown


@pytest.mark.parametrize("page", NAMING, ids=lambda page: page.name)
def test_files_that_a_page_names_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"`((?:docs|examples|tests|stepdbg|benchmarks)/[\w./-]*|\w+\.md)`", text)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []

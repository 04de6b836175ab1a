"""Dumps that other Pythons and earlier versions of stepdbg have written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.archive.dumps import Dumped
from tests.archive.frozen import FOLDER

FROZEN = sorted(FOLDER.glob("*.dump"))
SHOWN = {
    "stop": ("parent (1)", "_child", None),
    "failure": ("fails (8)", "fails", "ValueError: detail of child"),
    "end": ("from_group (1)", "fails", "RuntimeError: the whole thing"),
    "crash": ("same_pass (1)", "fails#", "ExceptionGroup"),
}


@pytest.mark.parametrize("path", FROZEN, ids=lambda path: str(path.stem))
def test_a_frozen_dump_opens(path: Path) -> None:
    kind = path.stem.partition("-")[0]
    in_tree, at_stop, raised = SHOWN[kind]
    dumped = Dumped(path)
    stop = dumped.shown.stop
    assert stop.task is not None
    assert at_stop in str(stop.task)
    assert in_tree in dumped.text("tree")
    assert "nursery" in dumped.text("why -a")
    assert dumped.text("where").startswith(f"{stop.task}, ")
    assert "->" in dumped.text("list")
    assert "does not show what looked wrong" in dumped.failure("lints")  # dumps had none then
    if raised is None:
        assert "nothing had failed" in dumped.failure("exceptions")
        return
    assert raised in dumped.text("exceptions")
    assert dumped.text("exc 1").startswith("-> 1 ")


def test_two_pythons_have_written_each_kind() -> None:
    kinds = [path.stem.partition("-")[0] for path in FROZEN]
    assert sorted(kinds) == sorted(2 * list(SHOWN))

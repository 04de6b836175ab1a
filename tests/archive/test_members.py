"""A dump holds the attributes of the objects in variables, one level deep."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stepdbg.archive.stacks import StackCamera
from tests.archive.dumps import Dumped, dump_of
from tests.harness import Debugging, debugging


@contextmanager
def looking() -> Iterator[Debugging]:
    with debugging("accounts") as dbg:
        dbg.do("break :look")
        dbg.go("continue", kind="breakpoint")
        yield dbg


@pytest.fixture
def dump(tmp_path: Path) -> Iterator[Dumped]:
    with looking() as dbg:
        yield dump_of(dbg, tmp_path / "accounts.dump")
        assert dbg.text("p RAN") == "[]"


@pytest.mark.parametrize(
    ("frame", "path", "value"),
    [
        ("main", "account.balance", "42"),
        ("main", "account.history", "[1, 2, 3]"),
        ("main", "account.password", "***"),
        ("main", "watched.inside", "1"),
        ("main", "wide.field19", "19"),
        ("Account.pay", "self.balance", "42"),
        ("Account.pay", "entry.amount", "7"),  # in a slot
        ("Account.pay", "entry.what", "'rent'"),
    ],
)
def test_an_attribute_is_shown(dump: Dumped, frame: str, path: str, value: str) -> None:
    dump.text(f"task {frame}")
    if frame == "main":
        dump.text("up")
    assert dump.text(f"p {path}") == value
    assert dump.text(path) == value
    assert dump.text(f"whatis {path}")


@pytest.mark.parametrize(
    "path", ["account.rate", "account.limit", "hidden.x", "wide.field20", "account.history.x"]
)
def test_what_an_object_does_not_hold_itself_is_not_there(dump: Dumped, path: str) -> None:
    dump.text("task main")
    dump.text("up")
    assert "`p NAME.ATTRIBUTE` what an object in it held" in dump.failure(f"p {path}")


def test_they_complete(dump: Dumped) -> None:
    dump.text("task Account.pay")
    found = {each.text for each in dump.interpreter.complete("p self.", 7)}
    assert found == {"balance", "history", "password"}


def test_a_dump_without_values_has_none(tmp_path: Path) -> None:
    with looking() as dbg:
        dump = dump_of(dbg, tmp_path / "bare.dump", values=False)
        dump.text("task Account.pay")
        assert "what an object in it held" in dump.failure("p self.balance")
        assert not [
            frame.members
            for run in dump.inspector.picture.pictures
            for task in run.tasks
            for frame in task.frames
            if frame.members
        ]


def test_the_task_of_the_stop_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StackCamera, "CHARACTERS_OF_MEMBERS", 0)
    with looking() as dbg:
        dump = dump_of(dbg, tmp_path / "small.dump")
        dump.text("task main")
        dump.text("up")
        assert dump.text("p account.balance") == "42"
        dump.text("task Account.pay")
        assert "`locals` lists" in dump.failure("p self.balance")

"""A dump of very many tasks."""

from __future__ import annotations

from pathlib import Path

from stepdbg.archive.reading import open_dump
from stepdbg.archive.writing import write_dump
from tests.harness import debugging

TASKS = 10_000


def test_ten_thousand_tasks(tmp_path: Path) -> None:
    path = tmp_path / "many.dump"

    with debugging("many_tasks", args=[str(TASKS)]) as dbg:
        dbg.do(f"break many_tasks.py:{dbg.line('here')}")
        dbg.go("continue", kind="breakpoint")
        dbg.call(lambda: write_dump(dbg.inspector, path, stop=dbg.stop))
    assert path.stat().st_size < 5_000_000
    inspector = open_dump(path)
    assert len(inspector.tasks()) == TASKS + 1
    kept = inspector.picture.pictures[0].tasks
    assert all(task.frames for task in kept)
    assert any(frame.variables for task in kept for frame in task.frames)

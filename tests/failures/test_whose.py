"""Where tasks come from, and how one is shown whose exception is in view."""

from __future__ import annotations

from pathlib import Path

from stepdbg.model.replies import Stack, TaskShown
from stepdbg.model.task import Spawn
from tests.archive.dumps import Dumped, dump_of
from tests.frontends import children
from tests.harness import Debugging, debugging

PROGRAM = Path(__file__).parents[1] / "programs" / "started.py"


def chain(dbg: Debugging, line: str) -> list[tuple[str, int | None]]:
    """Who started a task and at which line, then who started that one."""
    found = []
    for spawn in dbg.reply(line, Stack).started:
        assert isinstance(spawn, Spawn)
        assert spawn.by is not None
        assert spawn.place is not None
        found.append((spawn.by.short, spawn.place.line))
    return found


def test_where_goes_on_up_to_the_main_task_live_and_in_a_dump(tmp_path: Path) -> None:
    with debugging("started", stops_on_failure=True) as dbg:
        stop = dbg.go("continue", kind="failure", task="leaf", line_mark="fails")
        wanted = [("middle", dbg.line("leaf")), ("main", dbg.line("middle"))]
        assert chain(dbg, "where") == wanted
        assert chain(dbg, "where main") == []
        # Who has ended is named; who started it is not known any more.
        assert chain(dbg, "where orphan") == [("ends", dbg.line("orphan"))]
        assert dbg.text("where", 200).splitlines()[-1] == (
            f"  started by {dbg.reply('task main', TaskShown).task.label} at "
            f"started.py:{dbg.line('middle')}: inner.start_soon(middle)  # @mark middle"
        )
        dbg.do("task leaf")
        live = dbg.text("where")
        dump = dump_of(dbg, tmp_path / "d.dump")
        # The step in which it ended is one of its steps.
        assert dbg.reply("task leaf", TaskShown).task.steps == stop.step
    assert dump.text("where") == live


def test_a_task_is_shown_as_the_exception_in_view_left_it_if_pictured_then(tmp_path: Path) -> None:
    path = tmp_path / "d.dump"
    commands = ("exc 1.1", "where", "exc 1.1.1.1.1", "where")
    given = [part for line in commands for part in ("-c", line)]
    child = children.run("-m", "stepdbg", "--pm", "--dump", path, *given, PROGRAM)
    shown = (child.stdout + child.stderr).decode()
    _, exc, where, _, last, *_ = shown.split("(stepdbg) ")
    assert "RuntimeError" in exc
    assert where.splitlines()[1] == "exception 1.1"  # the picture is of an earlier moment
    assert 'raise RuntimeError("over") from group' in where
    assert ", exited" in last.splitlines()[1]
    dump = Dumped(path)
    dump.text("exc 1.1")
    assert dump.text("where").splitlines()[0] == "main (1), exited"
    assert dump.text("where middle").splitlines()[0].endswith(", waits for children")

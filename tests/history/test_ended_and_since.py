"""What is known of tasks that have ended, and since when those that wait do."""

from __future__ import annotations

import json
from pathlib import Path

from stepdbg.model.facts import NOT_RECORDED
from stepdbg.model.history import EndedTask, EndedTasks, LogShown
from stepdbg.model.task import Spawn
from stepdbg.model.waits import Moment, Wait
from stepdbg.render.jsonlines import text_of
from tests.archive.dumps import dump_of
from tests.harness import Debugging, debugging


def at_mark(dbg: Debugging, mark: str) -> None:
    dbg.do(f"break {dbg.line(mark)}")
    dbg.go("continue", line_mark=mark)


def ended(dbg: Debugging, line: str = "tasks --ended 100") -> dict[str, EndedTask]:
    return {task.label.short: task for task in dbg.reply(line, EndedTasks).tasks}


def test_how_tasks_ended_and_where_they_came_from() -> None:
    with debugging("recorded") as dbg:
        at_mark(dbg, "end")
        known = ended(dbg)
        assert {name: (task.outcome, task.detail) for name, task in known.items()} == {
            "waits": ("returned", ""),
            "owns#1": ("returned", ""),
            "owns#2": ("returned", ""),
            "is_cancelled": ("returned", ""),
            "fails": ("raised", "Refuses"),
        }
        spawn = known["waits"].spawn
        assert isinstance(spawn, Spawn)
        assert spawn.place is not None
        assert spawn.place.line == dbg.line("spawn")
        assert known["waits"].parent is not None
        assert known["waits"].parent.short == "main"
        assert known["waits"].steps == 3
        assert "raised" in dbg.text("tasks --ended")


def test_the_last_ones_and_how_many_there_are_besides() -> None:
    with debugging("recorded") as dbg:
        at_mark(dbg, "end")
        assert list(ended(dbg, "tasks --ended 1")) == ["fails"]
        assert "4 earlier ones" in dbg.text("tasks --ended 1")


def wait_of(dbg: Debugging, task: str) -> Wait:
    number = dbg.call(
        lambda: next(t.label.number for t in dbg.inspector.tasks() if t.label.short == task)
    )
    wait = dbg.call(lambda: dbg.inspector.why(number)).links[0].wait
    assert wait is not None
    return wait


def test_since_when_a_task_waits() -> None:
    with debugging("recorded") as dbg:
        at_mark(dbg, "cancel")
        since = wait_of(dbg, "waits").since
        assert isinstance(since, Moment)
        assert since.step == 1
        assert since.place is not None
        assert since.place.line == dbg.line("wait")
        assert 0 < since.time < dbg.call(dbg.inspector.run).time
        assert "[waiting since" in dbg.text("why waits")


def test_without_a_recorder_since_when_is_not_told() -> None:
    with debugging("recorded", record=False) as dbg:
        at_mark(dbg, "cancel")
        assert wait_of(dbg, "waits").since is NOT_RECORDED
        assert "[" not in dbg.text("why waits").replace("[waiting", "[")


def test_a_dump_tells_the_same(tmp_path: Path) -> None:
    with debugging("recorded") as dbg:
        at_mark(dbg, "end")
        dumped = dump_of(dbg, tmp_path / "dump")
        for line in ("log 1000", "log -a 1000", "log waits 5", "tasks --ended"):
            assert dumped.text(line) == dbg.text(line), line
        moment, _, tasks = dumped.text("tasks").partition("\n")
        assert moment.endswith("when this picture was taken")
        assert tasks == dbg.text("tasks")


def test_a_dump_without_values_tells_no_messages(tmp_path: Path) -> None:
    with debugging("examples/crash") as dbg:
        dbg.do("break task * on fail")
        dbg.go("continue")
        dbg.go("continue")
        known = [task for task in dbg.reply("tasks --ended", EndedTasks).tasks if task.detail]
        assert any(":" in task.detail for task in known)
        inspector = dump_of(dbg, tmp_path / "dump", values=False).inspector
        details = [task.detail for task in inspector.ended()]
        details += [entry.detail for entry in inspector.log().entries]
    assert not any(":" in detail for detail in details)


def test_a_dump_without_a_recorder_says_so(tmp_path: Path) -> None:
    with debugging("recorded", record=False) as dbg:
        at_mark(dbg, "cancel")
        dumped = dump_of(dbg, tmp_path / "dump")
    assert "`--record`" in dumped.failure("log")


def test_json_has_every_field() -> None:
    with debugging("recorded") as dbg:
        at_mark(dbg, "end")
        reply = dbg.reply("log 3", LogShown)
    told = json.loads(text_of(reply))
    assert told["kind"] == "log_shown"
    assert [entry["kind"] for entry in told["log"]["entries"]] == ["log_entry"] * 3

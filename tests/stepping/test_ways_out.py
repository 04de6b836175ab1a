"""A stop at the exit of a task says how its function has left its loop."""

from __future__ import annotations

from stepdbg.render.spans import plain
from stepdbg.render.stops import render_stop
from tests.harness import debugging

WAYS = {
    "to_the_end": "it left by the end of `async for _ in self.jobs` of :{to_the_end}",
    "by_break": "it left by the `break` of :{by_break}",
    "by_return": "it left by the `return` of :{by_return}",
    "while_open": "it left by `while not self.closed` of :{while_open} being false",
    "with_a_value": "it left by the `return job` of :{with_a_value}",
    "by_either": (
        "it can have left by the end of `async for job in self.jobs` of :{either_end}, the `break` "
        "of :{either_break} or the `return` of :{either_return}"
    ),
    "by_a_timeout": "it left by `with trio.move_on_after(0.01)` of :{timeout} ending it",
    "nested": "it left by the end of `for _ in range(2)` of :{nested}",
    "without_a_loop": "",
}


def test_each_way() -> None:
    told = {}
    with debugging("leaves_loops") as dbg:
        dbg.do("break task Worker.* on exit")
        for name in WAYS:
            stop = dbg.go("continue")
            assert stop.task is not None
            assert stop.task.short == f"Worker.{name}"
            lines = plain(render_stop(dbg.shown, 400)).splitlines()
            told[name] = next((line for line in lines if " left by " in line), "")
        expected = {name: line.format(**dbg.program.marks) for name, line in WAYS.items()}
        dbg.resume()
        dbg.expect_end()
    assert told == expected

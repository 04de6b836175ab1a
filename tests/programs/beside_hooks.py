"""Runs a script with an instrument of nine hooks in every run, which writes what it is told.

``beside_hooks.py FILE SCRIPT``: FILE gets a JSON array for each hook: its name, the name of the
task, which number that has by its first appearance, and the seconds of a wait for I/O.
"""

import json
import runpy
import sys
from typing import Any, TextIO

import trio


class Nine(trio.abc.Instrument):
    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._numbers: dict[trio.lowlevel.Task, int] = {}

    def _write(
        self, hook: str, task: trio.lowlevel.Task | None = None, timeout: float | None = None
    ) -> None:
        name = None if task is None else task.name
        number = None if task is None else self._numbers.setdefault(task, len(self._numbers))
        self._out.write(json.dumps([hook, name, number, timeout]) + "\n")

    def before_run(self) -> None:
        self._write("before_run")

    def after_run(self) -> None:
        self._write("after_run")
        self._out.flush()

    def task_spawned(self, task: trio.lowlevel.Task) -> None:
        self._write("task_spawned", task)

    def task_scheduled(self, task: trio.lowlevel.Task) -> None:
        self._write("task_scheduled", task)

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        self._write("before_task_step", task)

    def after_task_step(self, task: trio.lowlevel.Task) -> None:
        self._write("after_task_step", task)

    def task_exited(self, task: trio.lowlevel.Task) -> None:
        self._write("task_exited", task)

    def before_io_wait(self, timeout: float) -> None:
        self._write("before_io_wait", None, timeout)

    def after_io_wait(self, timeout: float) -> None:
        self._write("after_io_wait", None, timeout)


if __name__ == "__main__":
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        run = trio.run

        def run_with_nine(*arguments: Any, **options: Any) -> Any:
            return run(*arguments, **options, instruments=[Nine(out)])

        trio.run = run_with_nine  # type: ignore[assignment]  # as a program may
        script = sys.argv[2]
        del sys.argv[1:3]
        sys.argv[0] = script
        runpy.run_path(script, run_name="__main__")

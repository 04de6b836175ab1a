"""A kill -9 loses nothing that was noted before it."""

from __future__ import annotations

import os
import random
from pathlib import Path

from stepdbg.archive.recordings.logs import events_of
from stepdbg.archive.recordings.reading import read
from stepdbg.model.history import LogKind
from tests.debuggee import HERE
from tests.frontends import children

PROGRAM = HERE / "programs" / "killed.py"
KILLS = int(os.environ.get("STEPDBG_KILLS", "6"))
"""At how many moments."""


def killed_after(recording: Path, told: Path, steps: int) -> int:
    """Kill a program when it has taken so many steps; how many it has told of by then."""
    told.write_bytes(bytes(8))
    with told.open("r+b") as file:
        words = ("-m", "stepdbg", "--record-to", recording, "-c", "continue", PROGRAM, told)
        child = children.start(*words)
        try:
            while int.from_bytes(os.pread(file.fileno(), 8, 0), "little") < steps:
                assert child.poll() is None
                os.sched_yield()
        finally:
            child.kill()
            child.communicate()
        return int.from_bytes(os.pread(file.fileno(), 8, 0), "little")


def test_at_random_moments(tmp_path: Path) -> None:
    chosen = random.Random(9)
    path = tmp_path / "run.rec"
    for _ in range(KILLS):
        # Some of them are in the second block of the file.
        told = killed_after(path, tmp_path / "told", chosen.randrange(1, 90_000))
        assert not read(str(path)).closed
        ends = [each for each in events_of(str(path)) if each.kind is LogKind.STEPPED]
        of_main = [each.step for each in ends if each.task and each.task.number == 1]
        assert of_main == list(range(1, len(of_main) + 1))
        # The step in which it has told so much may not have ended.
        assert len(of_main) >= told
    assert KILLS

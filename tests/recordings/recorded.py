"""Recordings made by whole processes, and looks at them, for tests."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from stepdbg.archive.recordings.viewing import RecordingController
from stepdbg.commands.interpreter import Interpreter
from stepdbg.render.spans import plain
from stepdbg.render.text import render_reply
from tests.debuggee import HERE
from tests.frontends import children

_WIDE = {"COLUMNS": "200"}

PROGRAM = HERE / "programs" / "kept.py"


def record(path: Path, *words: str | Path, commands: tuple[str, ...] = ("continue",)) -> str:
    """Record a program that runs to its end; what stepdbg has said."""
    given = [word for line in commands for word in ("-c", line)]
    done = children.run(
        "-m", "stepdbg", "--record-to", path, *given, *(words or (PROGRAM,)), settings=_WIDE
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.decode() + done.stderr.decode()


def opened(path: Path, *lines: str) -> subprocess.CompletedProcess[bytes]:
    """Look at a recording with these commands."""
    given = [word for line in lines for word in ("-c", line)]
    return children.run("-m", "stepdbg", "--open", path, *given, settings=_WIDE)


def answers(path: Path, *lines: str) -> list[str]:
    """What each of these commands has answered."""
    done = opened(path, *lines)
    assert done.returncode == 0, done.stderr
    parts = re.split(r"^\(stepdbg\) .*\n", done.stdout.decode(), flags=re.MULTILINE)
    return [part.rstrip("\n") for part in parts[1 : len(lines) + 1]]


def looked(path: Path, *lines: str) -> list[str]:
    """The same without a process of its own."""
    controller = RecordingController(str(path))
    interpreter = Interpreter(controller)
    interpreter.begin_stop(controller.inspector.stop(), controller.inspector)
    found = []
    for line in lines:
        answer = interpreter.feed(line)
        replies = [*answer.replies]
        if answer.resume is not None:
            replies.append(
                interpreter.begin_stop(controller.inspector.stop(), controller.inspector)
            )
        found.append("\n".join(plain(render_reply(reply, 200)).rstrip("\n") for reply in replies))
    return found

"""A sink that writes down what it is told, and programs to be told about.

Owns: `Recorder`, `load` and `watching`.  Does not own: what is expected.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType

from stepdbg.engine.lines.code_map import nested_code
from stepdbg.engine.lines.interface import LineEvents, open_line_events

Namespace = dict[str, object]


class Recorder:
    """Words such as ``line f 3``; `reactions` run after the word of the same text."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.values: list[object] = []
        self.threads: set[int] = set()
        self.frames: list[FrameType] = []
        self.reactions: dict[str, Callable[[FrameType], object]] = {}

    def on_line(self, frame: FrameType, line: int) -> None:
        assert frame.f_lineno == line
        self._say(frame, "line", str(line))

    def on_start(self, frame: FrameType) -> None:
        self._say(frame, "start")

    def on_resume(self, frame: FrameType) -> None:
        self._say(frame, "resume")

    def on_return(self, frame: FrameType, value: object) -> None:
        self.values.append(value)
        self._say(frame, "return")

    def on_unwind(self, frame: FrameType, error: BaseException) -> None:
        self._say(frame, "unwind", type(error).__name__)

    def on_raise(self, frame: FrameType, error: BaseException) -> None:
        self._say(frame, "raise", type(error).__name__)

    def _say(self, frame: FrameType, event: str, detail: str = "") -> None:
        word = f"{event} {frame.f_code.co_name} {detail}".rstrip()
        self.words.append(word)
        self.threads.add(threading.get_ident())
        reaction = self.reactions.get(word)
        if reaction is not None:
            reaction(frame)

    def take(self) -> list[str]:
        """The words so far; they are forgotten."""
        words, self.words = self.words, []
        return words


def load(source: str, filename: str = "program.py") -> tuple[Namespace, dict[str, CodeType]]:
    """Run a program's text; its names, and its code objects by name (last one wins)."""
    module = compile(source.strip("\n") + "\n", filename, "exec")
    namespace: Namespace = {"__name__": "program"}
    exec(module, namespace)
    return namespace, {code.co_name: code for code in nested_code(module)}


@contextmanager
def watching(recorder: Recorder | None = None) -> Iterator[tuple[LineEvents, Recorder]]:
    """Line events told to a recorder, put back afterwards."""
    recorder = recorder or Recorder()
    events = open_line_events(recorder)
    try:
        yield events, recorder
    finally:
        events.close()

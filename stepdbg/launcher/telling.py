"""Text about the runs of a process, made without stopping any of them.

Owns: `print_tasks` and `explain`, and the text of a page.
Does not own: reading runs (engine.running.onlooking), signals (standby).
"""

from __future__ import annotations

from stepdbg.model.errors import StepdbgError
from stepdbg.model.standard import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

    from trio.lowlevel import Task

    from stepdbg.engine.running.session import Session
    from stepdbg.model.protocols import Inspector

_ENDLESS = 100_000
"""The width where lines must not be broken: people search a log line by line."""

NO_RUN = "no Trio run is under way in this process"


def page_of(inspector: Inspector, width: int = _ENDLESS) -> str:
    """The tree of a run with what every task waits for; lines of at most `width` columns."""
    from stepdbg.render.spans import plain
    from stepdbg.render.text import render_overview

    from .overview import overview

    try:
        page = overview(inspector)
    except StepdbgError as error:
        return f"run {inspector.run_id}: {error}\n"
    return plain(render_overview(page, width)) + "\n"


def print_tasks(file: TextIO | None, session: Session | None) -> None:
    """Print the page of this thread's run; if it has none, the pages of all runs."""
    stream = sys.stderr if file is None else file
    if stream is None:  # a program without a console
        return
    stream.write(_pages(session, _columns(stream)))
    stream.flush()


def _pages(session: Session | None, width: int) -> str:
    if "trio" not in sys.modules:
        return f"{NO_RUN}\n"
    from stepdbg.engine.running.onlooking import run_here, runs_in_sight

    here = run_here(session)
    if here is not None:
        return page_of(here, width)
    pages = [page_of(sight.inspector, width) for sight in runs_in_sight(session)]
    return "".join(pages) or f"{NO_RUN}\n"


def _columns(stream: TextIO) -> int:
    """The width of a terminal; anything else takes lines of any length."""
    from stepdbg.model.standard import os

    try:
        return os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError, AttributeError):
        return _ENDLESS


def explain(task: Task, session: Session | None) -> str:
    """Why a task does not go on, one line for each link of the chain of waits.

    Raises:
        TypeError: `task` is not a task.
    """
    if "trio" not in sys.modules:
        raise TypeError(f"explain() needs a trio.lowlevel.Task, not {type(task).__name__}")
    import trio

    if not isinstance(task, trio.lowlevel.Task):
        raise TypeError(f"explain() needs a trio.lowlevel.Task, not {type(task).__name__}")
    from stepdbg.engine.running.onlooking import explain_task
    from stepdbg.model.replies import Why
    from stepdbg.render.spans import plain
    from stepdbg.render.text import render_reply

    try:
        explanation = explain_task(task, session)
    except StepdbgError as error:
        return str(error)
    return plain(render_reply(Why((explanation,)), _ENDLESS))

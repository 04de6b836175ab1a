"""Runs a target under a wiring.

Owns: `launch`, whose frame is the one below the program's frames.  Does not own: finding the target
(like_python), or what the wiring does.
"""

from __future__ import annotations

import sys
from _signal import (  # type: ignore[import-not-found]  # has no stub
    SIG_DFL,
    SIGINT,
    default_int_handler,
    getsignal,
    signal,
)
from functools import partial

import stepdbg
from stepdbg.model.program_streams import hold
from stepdbg.sealed import program_looks_in

from .like_python.target import TargetNotFound
from .like_python.uncaught import prepare_report, show_exit
from .pausing import be_current
from .restarted import set_breakpoints

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import CodeType

    from .like_python.target import Target
    from .wiring import Wiring


def launch(
    target: Target,
    arguments: Sequence[str],
    wiring: Wiring,
    *,
    begin_with: Sequence[str] = (),
    stops: bool = False,
) -> None:
    """Run a target as ``__main__``; what it raises leaves through here.

    Args:
        target: what to run.
        arguments: the program's own arguments, `sys.argv` without the first.
        wiring: learns how the program ended.
        begin_with: lines that set breakpoints before the program's first line.
        stops: whether the program stops before its first line.

    Raises:
        TargetNotFound: there is nothing to run.
        BaseException: whatever the program raises.
    """
    for standard in range(3):  # the program may redirect them
        hold(standard)
    namespace = target.enter(arguments)
    program_looks_in(sys.path[0])
    wiring.begin(len(arguments))
    wiring.serve_breakpoints(be_current(wiring))
    try:
        code = target.load()
        if stops or begin_with:
            _get_ready(code, wiring, begin_with, stops=stops)
        hand_over_sigint()
        exec(code, namespace)
    except TargetNotFound:
        raise
    except BaseException as error:
        target.flush()
        wiring.ended_by(error)
        look_back = partial(_look_back, target, wiring, error)
        if isinstance(error, SystemExit):
            if wiring.asks_about(error):
                show_exit(error, partial(wiring.post_mortem, error))
            target.exit()
        prepare_report(error, target.like_bare, look_back, partial(_exited, target, wiring))
        raise
    target.flush()
    wiring.post_mortem(None)
    target.leave()


def hand_over_sigint() -> None:
    """Let SIGINT raise KeyboardInterrupt from here on: up to here it has ended the process."""
    if stepdbg._ends_at_once and getsignal(SIGINT) is SIG_DFL:  # noqa: SLF001 - ours
        signal(SIGINT, default_int_handler)


def _get_ready(code: CodeType, wiring: Wiring, begin_with: Sequence[str], *, stops: bool) -> None:
    """Let the program stop before its first run; that needs Trio, which is imported."""
    session = wiring.session_now()
    if session is None:
        return
    set_breakpoints(session, begin_with)
    session.lines.look_at_new(code)
    if stops:
        from stepdbg.engine.stopping.stepping import Entry

        session.lines.follow(Entry(code))


def _exited(target: Target, wiring: Wiring, leaving: SystemExit) -> None:
    """The program's own `sys.excepthook` has ended it."""
    wiring.ended_by(leaving)
    target.exit()


def _look_back(target: Target, wiring: Wiring, error: BaseException) -> None:
    """The exception has been shown: prompt on it, and let go of the program."""
    wiring.post_mortem(error)
    target.leave()

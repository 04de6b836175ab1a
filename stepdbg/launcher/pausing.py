"""Stops that the program asks for: `breakpoint()` and `stepdbg.set_trace()`.

Owns: the breakpoint hook of a program under stepdbg, and the wiring of a process that was
started without it.  Does not own: making front end and session (wiring), the stop (engine).
"""

from __future__ import annotations

import os
import sys
from _thread import allocate_lock  # threading takes 4 ms to import

from .failing import OnFailure, take_picture_of
from .wiring import Wiring

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType

    from stepdbg.engine.session import Session
    from stepdbg.model.stops import Resume

    from .standby import StandBy

    Hook = Callable[[type[BaseException], BaseException, TracebackType | None], object]

_current: Wiring | None = None
_making = allocate_lock()
_standing_by: StandBy | None = None
_hooks: list[tuple[Hook, Hook]] = []
"""Each `sys.excepthook` of ours, with the one before it."""


def be_current(wiring: Wiring) -> Callable[[], None]:
    """Let this wiring serve every stop that the program asks for.

    `breakpoint()` stops here from now on, unless ``PYTHONBREAKPOINT`` says what it does.

    Returns:
        A function that gives the hook back.
    """
    global _current
    _current = wiring
    if os.environ.get("PYTHONBREAKPOINT") and not sys.flags.ignore_environment:
        return lambda: None
    before = sys.breakpointhook
    sys.breakpointhook = _breakpoint

    def restore() -> None:
        if sys.breakpointhook is _breakpoint:
            sys.breakpointhook = before

    return restore


def _breakpoint(*_arguments: object, **_options: object) -> None:
    # What `breakpoint(...)` is given is meant for whichever debugger its author had in mind.
    pause(sys._getframe(1))  # noqa: SLF001 - documented, CPython only


def pause(frame: FrameType | None) -> None:
    """Stop the program, in a process under stepdbg or not.

    Args:
        frame: where; frames of ours are skipped.
    """
    while frame is not None and _is_ours(frame):
        frame = frame.f_back
    if frame is not None:
        _wiring().pause(frame)


def examine(error: BaseException) -> Resume | None:
    """Prompt on an exception, in a process under stepdbg or not; what the user said."""
    look_at_failures()
    return _wiring().post_mortem(error, asked=True)


def current_session() -> Session | None:
    """The session that debugs this process, if there is one."""
    return None if _current is None else _current.session


def watch_for_failures() -> None:
    """From now on, prompt at the terminal on what leaves the program.

    Does nothing where there is no terminal, or where stepdbg runs the program anyway.
    """
    from .default_front_end import is_at_terminal

    if _current is not None or not is_at_terminal():
        return
    look_at_failures()
    assert _current is not None
    before = sys.excepthook
    sys.excepthook = _hook_after(before, _current)
    _hooks.append((sys.excepthook, before))


def look_at_failures() -> None:
    """From now on, take a picture of the tasks whenever one is the first to fail."""
    global _current
    with _making:
        if _current is None:
            from .default_front_end import default_front_end
            from .quiet import Quiet

            on_failure = OnFailure(asks=True, straight=True)
            _current = Wiring(lambda: Quiet(default_front_end), on_failure=on_failure)
            _current.begin(len(sys.argv) - 1, whole=False)
    session = _current.session
    if session is not None:
        if session.failures.camera is None:
            session.failures.camera = take_picture_of
        run = session.join_run_here()
        session.watches.arrange()
        if run is not None:
            run.carried.arrange()


def stand_by(tree: int | str | None, dump: int | str | None, path: str) -> None:
    """Answer to these signals.  See `StandBy.answer`; raises ValueError."""
    global _standing_by
    from stepdbg.model.errors import BadUsage

    from .standby import StandBy

    if _standing_by is None:
        _standing_by = StandBy(current_session)
    try:
        _standing_by.answer(tree, dump, path)
    except BadUsage as error:
        raise ValueError(str(error)) from None


def stand_down() -> None:
    """Give back the signals, and the hook of `watch_for_failures`.  Raises ValueError."""
    from stepdbg.model.errors import BadUsage

    try:
        if _standing_by is not None:
            _standing_by.leave()
    except BadUsage as error:
        raise ValueError(str(error)) from None
    while _hooks:
        ours, before = _hooks.pop()
        if sys.excepthook is ours:
            sys.excepthook = before


def _hook_after(before: Hook, wiring: Wiring) -> Hook:
    def hook(kind: type[BaseException], error: BaseException, tb: TracebackType | None) -> None:
        before(kind, error, tb)
        wiring.post_mortem(error)

    return hook


def _is_ours(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__")).partition(".")[0] == "stepdbg"


def _wiring() -> Wiring:
    with _making:
        if _current is not None:
            return _current
        from .default_front_end import default_front_end
        from .restarted import take_setup

        setup = take_setup()
        made = Wiring(lambda: default_front_end(setup or ()))
        made.begin(len(sys.argv) - 1, whole=False)
        be_current(made)
        return made

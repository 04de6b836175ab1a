"""Stops that the program asks for: `breakpoint()` and `stepdbg.set_trace()`.

Owns: the breakpoint hook of a program under stepdbg, and the wiring of a process that was
started without it.  Does not own: making front end and session (wiring), the stop (engine).
"""

from __future__ import annotations

import sys

from stepdbg.model.depth import missed, with_room
from stepdbg.model.ours import is_ours
from stepdbg.model.standard import (
    _thread,  # threading takes 4 ms to import
    contextlib,
    os,
    time,
)

from .failing import OnFailure, take_picture_of
from .wiring import Wiring, own_fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType, TracebackType
    from typing import Protocol

    from stepdbg.engine.running.session import Session
    from stepdbg.model.protocols import FrontEnd
    from stepdbg.model.stops import Asked, Resume

    from .standby import StandBy

    class Pausing(Protocol):
        """Stops where the program asks for it."""

        @property
        def session(self) -> Session | None:
            """The session that debugs this process; None before there is one."""

        def pause(self, frame: FrameType, asked: Asked) -> None:
            """Stop at a frame."""

        def session_now(self) -> Session | None:
            """The session, made now if there is none; None where nothing can be debugged."""

        def post_mortem(self, error: BaseException, *, asked: float | None = None) -> Resume | None:
            """Prompt on an exception; what the user said, None if nobody was asked."""

    Hook = Callable[[type[BaseException], BaseException, TracebackType | None], object]

# State of the process: it has one `breakpoint()`, one `sys.excepthook`, one handler for a signal.
_current: Pausing | None = None
_making = _thread.allocate_lock()
_standing_by: StandBy | None = None
_hooks: list[tuple[Hook, Hook]] = []
"""Each of stepdbg's `sys.excepthook` functions, with the one that it replaced."""


def be_current(wiring: Pausing) -> Callable[[], None]:
    """Let this wiring serve every stop that the program asks for.

    `breakpoint()` stops here from now on, unless ``PYTHONBREAKPOINT`` names another function.

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


def no_longer(wiring: Pausing) -> None:
    """Let this wiring serve no more stops."""
    global _current
    if _current is wiring:
        _current = None


def _breakpoint(*_arguments: object, **_options: object) -> None:
    # Arguments of `breakpoint(...)` are meant for the debugger that its author had in mind.
    since = time.perf_counter()
    pause(sys._getframe(1), since)  # noqa: SLF001 - documented, CPython only


def pause(
    frame: FrameType | None, since: float, header: str = "", commands: tuple[str, ...] = ()
) -> None:
    """Stop the program, in a process under stepdbg or not.

    Args:
        frame: where to stop; stepdbg's own frames are skipped.
        since: the moment of `perf_counter` at which the program asked.
        header: a sentence for the user.
        commands: lines to run at the stop.
    """
    try:
        with_room(lambda: _pause(frame, since, header, commands))
    except RecursionError as error:
        last = error.__traceback__
        while last is not None and last.tb_next is not None:
            last = last.tb_next
        # Raised elsewhere, it is an error that the user has thrown into the program.
        code = None if last is None else last.tb_frame.f_code
        if code is not with_room.__code__ and code is not pause.__code__:
            raise
        missed.append("a stop that the program asked for")


def _pause(frame: FrameType | None, since: float, header: str, commands: tuple[str, ...]) -> None:
    from stepdbg.model.stops import Asked
    from stepdbg.model.values import harmless

    while frame is not None and is_ours(frame.f_code.co_filename):
        frame = frame.f_back
    if frame is None:
        return
    with _alarm_aside(since):
        try:
            wiring = _wiring()
        except Exception as error:  # the program is the caller
            own_fault(error, "getting ready for a stop")
            return
        wiring.pause(frame, Asked(since, harmless(header), commands))


def stop_at_start() -> None:
    """Let the next run of this thread stop before its main task's first step."""
    session = _wiring().session_now()
    if session is not None:
        session.desk.stop_at_start()


def examine(error: BaseException, since: float) -> Resume | None:
    """Prompt on an exception, in a process under stepdbg or not; what the user said.

    since: the moment of `perf_counter` at which the program asked.
    """
    with _alarm_aside(since):
        look_at_failures()
        return _wiring().post_mortem(error, asked=since)


@contextlib.contextmanager
def _alarm_aside(since: float) -> Iterator[None]:
    """Let the program's alarm stand still, before the imports that a first stop needs."""
    from stepdbg.engine.process.alarm import put_aside, put_back

    holder = object()
    try:
        put_aside(holder, max(0.0, time.perf_counter() - since))
        yield
    finally:
        put_back(holder)


def current_session() -> Session | None:
    """The session that debugs this process, if there is one."""
    return None if _current is None else _current.session


def current() -> Pausing | None:
    """The wiring that serves the stops of this process, if there is one."""
    return _current


def watch_for_failures() -> None:
    """From now on, prompt at the terminal on an exception that leaves the program.

    Does nothing without a terminal, or if stepdbg runs the program anyway.
    """
    from .places import is_at_terminal

    if _current is not None or not is_at_terminal():
        return
    look_at_failures()
    assert _current is not None
    before = sys.excepthook
    sys.excepthook = _hook_after(before, _current)
    _hooks.append((sys.excepthook, before))


def look_at_failures() -> None:
    """From now on, take a picture of the tasks of a run when the first of them fails."""
    global _current
    with _making:
        if _current is None:
            from stepdbg.model.options import SessionOptions

            from .quiet_front_end import QuietFrontEnd

            made = Wiring(
                lambda: QuietFrontEnd(_front_end_for_failures),
                lambda: SessionOptions(stops_at_start=False),
                on_failure=OnFailure(asks=True),
            )
            _current = made
            made.begin(len(sys.argv) - 1, whole=False)
    session = _current.session
    if session is not None:
        if session.failures.camera is None:
            session.failures.camera = take_picture_of
        run = session.join_run_here()
        session.watches.arrange()
        if run is not None:
            run.carried.arrange()


def stand_by(tree: int | str | None, dump: int | str | None, path: str) -> None:
    """Answer to these signals; arguments as of `StandBy.answer`.

    Raises:
        ValueError: there is no such signal, or this is not the main thread.
    """
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
    """Give back the signals, and the hook of `watch_for_failures`.

    Raises:
        ValueError: this is not the main thread.
    """
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


def _hook_after(before: Hook, wiring: Pausing) -> Hook:
    def hook(kind: type[BaseException], error: BaseException, tb: TracebackType | None) -> None:
        before(kind, error, tb)
        wiring.post_mortem(error)

    return hook


def _wiring() -> Pausing:
    with _making:
        if _current is not None:
            return _current
        made = Wiring(_front_end_maker())
        made.begin(len(sys.argv) - 1, whole=False)
        be_current(made)
        return made


def _front_end_for_failures() -> FrontEnd:
    """The front end that asks about an exception, in a process that was started without stepdbg."""
    from .default_front_end import default_front_end, front_end_of_tests
    from .pytest_runs import running

    return front_end_of_tests() if running else default_front_end()


def _front_end_maker() -> Callable[[], FrontEnd]:
    """What makes the front end that asks, in a process that was started without stepdbg."""
    from .pytest_runs import running

    if running:
        from .pytest_prompt import PausingFrontEnd

        config = running[-1]
        return lambda: PausingFrontEnd(config, False, lambda _stop, _inspector: True, lambda: None)
    from .default_front_end import default_front_end
    from .restarted import take_setup

    setup = take_setup()
    return lambda: default_front_end(setup or ())

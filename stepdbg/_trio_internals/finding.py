"""Finding the runs of a process that stepdbg does not debug.

Owns: which runners there are, in which threads, whether Trio is at work in a thread, and whether
the host of a run waits for it.
Does not own: runs that are debugged (engine.running.run_book), looking at
them (engine.running.onlooking).
"""

from __future__ import annotations

from types import CodeType, FrameType

from trio._core import _run
from trio._core._run import Runner

from stepdbg.model.standard import gc

from .frame_values import peek_at
from .runs import LOOP_CODE, current_runner, is_guest

_COROUTINE = 0x80 | 0x100 | 0x200
"""Flags of code that runs in tasks: coroutines, their generators, async generators."""

_WAITS_FOR = "outcome_holder"
"""A variable in the main task of AnyIO's test runner: a list that is empty while the host waits."""


def _code(owner: object, name: str) -> CodeType | None:
    found = getattr(getattr(owner, name, None), "__code__", None)
    return found if isinstance(found, CodeType) else None


_RUN_CODE = _code(_run, "run")
"""A thread waits for I/O inside it; the loop, a generator, is not on the stack then."""

_WAITING_CODE = _code(getattr(_run, "TheIOManager", None), "get_events")


def runners_of_threads(tops: dict[int, FrameType]) -> dict[int, Runner]:
    """The runs under way in threads, by the threads' idents.

    A guest run is on its thread's stack only while it takes a turn.

    Args:
        tops: the innermost frame of each thread.
    """
    found = {}
    for ident, top in tops.items():
        frame: FrameType | None = top
        while frame is not None:
            if frame.f_code is LOOP_CODE or frame.f_code is _RUN_CODE:
                runner = peek_at(frame, "runner")
                if isinstance(runner, Runner) and _is_under_way(runner):
                    found[ident] = runner
                break
            frame = frame.f_back
    return found


def runner_here() -> Runner | None:
    """The run of this thread; None if there is none, or if it has no task yet or no longer."""
    runner = current_runner()
    return runner if runner is not None and _is_under_way(runner) else None


def other_runners(known: list[Runner]) -> list[Runner]:
    """The runs under way that are on no stack: guest runs whose hosts do something else.

    This looks through all objects of the garbage collector, which takes time in a large program.
    """
    return [
        each
        for each in gc.get_objects()
        if type(each) is Runner and _is_under_way(each) and not any(each is one for one in known)
    ]


def _is_under_way(runner: Runner) -> bool:
    return runner.init_task is not None and bool(runner.tasks)


def is_waiting(top: FrameType | None) -> bool:
    """Whether a thread waits for I/O on behalf of a run."""
    return top is not None and top.f_code is _WAITING_CODE


def is_at_rest(top: FrameType | None, trio_folder: str) -> bool:
    """Whether Trio's data about a run is consistent, judged by the stack of the run's thread.

    It is consistent while the thread waits for I/O, while no code of Trio is on its stack, and
    while other code than Trio's runs in a task, at any depth.  In the middle of Trio's own code it
    may not be.

    Args:
        top: the innermost frame of the thread.
        trio_folder: where the files of Trio are, with a separator at the end.
    """
    frame = top
    while frame is not None:
        code = frame.f_code
        if is_waiting(frame):
            return True
        if code.co_filename.startswith(trio_folder):
            return False
        if code.co_flags & _COROUTINE:
            return True
        frame = frame.f_back
    return True


def host_waits(runner: Runner) -> bool:
    """Whether nothing goes on outside of a run while its tasks wait.

    True for a run that is not a guest run.  Most hosts of guest runs do something else meanwhile.
    But the host in AnyIO's pytest plugin waits until the run has carried out a test or a fixture
    (``TestRunner`` in ``anyio/_backends/_trio.py``).
    """
    if not is_guest(runner):
        return True
    frame = _of_test_runner(runner)
    given = None if frame is None else peek_at(frame, _WAITS_FOR)
    return isinstance(given, list) and not given


def has_waiting_host(runner: Runner) -> bool:
    """Whether a run is a guest whose host waits each time it has given the run something to do."""
    return is_guest(runner) and _of_test_runner(runner) is not None


def _of_test_runner(runner: Runner) -> FrameType | None:
    """The frame of the main task, if that is the main task of AnyIO's test runner."""
    coroutine = None if runner.main_task is None else runner.main_task.coro
    frame: FrameType | None = getattr(coroutine, "cr_frame", None)
    if frame is None or frame.f_globals.get("__name__") != "anyio._backends._trio":
        return None
    return frame

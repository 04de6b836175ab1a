"""From a suspended coroutine to what it awaits, and so on.

Owns: `await_chain`; whether greenlets are used; whether a wait ends from outside of the run.
Does not own: which task's frames are wanted (turning, engine.stacks.frames).

`trio.lowlevel.Task.iter_await_frames` does nearly the same.  But it ends at an object whose
``__await__`` returns the iterator of a coroutine, and at ``anext`` with a default, because CPython
has no attribute for what those wrappers await.  Here the garbage collector is asked
(`gc.get_referents`).
"""

from __future__ import annotations

from types import AsyncGeneratorType, CoroutineType, FrameType, GeneratorType

from stepdbg.model.standard import gc, os, sys, threading

from . import greenlets, runs
from .frame_values import is_a


def greenlets_are_used() -> bool:
    """Whether the program has imported `greenlet`: then some frames may lie in greenlets."""
    return "greenlet" in sys.modules


_STEPS = 10_000
"""Python's own limit for nested awaits is far lower."""


def await_chain(awaited: object) -> list[tuple[object, FrameType]]:
    """A suspended coroutine and what it awaits, each with its frame, outermost first.

    A function that runs in a greenlet has no object besides its frame, so the frame takes its place
    in the list.  The value stack of such a frame cannot be read.

    Args:
        awaited: a coroutine, or anything else that can be awaited.
    """
    found: list[tuple[object, FrameType]] = []
    in_greenlets = greenlets_are_used()
    for _ in range(_STEPS):
        frame: FrameType | None
        here = awaited
        if type(awaited) is CoroutineType:
            frame, awaited = awaited.cr_frame, awaited.cr_await
        elif type(awaited) is GeneratorType:
            frame, awaited = awaited.gi_frame, awaited.gi_yieldfrom
        elif type(awaited) is AsyncGeneratorType:
            frame, awaited = awaited.ag_frame, awaited.ag_await
        elif type(awaited).__module__.startswith("_cython"):
            frame = getattr(awaited, "cr_frame", None)
            awaited = getattr(awaited, "cr_await", None)
        elif awaited is None:
            break
        else:
            frame, awaited = None, _inside(awaited)
        if frame is not None:
            found.append((here, frame))
            if in_greenlets:
                inside, awaited = greenlets.gone_on(frame, awaited)
                found += [(each, each) for each in inside]
    return found


_WRAPPERS = frozenset(
    ("coroutine_wrapper", "async_generator_asend", "async_generator_athrow", "anext_awaitable")
)
"""CPython's types of objects between two frames; no attribute gives what they hold."""


def _inside(awaited: object) -> object:
    """The object inside a wrapper of CPython's; the garbage collector knows it (gh-76991)."""
    if type(awaited).__name__ in _WRAPPERS:
        for each in gc.get_referents(awaited):
            if is_a(each, CoroutineType, GeneratorType, AsyncGeneratorType):
                return each
            if type(each).__name__ in _WRAPPERS:
                return each
    return None


_OUTSIDE = ("_io_epoll.py", "_io_kqueue.py", "_io_windows.py", "_threads.py")
"""The files of Trio that contain waits that end from outside of the run."""


def waits_outside(coroutine: object) -> bool:
    """Whether a suspended coroutine waits for I/O or a thread."""
    return any(
        os.path.basename(frame.f_code.co_filename) in _OUTSIDE
        for _, frame in await_chain(coroutine)
    )


def anybody_waits_outside(runner: runs.Runner) -> bool:
    """Whether a task of the program's waits for I/O or a thread.  All must be suspended."""
    return any(
        waits_outside(task.coro)
        for task in runs.living_tasks(runner)
        if not runs.is_system(runner, task)
    )


def waits_for_outside(runner: runs.Runner) -> bool:
    """Whether a task of an idle run waits for a thread, a process or a socket."""
    if runs.waits_for_io(runner):
        return True
    # Trio keeps an idle worker thread for ten seconds, so a thread by itself says nothing.
    return threading.active_count() > 1 and anybody_waits_outside(runner)

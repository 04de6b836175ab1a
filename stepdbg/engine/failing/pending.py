"""Exceptions that were raised in a task and that Trio has not reported yet.

Owns: `pending_in`: finding them in the frames and the nurseries of a task.
Does not own: which handlers a frame is inside of (lines.handlers), what has failed (failures).

A suspended coroutine keeps the exception that it handles.  `gc.get_referents` gives that one last
(``gen_traverse`` in CPython's genobject.c visits ``gi_exc_state`` after the frame).  The exceptions
of the handlers around that one are on the frame's value stack, which `gc.get_referents` gives
together with the variables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from sys import _getframe
from types import FrameType
from typing import TypeGuard

import trio
from trio.lowlevel import Task

from stepdbg._trio_internals import runs, scopes
from stepdbg._trio_internals.await_chain import await_chain
from stepdbg._trio_internals.frame_values import is_a, peek, peek_at
from stepdbg._trio_internals.tasks import nurseries_of
from stepdbg.engine.describing.values import describe_whole
from stepdbg.engine.lines import handlers as _handlers
from stepdbg.engine.stacks import frames
from stepdbg.model.records import NamedTuple
from stepdbg.model.standard import gc, sys
from stepdbg.model.task import Place, TaskLabel
from stepdbg.model.waits import Pending, Standing

from .failed_frames import FailedFrames, frames_of_error


class _Caught(NamedTuple):
    """An exception in a frame that has caught it."""

    error: BaseException
    frame: FrameType
    handled: bool


def pending_in(task: Task, label: TaskLabel, stack: list[FrameType]) -> tuple[Pending, ...]:
    """The exceptions that are on their way through a task, or are handled in it; outermost first.

    Args:
        task: the task, which must not run meanwhile.
        label: its label.
        stack: its frames, innermost first.
    """
    found: dict[int, tuple[BaseException, Standing]] = {}
    caught = _running(stack) if task.coro.cr_running else _suspended(task)
    for each in caught:  # if several frames have the same exception, the innermost decides
        if each.handled and not frames.is_own(each.frame.f_code.co_filename):
            found.pop(id(each.error), None)  # handled by a library, as `trio.WouldBlock` is
        else:
            standing = Standing.HANDLED if each.handled else Standing.ON_ITS_WAY
            found[id(each.error)] = each.error, standing
    for nursery in nurseries_of(task):
        for error in scopes.errors_kept(nursery):
            found[id(error)] = error, Standing.IN_NURSERY
    return tuple(
        Pending(label, standing, describe_whole(error), _raised(error))
        for error, standing in found.values()
        if not _only_ends(error)
    )


def is_handling_cancelled(task: Task, stack: list[FrameType]) -> bool:
    """Whether a Cancelled is on its way through a task, or is being handled there.

    Args:
        stack: its frames, innermost first.
    """
    caught = _running(stack) if task.coro.cr_running else _suspended(task)
    errors = [each.error for each in caught]
    # What a nursery keeps while its block still runs comes from its children.
    at_their_end = [
        peek_at(frame, "self") for frame in stack if frame.f_code is runs.NURSERY_END_CODE
    ]
    for nursery in nurseries_of(task):
        if any(nursery is each for each in at_their_end):
            errors += scopes.errors_kept(nursery)
    return any(map(_has_cancelled, errors))


def _has_cancelled(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return any(map(_has_cancelled, error.exceptions))
    return isinstance(error, trio.Cancelled)


def _raised(error: BaseException) -> Place | None:
    entries = tuple(frames_of_error(error))
    return FailedFrames(None, entries, len(entries)).doing()


def _only_ends(error: BaseException) -> bool:
    """Whether an exception only tells a task or a generator to end."""
    if isinstance(error, BaseExceptionGroup):
        return all(map(_only_ends, error.exceptions))
    return isinstance(error, trio.Cancelled | GeneratorExit)


def _suspended(task: Task) -> Iterator[_Caught]:
    """The exceptions that the frames of a suspended task have caught, outermost frame first."""
    for awaiting, frame in await_chain(task.coro):
        referents = gc.get_referents(awaiting)
        error = referents[-1] if referents else None
        if not _is_error(error):
            continue
        handlers = _handlers.handlers_around(frame.f_code, frame.f_lasti)
        held = _on_stack(frame, referents[:-1])
        yield from reversed(_by_handler(error, [(frame, each) for each in handlers], held))


def _running(stack: list[FrameType]) -> Iterator[_Caught]:
    """The same for a task that is running on this thread; `sys.exception` gives the innermost."""
    outermost = stack[-1] if stack else None
    if all(frame is not outermost for frame in frames.walk_out(_getframe())):
        return
    error = sys.exception()
    while error is not None and not frames_of_error(error):
        error = error.__context__  # stepdbg is handling this one
    handlers = [
        (frame, each)
        for frame in stack
        for each in _handlers.handlers_around(frame.f_code, frame.f_lasti)
    ]
    if error is not None:
        yield from reversed(_by_handler(error, handlers, []))


def _by_handler(
    error: BaseException, handlers: list[tuple[FrameType, bool]], held: list[BaseException]
) -> list[_Caught]:
    """The exception of each handler, innermost first; a handler is left out if it is not known.

    Args:
        error: the exception of the innermost handler.
        handlers: innermost first, each with its frame and whether it is an ``except``.
        held: the other exceptions on the value stack, outermost first.
    """
    earlier = _contexts(error)
    on_stack = [each for each in reversed(held) if any(each is other for other in earlier)]
    for outer in (earlier, on_stack):
        if len(outer) == len(handlers) - 1:
            errors = [error, *outer]
            break
    else:
        errors = [error]
    return [
        _Caught(each, frame, handled)
        for each, (frame, handled) in zip(errors, handlers, strict=False)
    ]


def _contexts(error: BaseException) -> list[BaseException]:
    """The chain of contexts of an exception, newest first."""
    found: list[BaseException] = []
    each = error.__context__
    while each is not None and not any(each is other for other in (error, *found)):
        found.append(each)
        each = each.__context__
    return found


def _is_error(obj: object) -> TypeGuard[BaseException]:
    return is_a(obj, BaseException)


def _on_stack(frame: FrameType, referents: Sequence[object]) -> list[BaseException]:
    """The exceptions on the value stack of a suspended frame, each once; not its variables."""
    variables: dict[int, int] = {}  # not a Counter: its methods use the program's `super`
    for value in peek(frame).values():
        variables[id(value)] = variables.get(id(value), 0) + 1
    found: dict[int, BaseException] = {}
    for each in referents:
        if _is_error(each):
            variables[id(each)] = left = variables.get(id(each), 0) - 1
            if left < 0:
                found[id(each)] = each
    return list(found.values())

"""Frames of a task that lie in greenlets, as those of greenback and SQLAlchemy do.

Owns: which frames a greenlet adds to those of a task.
Does not own: coroutines (await_chain), which code a frame runs (engine.stacks.frames).

A portal is a coroutine that runs plain functions in a greenlet.  When such a function awaits, the
greenlet switches back to the portal, and the portal yields to Trio for it.  So the frames of one
task lie on two stacks, and neither `cr_await` nor `f_back` leads from one to the other.  The
greenlet does: a suspended portal has its greenlet in a variable, and a running greenlet has a
parent, which runs the portal.

This module knows no portal by name.  It is imported once the program has imported `greenlet`.
"""

from __future__ import annotations

from types import CoroutineType, FrameType
from typing import TYPE_CHECKING, Any

from stepdbg.model.standard import sys

from . import runs
from .frame_values import is_a, peek

if TYPE_CHECKING:
    from collections.abc import Iterator


def beyond(frame: FrameType) -> FrameType | None:
    """The frame that runs the greenlet of an outermost frame; None if there is none.

    Args:
        frame: a frame without a caller.
    """
    outermost = _outermost(sys._getframe())
    for outer in _around():
        if outermost is frame:
            return outer
        outermost = _outermost(outer)
    return None


def gone_on(frame: FrameType, awaited: object) -> tuple[list[FrameType], object]:
    """The frames in which a suspended coroutine goes on in a greenlet.

    Args:
        frame: of the coroutine.
        awaited: what it awaits; None if unknown.

    Returns:
        The frames in the greenlet, outermost first, and what they await.
    """
    found = _suspended_greenlet(frame)
    if found is None:
        return [], awaited
    inside = list(_outwards(found))
    if awaited is None:
        # A function that waits through a portal sends to a coroutine, which it has in a variable.
        driven = [each for each in peek(inside[0]).values() if type(each) is CoroutineType]
        awaited = next((each for each in reversed(driven) if each.cr_suspended), None)
    return inside[::-1], awaited


def _suspended_greenlet(frame: FrameType) -> FrameType | None:
    """The innermost frame of the greenlet that a portal has in a variable."""
    kind = _kind()
    if kind is None:
        return None
    around = _around()
    # A portal may have several: the greenlet that it has started, and the one inside that has
    # switched back to it last.  The latter comes later in the list.
    for each in reversed(peek(frame).values()):
        inner: FrameType | None = each.gr_frame if is_a(each, kind) else None
        # The greenlet that runs the loop is also suspended while another portal's greenlet runs.
        if inner is not None and all(inner is not other for other in around):
            return inner
    return None


def _kind() -> Any:
    """The class of greenlets; None until the program has imported it."""
    kind = getattr(sys.modules.get("greenlet"), "greenlet", None)
    return kind if isinstance(kind, type) else None


def _around() -> list[FrameType]:
    """The innermost frames of the parent of the greenlet that runs in this thread, and so on.

    The frame of this function is left out: in one of its own variables it would be a cycle.
    """
    kind = _kind()
    found: list[FrameType] = []
    here = kind and kind.getcurrent()
    while here is not None and (here := here.parent) is not None and here.gr_frame is not None:
        found.append(here.gr_frame)
    return found


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None and frame.f_code is not runs.LOOP_CODE:
        yield frame
        frame = frame.f_back


def _outermost(frame: FrameType) -> FrameType:
    while frame.f_back is not None:
        frame = frame.f_back
    return frame

"""Exceptions: `exceptions`.

Owns: listing exceptions, and moving the view to one of them.
Does not own: their tree (engine), frames (frames).
"""

from __future__ import annotations

from stepdbg.model.errors import NotNow, StepdbgError
from stepdbg.model.protocols import Inspector
from stepdbg.model.replies import Exceptions, FrameShown

from .request import Request, Result
from .sources import listing_around
from .viewpoint import Viewpoint


def exceptions(request: Request) -> Result:
    """`exceptions [N.N…]`."""
    desk = request.desk
    words = request.words(most=1)
    if not words:
        return _all(desk.home)
    task = desk.controller.look_at_exception(words[0])
    desk.view = Viewpoint(desk.home, task)
    chosen = [node for node in desk.home.exceptions() if node.in_view]
    frame = desk.view.find_frame()
    if frame is None:
        return Exceptions(tuple(chosen))
    label = desk.view.snapshot().label
    return [
        Exceptions(tuple(chosen)),
        FrameShown(label, frame, listing_around(desk.view, frame.place)),
    ]


def _all(inspector: Inspector) -> Exceptions:
    """The failures, and the exceptions still on their way.  Raises `NotNow` if there are none."""
    try:
        pending = inspector.pending()
    except StepdbgError:  # the inspector knows no tasks
        pending = ()
    try:
        nodes = inspector.exceptions()
    except NotNow:
        if not pending:
            raise
        nodes = ()
    known = {(node.summary, node.place) for node in nodes}
    return Exceptions(nodes, tuple(p for p in pending if (p.summary, p.raised) not in known))

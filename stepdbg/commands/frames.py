"""Frames: `where`, `up`, `down`, `frame`.

Owns: moving the view from frame to frame.  Does not own: what is in view (viewpoint).
"""

from __future__ import annotations

from stepdbg.model.errors import NoSuchFrame, NoSuchTask, NotNow
from stepdbg.model.facts import NotRecorded, TaskNumber
from stepdbg.model.protocols import Inspector
from stepdbg.model.records import replace
from stepdbg.model.replies import FrameShown, Stack
from stepdbg.model.task import FrameSnapshot, Origin, Place, Spawn, TaskSnapshot

from . import task_names
from .request import Request, Result, number_in
from .sources import listing_around
from .viewpoint import Viewpoint

ALL, EVERY = "-a", "-A"


def where(request: Request) -> Result:
    """`where [-a] [TASK…]`, `where -A [-a]`."""
    view, words = request.desk.view, request.words()
    if EVERY in request.options:
        request.words(most=0)
        return _stacks(request, None)
    if request.desk.running and not words:
        raise NotNow("no task is in view while the program runs; say which: `where TASK`")
    if words:
        found = task_names.numbers_of(view.inspector, words)
        if len(found) > 1:
            return _stacks(request, found)
        if found[0] != view.task:
            view = Viewpoint(view.inspector, found[0])
    return _stack(request, view)


def _stack(request: Request, view: Viewpoint) -> Stack:
    selected = view.find_frame()
    index = selected.index if selected is not None else 0
    task = view.snapshot()
    return Stack(
        task,
        view.frames(),
        index,
        folded=ALL not in request.options,
        started=_started(view.inspector, task),
        pending=view.inspector.pending(view.task_number()),
    )


_CHAIN = 100
"""How many tasks of a chain that started one another are shown."""


def _started(inspector: Inspector, task: TaskSnapshot) -> tuple[Spawn | NotRecorded, ...]:
    """Where a task was started, then where its starter was started, as far as these live."""
    found: list[Spawn | NotRecorded] = []
    while len(found) < _CHAIN:
        spawn = task.spawn
        if isinstance(spawn, NotRecorded) and task.parent is not None:
            return (*found, spawn)
        if isinstance(spawn, NotRecorded) or spawn.by is None or spawn.place is None:
            break
        found.append(spawn)
        try:
            task = inspector.task(spawn.by.number)
        except NoSuchTask:  # it has ended
            break
    return tuple(found)


def _stack_of(request: Request, number: TaskNumber) -> Stack:
    """The stack of one of several tasks; only the task in view has a marked frame."""
    view = request.desk.view
    if number == view.task:
        return _stack(request, view)
    return replace(_stack(request, Viewpoint(view.inspector, number)), selected=-1)


def _stacks(request: Request, numbers: list[TaskNumber] | None) -> Result:
    """The stacks of some tasks, or of all living ones; equal stacks appear once."""
    found: dict[object, Stack] = {}
    inspector = request.desk.inspector
    for group in inspector.groups(system=numbers is not None, numbers=numbers):
        first, *others = group.labels
        stack = replace(_stack_of(request, first.number), started=())
        key = group.example.state, _places(stack), _raised(stack)
        stack = found.setdefault(key, stack)
        if stack.task.label != first:
            others = [*stack.others, first, *others]
        found[key] = replace(stack, others=tuple(others))
    return [*found.values()]


def _raised(stack: Stack) -> tuple[object, ...]:
    return tuple((each.standing, each.summary, each.raised) for each in stack.pending)


def _places(stack: Stack) -> tuple[Place, ...]:
    return tuple(frame.place for frame in stack.frames)


def up(request: Request) -> Result:
    """`up [-a] [N]`: to the caller."""
    return _move(request, 1)


def down(request: Request) -> Result:
    """`down [-a] [N]`: to the function that was called."""
    return _move(request, -1)


def _move(request: Request, direction: int) -> Result:
    words = request.words(most=1)
    steps = number_in(words[0], "number of frames") if words else 1
    view = request.desk.view
    here = view.frame().index
    frames = view.frames()
    shown = frames if ALL in request.options else _unfolded(frames, view.left)
    beyond = [frame for frame in shown if (frame.index - here) * direction > 0]
    if not beyond:
        raise NoSuchFrame(_no_further(frames, here, direction))
    beyond.sort(key=lambda frame: frame.index * direction)
    target = beyond[min(steps, len(beyond)) - 1] if steps else frames[here]
    view.look_at_frame(target.index)
    return _shown(request)


def _unfolded(frames: tuple[FrameSnapshot, ...], left: set[int]) -> tuple[FrameSnapshot, ...]:
    """The own frames, and those already visited, so that `down` returns to where `up` began.

    If no frame is own, all frames, since nothing is folded then.
    """
    if all(frame.place.origin is not Origin.OWN for frame in frames):
        return frames
    return tuple(
        frame for frame in frames if frame.place.origin is Origin.OWN or frame.index in left
    )


def _no_further(frames: tuple[FrameSnapshot, ...], here: int, direction: int) -> str:
    name, side = ("up", "outermost") if direction > 0 else ("down", "innermost")
    more = any((frame.index - here) * direction > 0 for frame in frames)
    if more:
        return f"this is your {side} frame; `{name} -a` goes on into library frames"
    return f"this is the {side} frame of the task"


def frame(request: Request) -> Result:
    """`frame [N]`."""
    words = request.words(most=1)
    if words:
        request.desk.view.look_at_frame(number_in(words[0], "frame number"))
    return _shown(request)


def _shown(request: Request) -> FrameShown:
    view = request.desk.view
    selected = view.frame()
    return FrameShown(view.snapshot().label, selected, listing_around(view, selected.place))

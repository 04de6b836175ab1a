"""From a task to the tasks that could end its wait, and on.

Owns: `Waits`, which answers `why` for one moment of a run.
Does not own: reading Trio's functions (recognisers), deadlocks (deadlock).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from types import FrameType
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, scopes, tasks, waits
from stepdbg.engine import capture, frames
from stepdbg.engine.failed_frames import failed_frames_of
from stepdbg.engine.history import blocked_since
from stepdbg.model.facts import NotRecorded
from stepdbg.model.records import replace
from stepdbg.model.task import Origin, Place, TaskLabel
from stepdbg.model.waits import (
    Ending,
    Explanation,
    Moment,
    Wait,
    WaitedObject,
    WaitKind,
    WaitLink,
    WaitState,
    WorkerThread,
)

from .cancelling import cancelling_of
from .libraries import LIBRARIES
from .object_names import find_name
from .objects import Found, Waiting
from .recognisers import TABLE
from .references import References
from .threads import thread_of

if TYPE_CHECKING:
    from stepdbg.engine.run import DebuggedRun

_LINKS = 24
"""How many tasks one answer speaks of."""

_FOLLOWED = 4
"""How many of several tasks that could end a wait get links of their own."""

_ONE_IS_ENOUGH = frozenset(
    (
        WaitKind.EVENT,
        WaitKind.CONDITION,
        WaitKind.SEMAPHORE,
        WaitKind.LIMITER,
        WaitKind.RECEIVE,
        WaitKind.SEND,
        WaitKind.PARKING_LOT,
    )
)
"""Waits that any one of several tasks can end; the others need every one of them."""

_VERBS = {
    WaitKind.EVENT: frozenset(("set",)),
    WaitKind.CONDITION: frozenset(("notify", "notify_all")),
    WaitKind.SEMAPHORE: frozenset(("release",)),
    WaitKind.PARKING_LOT: frozenset(("unpark", "unpark_all")),
}
"""The methods that end a wait; whose code names one is the likelier to do it."""

_PEERS = frozenset((WaitKind.RECEIVE, WaitKind.SEND))


def find_wait(task: Task, stack: list[FrameType]) -> Found:
    """What a blocked task waits for, by the outermost function that is known.

    Trio's functions count as far as nothing else stands between them and the wait, those of
    libraries up to the innermost own frame.
    """
    found: Found | None = None
    inner: list[FrameType] = []
    table = TABLE
    for frame in stack:
        origin = frames.origin_of(frame.f_code.co_filename)
        if origin is Origin.OWN:
            break
        table = LIBRARIES if origin is Origin.LIBRARY else table
        recogniser = table.find(frame)
        if recogniser is not None:
            found = recogniser(Waiting(task, frame, tuple(inner))) or found
        inner.append(frame)
    if found is not None:
        return found
    return Found(WaitKind.CUSTOM, Ending.OUTSIDE, detail=_function_after(stack, inner))


def _function_after(stack: list[FrameType], inner: list[FrameType]) -> str:
    """The function that called Trio's `wait_task_rescheduled`."""
    for frame in stack:
        if frame.f_globals.get("__name__") != "trio._core._traps":
            return _function(frame)
    return _function(inner[-1]) if inner else ""


def _function(frame: FrameType) -> str:
    return f"{frame.f_globals.get('__name__', '?')}.{frame.f_code.co_qualname}"


def _through(stack: list[FrameType]) -> str:
    """The library's function that the program called, where it was not Trio's."""
    called: list[FrameType] = []
    for frame in stack:
        origin = frames.origin_of(frame.f_code.co_filename)
        if origin is Origin.OWN:
            break
        if origin is Origin.LIBRARY:
            called.append(frame)
        else:  # Trio's own affair, as `outcome` is
            called.clear()
    else:  # a task of the library's own: what started it says less
        called = called[:1]
    # Where a library keeps its functions is its own affair: `anyio._core._eventloop.sleep`.
    return re.sub(r"\b_(?!_)\w*\.", "", _function(called[-1])) if called else ""


def _doing(run: DebuggedRun, task: Task) -> Place | None:
    failed = failed_frames_of(run, task)
    if failed is not None:
        return failed.doing()
    frame = frames.innermost_own(run.live_frames(task))
    return None if frame is None else frames.place_of(frame)


class Waits:
    """What the tasks of a run wait for at one moment.

    Whatever is found out is kept, so that a long chain looks at every task once.
    """

    def __init__(self, run: DebuggedRun) -> None:
        self.references = References(run)
        self._run = run
        self._found: dict[Task, Found | None] = {}

    def found(self, task: Task) -> Found | None:
        """What a task waits for, with live objects; None when it is not blocked."""
        if task not in self._found:
            blocked = self.state(task) is WaitState.BLOCKED
            stack = self._run.live_frames(task) if blocked else []
            self._found[task] = find_wait(task, stack) if stack else None
        return self._found[task]

    def state(self, task: Task) -> WaitState:
        """`BLOCKED`, or why it is not."""
        if task.coro.cr_frame is None:
            return WaitState.EXITED
        if task.coro.cr_running or (task is self._run.held_task and tasks.is_runnable(task)):
            return WaitState.CURRENT
        if not tasks.is_started(task):
            return WaitState.NOT_STARTED
        if not tasks.is_runnable(task):
            return WaitState.BLOCKED
        return WaitState.HELD if self._run.steered.is_held(task) else WaitState.RUNNABLE

    def enders(self, task: Task) -> tuple[Task, ...]:
        """The tasks of this run that could end a task's wait, as far as variables tell."""
        found = self.found(task)
        if found is None:
            return ()
        if found.kind in _PEERS:
            return self._who_has(found)
        known = dict.fromkeys((*found.holders, *(found.wakers or ())))
        if found.kind is WaitKind.CONDITION or not known:
            known.update(dict.fromkeys(self._who_has(found)))
        return tuple(other for other in known if not self._waits_for(other, found.obj, task))

    def _who_has(self, found: Found) -> tuple[Task, ...]:
        if found.keys is None:
            return ()
        return tuple(
            task
            for task in self.references.who_has(found.keys, _VERBS.get(found.kind, frozenset()))
            if not runs.is_system(self._run.runner, task)
        )

    def _waits_for(self, other: Task, obj: object, asked: Task) -> bool:
        """Whether another task waits for the same and so cannot help."""
        if obj is None:
            return False
        if other is asked:
            return True
        found = self.found(other)
        return found is not None and found.obj is obj and found.kind is not WaitKind.NURSERY

    def any_one_helps(self, task: Task) -> bool:
        """Whether one of several tasks is enough to end the wait."""
        found = self.found(task)
        return found is not None and found.kind in _ONE_IS_ENOUGH

    # -- pictures ---------------------------------------------------------------------

    def link(self, task: Task, depth: int = 0) -> WaitLink:
        """One task with its wait."""
        state = self.state(task)
        wakes = state not in (WaitState.BLOCKED, WaitState.EXITED)
        return WaitLink(
            depth,
            self._label(task),
            self._told_state(task, state),
            self._wait(task),
            capture.wake_of(self._run, task) if wakes else None,
            cancelling_of(self._run, task),
            held=self._run.steered.is_held(task),
            doing=_doing(self._run, task) if wakes and state is not WaitState.NOT_STARTED else None,
        )

    def _label(self, task: Task) -> TaskLabel:
        return self._run.registry.label_of(task)

    def _told_state(self, task: Task, state: WaitState) -> WaitState:
        found = self.found(task)
        if found is None:
            return state
        if waits.cancelled_scope(task) is not None and not scopes.task_is_cancelled(task):
            return WaitState.SHIELDED
        if found.kind is WaitKind.THREAD:
            return WaitState.IN_THREAD
        if found.kind is WaitKind.FOREVER and math.isinf(waits.soonest_deadline(task)):
            return WaitState.FOREVER
        return state

    def _wait(self, task: Task) -> Wait | None:
        found = self.found(task)
        if found is None:
            return None
        stack = self._run.live_frames(task)
        own = next((f for f in stack if frames.is_own(f.f_code.co_filename)), None)
        enders = self.enders(task)
        peers = found.kind in _PEERS
        deadline = waits.soonest_deadline(task) - self._run.runner.clock.current_time()
        return Wait(
            kind=found.kind,
            ending=found.ending,
            place=None if own is None else frames.place_of(own),
            object=self._object(found, stack),
            through=_through(stack),
            holders=tuple(map(self._label, enders if peers else found.holders)),
            wakers=() if peers else tuple(self._label(t) for t in enders if t not in found.holders),
            waiters=found.waiters,
            deadline=None if math.isinf(deadline) else deadline,
            numbers=found.numbers,
            detail=found.detail,
            since=blocked_since(self._run, task),
            held_since=self._held_since(found),
            made=self._made(found),
            thread=self._thread(found, task),
            everybody_asked=self.references.complete,
        )

    def _object(self, found: Found, stack: list[FrameType]) -> WaitedObject | None:
        if not found.what:
            return None
        names = [find_name(obj, stack) for obj in (found.obj, *found.aliases) if obj is not None]
        # ``ready`` says more of a condition's lock than ``ready._lock``.
        known = sorted((name for name in names if name.text), key=lambda name: "._" in name.text)
        return WaitedObject(found.what, *known[0]) if known else WaitedObject(found.what)

    def _held_since(self, found: Found) -> Moment | NotRecorded | None:
        if found.held is None or not found.holders:
            return None
        return self._run.session.origins.lock_taken(found.held, found.holders[0], self._run)

    def _made(self, found: Found) -> Moment | NotRecorded | None:
        if found.made is None:
            return None
        return self._run.session.origins.channel_opened(found.made, self._run)

    def _thread(self, found: Found, task: Task) -> WorkerThread | None:
        if found.thread is None:
            return None
        return thread_of(found.thread, found.detail, task, self._run)


def explain(run: DebuggedRun, task: Task) -> Explanation:
    """Why a task does not go on, and who could let it."""
    return next(explain_each(run, (task,)))


def explain_each(run: DebuggedRun, asked: Iterable[Task]) -> Iterator[Explanation]:
    """Why several tasks do not go on; the tasks' variables are looked through once for all."""
    shared = Waits(run)
    for task in asked:
        telling = _Telling(shared)
        telling.follow(task, 0, ())
        yield Explanation(tuple(telling.links), tuple(telling.cycles(run)))


class _Telling:
    """Walks from wait to wait, every task once."""

    def __init__(self, waits_: Waits) -> None:
        self.links: list[WaitLink] = []
        self._waits = waits_
        self._seen: set[Task] = set()
        self._cycles: list[tuple[Task, ...]] = []

    def follow(self, task: Task, depth: int, path: tuple[Task, ...]) -> None:
        """Add the link of a task, then those of the tasks that could end its wait."""
        self._seen.add(task)
        link = self._waits.link(task, depth)
        at = len(self.links)
        self.links.append(link)
        path = (*path, task)
        enders = self._waits.enders(task)
        for other in enders:
            if other in path:
                self._cycles.append(path[path.index(other) :])
        fresh = [other for other in enders if other not in self._seen]
        followed = fresh[:_FOLLOWED] if len(self.links) < _LINKS else []
        for other in followed:
            if other not in self._seen:
                self.follow(other, depth + 1, path)
        unlisted = sum(other not in self._seen for other in fresh)
        if unlisted:
            self.links[at] = replace(link, unlisted=unlisted)

    def cycles(self, run: DebuggedRun) -> list[tuple[TaskLabel, ...]]:
        """The cycles that nobody outside of them can open, each once."""
        told: dict[frozenset[Task], tuple[TaskLabel, ...]] = {}
        for cycle in self._cycles:
            if self._is_closed(cycle):
                labels = tuple(map(run.registry.label_of, cycle))
                told.setdefault(frozenset(cycle), labels)
        return list(told.values())

    def _is_closed(self, cycle: tuple[Task, ...]) -> bool:
        return self._waits.references.complete and all(
            not self._waits.any_one_helps(task) or set(self._waits.enders(task)) <= set(cycle)
            for task in cycle
        )

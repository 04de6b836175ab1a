"""Follow waits from a task to the tasks that could end its wait, and so on.

Owns: `explain`, which answers `why`, and `Links`, the pictures of waits.
Does not own: who could end a wait (graph), deadlocks (deadlock).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from types import FrameType
from typing import TYPE_CHECKING

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, scopes, waits
from stepdbg.engine.cancelling import expiring
from stepdbg.engine.cancelling.entered import Scopes
from stepdbg.engine.describing.values import describe_whole
from stepdbg.engine.failing import pending
from stepdbg.engine.histories import parties
from stepdbg.engine.recording.history import blocked_since
from stepdbg.engine.stacks import frames
from stepdbg.model.chains import not_told_elsewhere
from stepdbg.model.deeds import Failed
from stepdbg.model.facts import NotRecorded
from stepdbg.model.records import NamedTuple, replace
from stepdbg.model.standard import itertools, math, re
from stepdbg.model.task import Origin, Place, ScopeSnapshot, TaskLabel, TaskState, WaitKind
from stepdbg.model.wait_kinds import Needs
from stepdbg.model.waits import (
    Explanation,
    Foreseen,
    Grade,
    Moment,
    Wait,
    WaitedObject,
    WaitLink,
    WaitState,
    WorkerThread,
)

from . import around, beyond
from .cancelling import cancelling_of
from .graph import BlockedGraph, Enders
from .knots import Knots
from .object_names import Namesakes, name_of_one
from .objects import Found
from .recognisers import function_name
from .references import wait_alike
from .standing import calling, doing, is_in_step, lasted, scheduled, wake_of
from .threads import thread_of

if TYPE_CHECKING:
    from stepdbg.engine.foreseeing.naming import Naming
    from stepdbg.engine.recording.origins import Origins
    from stepdbg.model.deeds import Deed
    from stepdbg.model.waits import Knot

    from .views import BlockedRun

_LIKE_TASKS = {each.value: each for each in WaitState}

_LINKS = 24
"""How many tasks one answer names."""

_FOLLOWED = 4
"""How many of the tasks that could end a wait get links of their own."""


def _through(stack: list[FrameType]) -> str:
    """The library function that the program called, if it was not Trio's."""
    called: list[FrameType] = []
    for frame in stack:
        origin = frames.origin_of(frame.f_code.co_filename)
        if origin is Origin.OWN:
            break
        if origin is Origin.LIBRARY:
            called.append(frame)
        else:  # Trio's own frames, or those of `outcome`
            called.clear()
    else:  # a task of the library's own: the function that started it says less
        called = called[:1]
    # Private module names do not help the user: `anyio._core._eventloop.sleep`.
    return re.sub(r"\b_(?!_)\w*\.", "", function_name(called[-1])) if called else ""


class _Others(NamedTuple):
    """Pictures of those that could end a wait, and of what their code does."""

    holders: tuple[TaskLabel, ...]
    wakers: tuple[TaskLabel, ...]
    foreseen: tuple[Foreseen, ...] | None


class Links:
    """Pictures of the tasks of a run with their waits.

    Args:
        run: the run, which must not go on meanwhile.
        graph: which task waits for what in it.
        origins: notes about which task opened a channel, took a lock or cancelled a scope.

    Attributes:
        namesakes: the names of the objects in the pictures.
    """

    def __init__(self, run: BlockedRun, graph: BlockedGraph, origins: Origins) -> None:
        self._run = run
        self._graph = graph
        self._origins = origins
        self._scopes = Scopes(run)
        self._beyond = beyond.OtherEnds(run, graph)
        self._around = around.Around(run)
        self.namesakes = Namesakes(run)
        self._links: dict[Task, WaitLink] = {}
        self._others: dict[Enders, _Others] = {}

    def link(self, task: Task, depth: int = 0, unlisted: int = 0) -> WaitLink:
        """One task with its wait; it is looked at once, in however many chains it is."""
        if task not in self._links:
            self._links[task] = self._link(task)
        made = self._links[task]
        return replace(made, depth=depth, unlisted=unlisted) if depth or unlisted else made

    def _link(self, task: Task) -> WaitLink:
        run, stack = self._run, self._run.live_frames(task)
        state = scheduled(run, task)
        wakes = state not in (TaskState.BLOCKED, TaskState.EXITED)
        began = wakes and state is not TaskState.NOT_STARTED
        in_step = state is TaskState.CURRENT and is_in_step(run, task)
        return WaitLink(
            0,
            self._label(task),
            self._state(task, state),
            self._wait(task, stack),
            wake_of(run, task) if wakes and not in_step else None,
            cancelling_of(run, self._origins, self._scopes, task),
            failed=self._failed(task),
            held=run.steered.is_held(task),
            doing=doing(run, task, stack) if began else None,
            calling=calling(run, stack) if in_step else "",
            lasted=lasted(run) if in_step else None,
            around=self._around.of(task, stack) if state is TaskState.BLOCKED else None,
            caught=run.history_reader().caught(task, stack),
            pending=pending.pending_in(task, self._label(task), stack),
        )

    def _failed(self, task: Task) -> Failed | None:
        """The exception with which a task has failed, at the stop for that."""
        held = self._run.held
        frames = None if held is None else held.failed_frames_of(task)
        if held is None or frames is None or held.exceptions is None:
            return None
        error = held.exceptions.error
        party = parties.party_of(self._run, task, error)
        return Failed(describe_whole(error), frames.doing(), party)

    def peers(self, task: Task) -> tuple[Task, ...]:
        """The tasks that have the other end of the socket or pipe at which a task waits."""
        return self._beyond.peers(task)

    def labels(self, tasks: Iterable[Task]) -> tuple[TaskLabel, ...]:
        """The labels of some tasks."""
        return tuple(map(self._label, tasks))

    def _label(self, task: Task) -> TaskLabel:
        return self._run.registry.label_of(task)

    def _state(self, task: Task, state: TaskState) -> WaitState:
        found = self._graph.found(task)
        if found is None:
            held = state is TaskState.RUNNABLE and self._run.steered.is_held(task)
            return WaitState.HELD if held else _LIKE_TASKS[state]
        if waits.cancelled_scope(task) is not None and not scopes.is_reached(task):
            return WaitState.SHIELDED
        for_ever = math.isinf(waits.soonest_deadline(task))
        of_kind = found.row.state
        return WaitState.BLOCKED if of_kind is WaitState.FOREVER and not for_ever else of_kind

    def _wait(self, task: Task, stack: list[FrameType]) -> Wait | None:
        found = self._graph.found(task)
        if found is None:
            return None
        run, others = self._run, self._others_of(task, found)
        own = next((f for f in stack if frames.is_own(f.f_code.co_filename)), None)
        return Wait(
            kind=found.kind,
            ending=found.ending,
            place=None if own is None else frames.place_of(own),
            object=_object(self.namesakes, self._label(task), found, stack),
            through=_through(stack),
            holders=others.holders,
            wakers=others.wakers,
            waiters=found.waiters,
            deadline=runs.time_left(run.runner, self._deadline(found, task)),
            timeout=self._timeout(task),
            numbers=found.numbers,
            detail=found.detail,
            since=blocked_since(run, task),
            held_since=self._held_since(found),
            made=self._made(found),
            thread=_thread(found, self._label(task)),
            everybody_asked=self._graph.everybody_asked,
            child=self._beyond.child(found, stack),
            peers=self.labels(self.peers(task)),
            told=self._told(found),
            foreseen=_with_itself(others.foreseen, self._label(task), found),
            replaced=around.replaced(found, stack),
        )

    def _others_of(self, task: Task, found: Found) -> _Others:
        """Who could end a wait, in words: once for all that wait for the same."""
        ways = self._graph.ways(task)
        if ways not in self._others:
            held = frozenset(found.holders)
            peers = found.row.needs is Needs.OTHER_END
            self._others[ways] = _Others(
                self.labels(ways.enders if peers else found.holders),
                () if peers else self.labels(t for t in ways.enders if t not in held),
                _foreseen(self._graph, self._label, task, found),
            )
        return self._others[ways]

    def _deadline(self, found: Found, task: Task) -> float:
        if found.kind is WaitKind.SLEEP:
            return expiring.own_deadline(task)
        return waits.soonest_deadline(task)

    def _timeout(self, task: Task) -> ScopeSnapshot | None:
        if math.isinf(waits.soonest_deadline(task)):
            return None
        scope = expiring.timeout_around(task)
        return None if scope is None else self._scopes.picture(scope, task)

    def _held_since(self, found: Found) -> Moment | NotRecorded | None:
        if found.held is None or not found.holders:
            return None
        return self._origins.lock_taken(found.held, found.holders[0], self._run.life)

    def _made(self, found: Found) -> Moment | NotRecorded | None:
        if found.made is None:
            return None
        return self._origins.channel_opened(found.made, self._run.life)

    def _told(self, found: Found) -> tuple[Deed, ...]:
        """What tasks have done earlier to the object that a task waits for."""
        obj = found.obj
        if found.kind is WaitKind.START:  # a nursery of its own has the task until started()
            obj = found.wakers[0].parent_nursery if found.wakers else None
        return () if obj is None else self._run.history_reader().before_wait(found.kind, obj)


def _thread(found: Found, task: TaskLabel) -> WorkerThread | None:
    return None if found.thread is None else thread_of(found.thread, found.detail, task)


def _foreseen(
    graph: BlockedGraph, label: Callable[[Task], TaskLabel], task: Task, found: Found
) -> tuple[Foreseen, ...] | None:
    """What the code of the tasks that could end a wait does; None if it was not examined."""
    known = graph.foresight.of(found, graph.enders(task))
    if known is None:
        return None
    return tuple(
        Foreseen(
            label(each.task),
            each.naming.grade,
            each.naming.name,
            _place_of(each.naming),
            waits_alike=wait_alike(found, graph.found(each.task)),
        )
        for each in known
        if each.naming.grade is not Grade.HAS
    )


def _with_itself(
    known: tuple[Foreseen, ...] | None, label: TaskLabel, found: Found
) -> tuple[Foreseen, ...] | None:
    """The same for one of the tasks that wait alike: its own block may have taken it."""
    if known is None or not found.row.taken_in_block:
        return known
    return tuple(replace(each, itself=True) if each.task == label else each for each in known)


def _place_of(naming: Naming) -> Place | None:
    return None if naming.code is None else frames.place_of_code(naming.code, naming.line)


def _object(
    namesakes: Namesakes, task: TaskLabel, found: Found, stack: list[FrameType]
) -> WaitedObject | None:
    """The object that a task waits for, named as on the line that waits."""
    if not found.what:
        return None
    name, key = name_of_one((found.obj, *found.aliases), stack)
    if name.text and found.kind is not WaitKind.NURSERY:  # a nursery is told by its line
        namesakes.note(task, name.text, key)
    return WaitedObject(found.what, *name)


def explain(run: BlockedRun, origins: Origins, task: Task) -> Explanation:
    """Why a task does not go on, and which tasks could let it go on."""
    return next(explain_each(run, origins, (task,)))


def explain_each(
    run: BlockedRun, origins: Origins, asked: Iterable[Task], *, once: bool = False
) -> Iterator[Explanation]:
    """Why several tasks do not go on; the tasks' variables are looked through once for all.

    once: a task that is asked about itself is not followed any further in the others' chains.
    """
    graph, first = BlockedGraph(run), tuple(asked)
    claims, pictures = Knots(run, graph, first), Links(run, graph, origins)
    asked_about = _Asked(first if once else ())
    found: list[Explanation] = []
    for task in first:
        walk = _Walk(graph, pictures, asked_about)
        walk.follow(task, 0, ())
        links_of_it = tuple(itertools.starmap(pictures.link, walk.met_tasks()))
        found.append(Explanation(links_of_it, walk.knots(claims, task)))
    links = iter(
        pictures.namesakes.told_apart(tuple(link for each in found for link in each.links))
    )
    for each in found:
        yield replace(each, links=tuple(itertools.islice(links, len(each.links))))


class _Asked:
    """The tasks that an answer tells of by themselves, so that no chain goes on below them."""

    def __init__(self, some: Iterable[Task]) -> None:
        self.tasks = frozenset(some)
        self._others: dict[Enders, int] = {}

    def others(self, ways: Enders) -> int:
        """How many of those that could end a wait are not among them, counted once for all."""
        if ways not in self._others:
            self._others[ways] = len(ways.likely.keys() - self.tasks)
        return self._others[ways]


class _Walk:
    """Follows waits from task to task, and visits every task once."""

    def __init__(self, graph: BlockedGraph, pictures: Links, asked_about: _Asked) -> None:
        self._asked_about = asked_about
        self._steps: list[tuple[Task, int, int]] = []
        self._graph = graph
        self._pictures = pictures
        self._seen: set[Task] = set()
        self._cycles: list[tuple[Task, ...]] = []

    def follow(self, task: Task, depth: int, path: tuple[Task, ...]) -> None:
        """Note a task, then those that could end its wait.

        Nothing is done for each of very many that could: they may be the same for very many tasks.
        """
        self._seen.add(task)
        at = len(self._steps)
        self._steps.append((task, depth, 0))
        path = (*path, task)
        ways = self._graph.ways(task)
        if not ways.places.keys().isdisjoint(path):
            # Those of the path that could end the wait, in the order of those that could.
            both = sorted(ways.places.keys() & path, key=ways.places.__getitem__)
            self._cycles += [path[path.index(other) :] for other in both]
        fresh = (other for other in ways.likely if other not in self._seen)
        followed = [*itertools.islice(fresh, _FOLLOWED)] if len(self._steps) < _LINKS else []
        for other in followed:
            if other not in self._seen:
                self.follow(other, depth + 1, path)
        for peer in self._pictures.peers(task):  # of no wait can it be told that they must end it
            if peer not in self._seen and len(self._steps) < _LINKS:
                self.follow(peer, depth + 1, ())
        unlisted = self._asked_about.others(ways)
        if unlisted:
            unlisted -= len((ways.likely.keys() & self._seen) - self._asked_about.tasks)
        self._steps[at] = task, depth, unlisted

    def met_tasks(self) -> list[tuple[Task, int, int]]:
        """The tasks that were met, each with its depth and how many more could end its wait."""
        elsewhere = self._asked_about.tasks
        return not_told_elsewhere(self._steps, itemgetter(1), lambda step: step[0] in elsewhere)

    def knots(self, claims: Knots, asked: Task) -> tuple[Knot, ...]:
        """The knots among the visited tasks: cycles that no other task opens, or the asked task."""
        closed: dict[frozenset[Task], tuple[Task, ...]] = {}
        for cycle in filter(claims.cycles.is_closed, self._cycles):
            closed.setdefault(frozenset(cycle), cycle)
        found = [knot for cycle in closed.values() if (knot := claims.cycle(cycle)) is not None]
        if not found and asked in claims.stuck:
            met = sorted(self._seen & claims.stuck.keys(), key=claims.stuck.__getitem__)
            knot = claims.missing(met)
            found += [] if knot is None else [knot]
        return tuple(found)

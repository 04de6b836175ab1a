"""Tasks and the schedule: `tasks`, `tree`, `queue`, `timers`, `task`, `runs`, `run`.

Owns: what these commands answer.  Does not own: finding a task by name (task_names).
"""

from __future__ import annotations

from collections.abc import Iterable

from stepdbg.model import interrupts
from stepdbg.model.errors import BadUsage, NoSuchTask, NotNow, StepdbgError
from stepdbg.model.facts import RunId
from stepdbg.model.patterns import TaskPattern, parse_pattern
from stepdbg.model.protocols import Inspector
from stepdbg.model.recording import RECORDING
from stepdbg.model.records import dataclass, replace
from stepdbg.model.replies import (
    Answer,
    Evaluated,
    Failure,
    Message,
    Queue,
    Reply,
    RunList,
    TaskList,
    TaskShown,
    Timers,
    Tree,
)
from stepdbg.model.standard import contextlib, re, sys
from stepdbg.model.task import (
    NurserySnapshot,
    TaskGroup,
    TaskLabel,
    TaskNode,
    TaskSnapshot,
    TaskState,
)

from . import faults, grammar, history, task_names
from .request import Desk, Request, Result, number_in
from .viewpoint import Viewpoint, first_task

ALL = "-a"

UNGROUPED = 20
"""How many tasks are listed one by one; of more, equal ones share a line."""

STATE_WORDS: dict[str, TaskState] = {str(state).replace(" ", "-"): state for state in TaskState}
"""States as one word each."""


def tasks(request: Request) -> Result:
    """`tasks [-a] [PATTERN…] [STATE…]`, `tasks --ended [-a] [N]`."""
    if history.ENDED in request.options:
        return history.ended(request)
    words = request.words()
    wanted = _Wanted.parse(words)
    everything = ALL in request.options
    inspector = request.desk.inspector
    groups = inspector.groups(
        system=everything,
        numbers=wanted.numbers,
        wanted=None if wanted.all else wanted.includes,
    )
    count = sum(len(group.labels) for group in groups)
    if count <= UNGROUPED or everything or wanted.numbers is not None:
        groups = _one_by_one(inspector, groups)
    return TaskList(
        run=inspector.run(),
        groups=groups,
        total=_total(inspector, count, wanted, system=everything),
        in_view=_in_view(request.desk),
        filter=" ".join(words),
    )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which tasks are asked for: those of any pattern and any state, within a range of numbers."""

    patterns: tuple[TaskPattern, ...]
    states: frozenset[TaskState]
    numbers: range | None

    @classmethod
    def parse(cls, words: list[str]) -> _Wanted:
        """What words ask for.  Raises `BadUsage`."""
        patterns: list[TaskPattern] = []
        states: set[TaskState] = set()
        numbers: range | None = None
        for word in _join_not_started(words):
            state = STATE_WORDS.get(word.lower().replace("_", "-"))
            if state is not None:
                states.add(state)
            elif _RANGE.fullmatch(word):
                numbers = _range_of(word)
            else:
                patterns.append(parse_pattern(word))
        return cls(tuple(patterns), frozenset(states), numbers)

    @property
    def all(self) -> bool:
        """Whether no task of the range is left out."""
        return not (self.patterns or self.states)

    def includes(self, label: TaskLabel, state: TaskState) -> bool:
        """Whether a task is one of them."""
        if self.states and state not in self.states:
            return False
        return not self.patterns or any(task_names.matches(each, label) for each in self.patterns)


_RANGE = re.compile(r"[0-9]*\.\.[0-9]*")


def _range_of(word: str) -> range:
    """The numbers that ``10..20``, ``10..`` or ``..20`` stands for."""
    first, _, last = word.partition("..")
    begin = number_in(first, "task number") if first else 0
    return range(begin, number_in(last, "task number") + 1 if last else sys.maxsize)


def _join_not_started(words: list[str]) -> list[str]:
    joined: list[str] = []
    for word in words:
        if word == "started" and joined and joined[-1] == "not":
            joined[-1] = "not-started"
        else:
            joined.append(word)
    return joined


def _one_by_one(inspector: Inspector, groups: tuple[TaskGroup, ...]) -> tuple[TaskGroup, ...]:
    """A group for each task, by number."""
    labels = sorted((label for group in groups for label in group.labels), key=_number)
    found = []
    for label in labels:
        with contextlib.suppress(NoSuchTask):  # it may end while the run goes on
            found.append(TaskGroup(inspector.task(label.number), (label,)))
    return tuple(found)


def _number(label: TaskLabel) -> int:
    return label.number


def _total(inspector: Inspector, listed: int, wanted: _Wanted, *, system: bool) -> int:
    """How many living tasks there are."""
    if wanted.all and wanted.numbers is None:
        return listed
    return len(inspector.tasks(system=True)) if system else inspector.run().task_count


def _in_view(desk: Desk) -> TaskLabel | None:
    try:
        return desk.view.snapshot().label
    except StepdbgError:
        return None


def tree(request: Request) -> Result:
    """`tree [-a] [TASK]`."""
    words = request.words(most=1)
    inspector = request.desk.inspector
    root = inspector.tree(system=ALL in request.options)
    if words:
        root = _branch(inspector, root, words[0])
    return Tree(inspector.run(), root, _in_view(request.desk))


def _branch(inspector: Inspector, root: TaskNode, text: str) -> TaskNode:
    """The part of a tree below one task."""
    wanted = task_names.find_one(inspector, text).label
    whole = inspector.tree(system=True)
    for tree_ in (root, whole):
        for node in _nodes(tree_):
            if node.task.label.number == wanted.number:
                return node
    raise NotNow(f"{wanted} is not in the tree any more")


def _nodes(root: TaskNode) -> Iterable[TaskNode]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        for part in node.inside:
            if isinstance(part, NurserySnapshot):
                waiting += part.children


def queue(request: Request) -> Result:
    """`queue [-a]`."""
    request.words(most=0)
    inspector = request.desk.inspector
    return Queue(inspector.run(), inspector.queue(system=ALL in request.options))


def timers(request: Request) -> Result:
    """`timers`."""
    request.words(most=0)
    inspector = request.desk.inspector
    return Timers(inspector.run(), inspector.timers())


def task(request: Request) -> Result:
    """`task [TASK [COMMAND]]`."""
    view = request.desk.view
    if not request.rest:
        return _shown(view, view.snapshot())
    name, command = grammar.first_quoted_word(request.rest)
    if command:
        found_all = task_names.find_all(view.inspector, name)
        if len(found_all) > 1:
            return _in_each(request.desk, found_all, command)
        return _elsewhere(request.desk, found_all[0], command)
    found = task_names.find_one(view.inspector, name)
    view.look_at(found.label.number)
    return _shown(view, found)


def _shown(view: Viewpoint, task: TaskSnapshot) -> TaskShown:
    frame = None
    with contextlib.suppress(NotNow):  # a recording has none
        frame = view.find_frame()
    return TaskShown(task, frame, view.inspector.pending(task.label.number))


def _elsewhere(desk: Desk, found: TaskSnapshot, command: str) -> Answer:
    """Run a command with another task in view, and come back."""
    here = desk.view
    desk.view = Viewpoint(here.inspector, found.label.number)
    try:
        return desk.run_line(command)
    finally:
        desk.view = here


def _in_each(desk: Desk, found: list[TaskSnapshot], command: str) -> Result:
    """Run a command with one task after the other in view; each reply says whose it is."""
    replies: list[Reply] = []
    for each in found:
        try:
            answer = _elsewhere(desk, each, command)
        except StepdbgError as error:
            answer = faults.answer_to(error)
        if answer.resume is not None:
            word = grammar.first_word(command)[0]
            raise BadUsage(f"`{word}` lets the program go on: name one task")
        replies += _of_task(each.label, answer.replies)
        if interrupts.noticed():
            return [*replies, faults.INTERRUPTED]
    return replies


def _of_task(label: TaskLabel, replies: tuple[Reply, ...]) -> list[Reply]:
    match replies:
        case [Evaluated() as value]:
            return [replace(value, task=label)]
        case [Failure() as failure]:
            return [replace(failure, text=f"{label}: {failure.text}")]
    return [Message(f"{label}:"), *replies]


def runs(request: Request) -> Result:
    """`runs`."""
    request.words(most=0)
    return _run_list(request.desk)


def _run_list(desk: Desk) -> RunList:
    runs = desk.home.runs()
    # Before the first run of a program there is none to be in view.
    in_view = desk.inspector.run().run if runs else RunId(0)
    return RunList(runs, in_view)


def run(request: Request) -> Result:
    """`run [N]`."""
    desk = request.desk
    words = request.words(most=1)
    if not words:
        return _run_list(desk)
    number = RunId(number_in(words[0], "run number"))
    wanted = desk.home.view(number)
    picture = wanted.run()
    # Of a recording an ended run is at its end, and `at` goes back.
    if picture.state == "ended" and desk.controller.medium != RECORDING:
        raise NotNow(f"run {number} has ended; `runs` lists the runs")
    if number != desk.inspector.run_id:
        desk.view = _view_of(desk, wanted)
    return _run_list(desk)


def _view_of(desk: Desk, wanted: Inspector) -> Viewpoint:
    """A view of a run: in its own run at the task of this stop, else as at a stop without one."""
    stop = desk.stop
    if stop is not None and wanted.run_id == desk.home.run_id:
        return Viewpoint(desk.home, stop.task.number if stop.task else None)
    return Viewpoint(wanted, first_task(wanted))

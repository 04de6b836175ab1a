"""Noticing what a run touches that no schedule controls.

Owns: `Touches`: which functions reach out of a run, and the first touch of each kind.
Does not own: reporting that functions begin (noting), what follows from a touch (scheduling).

The calls of a function are reported until all runs under way have touched its kind; from then on a
call costs nothing.  Python does not report that a function in C begins.  So `random.random` is
noticed by the state of its generator, and in a replay `lines.c_calls` reports all such functions
(from Python 3.12).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from types import BuiltinFunctionType, CodeType, FrameType, FunctionType
from typing import TYPE_CHECKING, Protocol

import trio
from trio.lowlevel import Task

from stepdbg._trio_internals import runs, tasks
from stepdbg._trio_internals.clock_reads import watch_reads
from stepdbg._trio_internals.frame_values import let_go_at_event
from stepdbg._trio_internals.recording import ignore
from stepdbg.engine.lines import c_calls, interface
from stepdbg.engine.process.clock import kind_of
from stepdbg.engine.process.guard import settle
from stepdbg.engine.stacks.frames import OWN_FILES, first_own_caller, is_own, place_of_code
from stepdbg.model.ours import is_ours
from stepdbg.model.standard import sys
from stepdbg.model.uncontrolled import Touch, Uncontrolled

if TYPE_CHECKING:
    from stepdbg.model.facts import RunId

_FUNCTIONS: tuple[tuple[str, str, Uncontrolled], ...] = (
    ("threading", "Thread.start", Uncontrolled.THREAD),
    ("trio", "to_thread.run_sync", Uncontrolled.THREAD),
    ("subprocess", "Popen.__init__", Uncontrolled.PROCESS),
    ("multiprocessing.process", "BaseProcess.start", Uncontrolled.PROCESS),
    ("trio", "run_process", Uncontrolled.PROCESS),
    ("trio", "lowlevel.open_process", Uncontrolled.PROCESS),
    ("socket", "socket.__init__", Uncontrolled.IO),
    ("trio", "lowlevel.wait_readable", Uncontrolled.IO),
    ("trio", "lowlevel.wait_writable", Uncontrolled.IO),
    ("signal", "signal", Uncontrolled.SIGNAL),
    ("trio", "open_signal_receiver", Uncontrolled.SIGNAL),
    ("uuid", "uuid1", Uncontrolled.ENTROPY),
    ("uuid", "uuid4", Uncontrolled.ENTROPY),
    ("random", "SystemRandom.random", Uncontrolled.ENTROPY),
    ("random", "SystemRandom.getrandbits", Uncontrolled.ENTROPY),
    ("random", "Random.seed", Uncontrolled.ENTROPY),
    *(
        ("random", f"Random.{name}", Uncontrolled.RANDOM)
        for name in (
            *("randrange", "randint", "randbytes", "choice", "choices", "sample", "shuffle"),
            *("uniform", "triangular", "gauss", "normalvariate", "expovariate", "betavariate"),
        )
    ),
)
"""Module, name and kind of the functions in Python that reach out of a run."""


_MOST_IN_VAIN = 100
"""How often to look for an own line when only libraries are on the stack, before giving up."""


_IN_C: tuple[tuple[str, str, Uncontrolled], ...] = (
    ("_thread", "start_new_thread", Uncontrolled.THREAD),
    ("posix", "fork", Uncontrolled.PROCESS),
    ("posix", "system", Uncontrolled.PROCESS),
    ("posix", "urandom", Uncontrolled.ENTROPY),
    ("posix", "getrandom", Uncontrolled.ENTROPY),
    ("random", "_inst.random", Uncontrolled.RANDOM),
    ("random", "_inst.getrandbits", Uncontrolled.RANDOM),
    ("time", "time", Uncontrolled.TIME),
    ("time", "time_ns", Uncontrolled.TIME),
    ("time", "monotonic", Uncontrolled.TIME),
    ("time", "monotonic_ns", Uncontrolled.TIME),
    ("time", "perf_counter", Uncontrolled.TIME),
    ("time", "perf_counter_ns", Uncontrolled.TIME),
    ("datetime", "datetime.now", Uncontrolled.TIME),
    ("datetime", "datetime.utcnow", Uncontrolled.TIME),
    ("datetime", "datetime.today", Uncontrolled.TIME),
    ("datetime", "date.today", Uncontrolled.TIME),
    ("builtins", "id", Uncontrolled.ADDRESS),
)
"""The same for functions in C."""

_OWN_CALLS = (Uncontrolled.TIME, Uncontrolled.ADDRESS)
"""Kinds that count only when own code calls: libraries ask for the time and for addresses often,
and seldom decide anything by them."""


class Follower(Protocol):
    """Lets a run follow a schedule."""

    @property
    def following(self) -> bool: ...
    def touched(self, touch: Touch) -> None: ...


class MayReplay(Protocol):
    """Knows whether a run follows a schedule."""

    @property
    def replay(self) -> Follower | None: ...


class TouchingRun(Protocol):
    """A run under way."""

    @property
    def id(self) -> RunId: ...
    @property
    def runner(self) -> runs.Runner: ...
    @property
    def held(self) -> object | None: ...
    @property
    def steered(self) -> MayReplay: ...


class TouchingRuns(Protocol):
    """The runs of the process."""

    def of_thread(self) -> TouchingRun | None: ...


class Touches:
    """What the runs of one session touch; `noting` reports the functions that begin.

    Args:
        book: knows the run of a thread.
    """

    def __init__(self, book: TouchingRuns) -> None:
        self._book = book
        self._noted: dict[RunId, dict[Uncontrolled, _Where | None]] = {}
        self._places: dict[RunId, dict[Uncontrolled, tuple[int, int]]] = {}
        self._under_way: dict[RunId, int] = {}
        self._kinds: dict[tuple[str, str], tuple[FunctionType, Uncontrolled]] = {}
        self._seeded = False
        self._in_vain = 0
        self._hear_no_calls: Callable[[], None] = ignore
        self._no_reads: dict[RunId, Callable[[], None]] = {}

    def functions(self) -> list[FunctionType]:
        """The functions whose calls this needs to notice."""
        rows = list(_rows())
        self._kinds = {_key(function): (function, kind) for function, kind in rows}
        return [function for function, _ in rows]

    def run_begins(self, number: RunId) -> bool:
        """Begin a run; return whether more functions can be noticed by now."""
        self._under_way[number] = _random_state()
        run = self._book.of_thread()
        if run is not None and kind_of(run.runner.clock) == "system":
            self._no_reads[number] = watch_reads(run.runner, partial(self._on_read, number))
        return len(list(_rows())) > len(self._kinds)

    def hear_calls(self, *, by_profile: bool = False) -> bool:
        """Notice functions in C as well, because a run that follows a schedule begins.

        by_profile: see `c_calls.hear_calls`.

        Returns: whether other tools allow it.
        """
        self._hear_no_calls()
        functions: dict[object, Uncontrolled] = {
            each: kind
            for module, name, kind in _IN_C
            if type(each := _found(module, name)) is BuiltinFunctionType
        }
        with suppress(interface.LinesUnavailable):
            self._hear_no_calls = c_calls.hear_calls(
                functions, self._on_call, by_profile=by_profile
            )
            return True
        return False

    def forget_seed(self) -> bool:
        """Forget that random numbers were seeded, because another run begins.

        Returns: whether they had been seeded.
        """
        before, self._seeded = self._seeded, False
        return before

    def hear_no_calls(self) -> None:
        """Stop noticing functions in C, because no run follows a schedule any more."""
        self._hear_no_calls()

    def run_ends(self, number: RunId) -> None:
        """Stop noticing what a run touches, because it ends."""
        self._hear_no_calls()
        self._look_at_random(number)
        self._under_way.pop(number, None)
        self._no_reads.pop(number, ignore)()

    def of(self, number: RunId) -> tuple[Touch, ...]:
        """The first touch of each kind in a run so far."""
        self._look_at_random(number)
        noted = self._noted.get(number, {})
        return tuple(_touch(kind, where) for kind, where in noted.items())

    def steps_of(self, number: RunId) -> Mapping[Uncontrolled, tuple[int, int]]:
        """By kind, the number of the task that has touched it first, and in which of its steps."""
        return self._places.get(number, {})

    def note(self, kind: Uncontrolled, frame: FrameType) -> bool:
        """Note a touch, if a task of the program in this thread's run is making it.

        frame: the frame that called the function in question.

        Returns: whether this kind need not be reported any more.
        """
        run, task = self._book.of_thread(), runs.current_task()
        if run is None or run.held is not None or task is None or _is_trios(run, task):
            return False
        noted = self._noted.setdefault(run.id, {})
        if kind not in noted:
            noted[kind] = where = _own_line(frame)
            self._places.setdefault(run.id, {})[kind] = _step_of(task)
            if run.steered.replay is not None:
                run.steered.replay.touched(_touch(kind, where))
        elif noted[kind] is None:
            noted[kind] = _own_line(frame)
            self._in_vain += 1
            if self._in_vain > _MOST_IN_VAIN:
                return True
        others = (self._noted.get(number, {}).get(kind) for number in self._under_way)
        return all(each is not None for each in others)

    def _look_at_random(self, number: RunId) -> None:
        """Notice calls of `random.random` by the generator's state, because it is in C."""
        before = self._under_way.get(number)
        if before is None or self._seeded or before == _random_state():
            return
        noted = self._noted.setdefault(number, {})
        noted.setdefault(Uncontrolled.RANDOM, None)

    def on_start(self, frame: FrameType) -> bool | None:
        """Note what a function touches that begins.

        Returns: whether it need not be reported any more; None if it is not of interest here.
        """
        key = frame.f_globals.get("__name__", ""), frame.f_code.co_qualname
        function, kind = self._kinds.get(key, (None, Uncontrolled.THREAD))
        if function is None:
            return None
        if function.__globals__ is not frame.f_globals:
            return False  # stepdbg's own copies of modules have the same code
        if function.__name__ == "seed":
            return self._on_seed(frame)
        if kind is Uncontrolled.RANDOM and (
            self._seeded or _variable(frame, "self") is not _shared_generator()
        ):
            return (
                True  # it may be called often; if it matters later, the generator's state shows it
            )
        return frame.f_back is not None and self.note(kind, frame.f_back)

    def _on_call(self, kind: Uncontrolled, frame: FrameType) -> bool:
        try:
            filename = frame.f_code.co_filename
            if is_ours(filename) or (kind in _OWN_CALLS and not is_own(filename)):
                return True
            if kind is Uncontrolled.RANDOM and self._seeded:
                return False
            return self.note(kind, frame)
        except RecursionError:
            raise  # `hear_calls` handles it, where the stack has room for a call again
        except Exception as error:  # the program is the caller, and must not get it
            settle(error, "noticing what no schedule controls")
            return True

    def _on_read(self, number: RunId, _now: float, depth: int) -> None:
        """Note that own code reads the clock of its run; Trio reads it as well, for deadlines."""
        try:
            frame = sys._getframe(depth)  # noqa: SLF001 - documented, CPython only
            if OWN_FILES[frame.f_code.co_filename] and self.note(Uncontrolled.CLOCK, frame):
                self._no_reads.pop(number, ignore)()
        except Exception as error:  # the program is the caller, and must not get it
            settle(error, "noticing what no schedule controls")
            self._no_reads.pop(number, ignore)()

    def _on_seed(self, frame: FrameType) -> bool:
        generator, given = _variable(frame, "self"), _variable(frame, "a")
        if generator is _shared_generator():
            self._seeded = given is not None
        if given is None and frame.f_back is not None:
            self.note(Uncontrolled.ENTROPY, frame.f_back)
        return False  # the next seed matters as well


# While the program runs, only this is noted.  A picture of the line would need its source, and code
# of stepdbg that may not be loaded yet; both would cost program time.
_Where = tuple[CodeType, int | None]


def _own_line(frame: FrameType) -> _Where | None:
    """The code and the number of the nearest own line from a frame outwards."""
    own = first_own_caller(frame)
    return None if own is None else (own.f_code, own.f_lineno)


def _touch(kind: Uncontrolled, where: _Where | None) -> Touch:
    return Touch(kind, None if where is None else place_of_code(*where))


def _step_of(task: Task) -> tuple[int, int]:
    """The number of a task, and of its step that is under way."""
    return tasks.number(task), tasks.steps_taken(task) + 1


def _rows() -> Iterator[tuple[FunctionType, Uncontrolled]]:
    """The functions of the modules that are loaded by now."""
    for module, name, kind in _FUNCTIONS:
        found = _found(module, name)
        while type(inner := getattr(found, "__wrapped__", None)) is FunctionType:
            found = inner
        if type(found) is FunctionType:
            yield found, kind


def _found(module: str, name: str) -> object:
    """What a module has under a name now; None if there is nothing."""
    found: object = trio if module == "trio" else sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


def _key(function: FunctionType) -> tuple[str, str]:
    return function.__globals__.get("__name__", ""), function.__code__.co_qualname


def _variable(frame: FrameType, name: str) -> object:
    names = frame.f_locals
    found: object = names.get(name)
    let_go_at_event(frame, names)
    return found


def _shared_generator() -> object:
    """The generator that the functions of `random` share; None before that module is loaded."""
    return getattr(sys.modules.get("random"), "_inst", None)


def _random_state() -> int:
    state: Callable[[], object] | None = getattr(_shared_generator(), "getstate", None)
    return 0 if state is None else hash(state())


def _is_trios(run: TouchingRun, task: Task) -> bool:
    return runs.is_system(run.runner, task)

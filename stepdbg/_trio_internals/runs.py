"""Trio's runner: where a run begins, its queue, its batch, its deadlines.

Owns: access to `trio._core._run.Runner` and the frame of its loop.
Does not own: tasks and scopes (their own modules), any decision.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from types import CodeType, FrameType

import trio
from outcome import Error, Outcome
from trio._core import _run
from trio._core._entry_queue import EntryQueue
from trio._core._instrumentation import Instruments

# Public as trio.testing.MockClock, but that package imports pytest if it is installed.
from trio._core._mock_clock import MockClock
from trio._core._run import CancelScope, Runner, Task

from stepdbg.model.standard import functools, heapq, itertools
from stepdbg.sealed import own_copy

from .frame_values import peek_at
from .tasks import children_of, nurseries_of

__all__ = ["CancelScope", "MockClock", "Runner", "Task"]

InstrumentList = Sequence[trio.abc.Instrument]


def patch_run_start(extra: Callable[[], trio.abc.Instrument | None]) -> Callable[[], None]:
    """Add one more instrument to every run that begins from now on.

    Trio builds exactly one `Instruments` group for each run, once it is certain that the run will
    happen.  So replacing that name leaves none of our frames on a traceback.  (Wrapping
    `setup_runner` would, for a nested ``trio.run``.)

    Args:
        extra: gives the instrument for the run that begins, or None to leave it alone; an
            exception that it raises comes out of ``trio.run``.

    Returns:
        A function that undoes the patch.
    """
    names = vars(_run)
    original: Callable[[InstrumentList], Instruments] = names["Instruments"]

    def instruments(incoming: InstrumentList) -> Instruments:
        ours = extra()
        return original(incoming if ours is None else [*incoming, ours])

    names["Instruments"] = instruments

    def restore() -> None:
        names["Instruments"] = original

    return restore


def patch_run_end(closing: Callable[[Callable[[Runner], bool]], None]) -> Callable[[], None] | None:
    """Learn of the end of every run, right before Trio calls `after_run`.

    Wrapping `Runner.close` would be simpler, but would leave our frame on the stack of every
    `after_run` of the program.

    Args:
        closing: called when Trio has closed the entry queue of a run, with a function that says
            whether a runner is that run's.

    Returns:
        A function that undoes the patch; None if this Trio has no such method.
    """
    original: Callable[[EntryQueue], None] | None = getattr(EntryQueue, "close", None)
    if original is None or not hasattr(Runner, "entry_queue"):
        return None

    def close(self: EntryQueue) -> None:
        original(self)
        closing(lambda runner: runner.entry_queue is self)

    functools.update_wrapper(close, original)
    EntryQueue.close = close  # type: ignore[method-assign]

    def restore() -> None:
        EntryQueue.close = original  # type: ignore[assignment, method-assign]

    return restore


def current_runner() -> Runner | None:
    """The runner of the calling thread; None outside of any run."""
    return getattr(_run.GLOBAL_RUN_CONTEXT, "runner", None)


def context() -> object:
    """An object whose attribute ``task`` is the calling thread's current task, if there is one."""
    return _run.GLOBAL_RUN_CONTEXT


def current_task() -> Task | None:
    """The task whose step is about to begin or under way in the calling thread."""
    return getattr(_run.GLOBAL_RUN_CONTEXT, "task", None)


def set_current_task(task: Task | None) -> None:
    """Make `task` current for Trio, while code is evaluated on its behalf."""
    if task is None:
        _run.GLOBAL_RUN_CONTEXT.__dict__.pop("task", None)
    else:
        _run.GLOBAL_RUN_CONTEXT.task = task


def code_of(owner: object, name: str) -> CodeType:
    """The code of a function; if this Trio lacks it, code that is on no stack."""
    code = getattr(getattr(owner, name, None), "__code__", None)
    return code if isinstance(code, CodeType) else (lambda: None).__code__


LOOP_CODE: CodeType = code_of(_run, "unrolled_run")
"""The code of Trio's loop; its frame holds the batch."""

GUEST_CODE: CodeType = code_of(_run, "start_guest_run")
"""On the stack while a run begins that is the guest of another loop."""

EXPIRE_CODE: CodeType = code_of(getattr(_run, "Deadlines", None), "expire")
"""On the stack while a deadline cancels its scope."""

ENTER_CODE: CodeType = code_of(CancelScope, "__enter__")
"""On the stack while a scope is cancelled at once, because its deadline has passed already."""

EXITED_CODE: CodeType = code_of(_run.Runner, "task_exited")
"""On the stack while the end of a task wakes the parent of its nursery."""

ADD_ERROR_CODE: CodeType = code_of(_run.Nursery, "_add_exc")
"""On the stack while a nursery cancels itself, because a child or its block has failed."""

NURSERY_END_CODE: CodeType = code_of(_run.Nursery, "_nested_child_finished")
"""On the stack of a task that waits at the end of a nursery for the nursery's children."""

ENTRY_TASK_CODE: CodeType = code_of(EntryQueue, "task")
"""On the stack while a call from another thread or a signal handler is carried out."""


def loop_frame(start: FrameType | None) -> FrameType | None:
    """The frame of Trio's loop among the callers of `start`, None when there is none."""
    frame = start
    while frame is not None and frame.f_code is not LOOP_CODE:
        frame = frame.f_back
    return frame


def is_called_by(start: FrameType | None, code: CodeType) -> bool:
    """Whether some function is among the callers of a frame, up to Trio's loop."""
    frame = start
    while frame is not None and frame.f_code is not LOOP_CODE:
        if frame.f_code is code:
            return True
        frame = frame.f_back
    return False


def batch(frame: FrameType | None) -> list[Task]:
    """The live batch of a loop frame: the tasks still to step in this pass, last one first.

    Trio pops it from the end.  Empty outside of a pass.
    """
    if frame is None:
        return []
    found = peek_at(frame, "batch")
    return found if isinstance(found, list) else []


def queued(runner: Runner) -> list[Task]:
    """The tasks that became runnable for the next pass, without the code of a wrapper of `runq`."""
    return list(deque.__iter__(runner.runq))


def has_queued(runner: Runner) -> bool:
    """Whether there are such tasks; may be called on any thread."""
    return deque.__len__(runner.runq) > 0


def replace_queue(runner: Runner, queue: deque[Task]) -> None:
    """Replace the run queue by another deque; `queue` must hold the same tasks."""
    runner.runq = queue


def living_tasks(runner: Runner) -> list[Task]:
    """All living tasks of a run, Trio's own included, by number.

    On another thread, the set may change while it is copied; then the copy is tried again.
    """
    while True:
        try:
            return sorted(runner.tasks, key=lambda task: task._counter)
        except RuntimeError:
            continue


def count_living(runner: Runner) -> int:
    """How many tasks live, Trio's own included; takes no time, and may be called on any thread."""
    return len(runner.tasks)


def is_over(runner: Runner) -> bool:
    """Whether the main task has ended: what follows is Trio's own."""
    main = runner.main_task
    return main is not None and main.coro.cr_frame is None


def is_system(runner: Runner, task: Task) -> bool:
    """Whether a task is Trio's own: the root task, or a system task."""
    nursery = task.parent_nursery
    if nursery is None:
        return True
    return nursery.parent_task is runner.init_task and task is not runner.main_task


def system_tasks(runner: Runner) -> list[Task]:
    """Trio's own living tasks, which are few, even if the program has many."""
    init = runner.init_task
    if init is None:
        return []
    main, alive, found = runner.main_task, runner.tasks, []
    # No comprehension: every stop comes here, and on 3.11 a comprehension is a call.
    for task in itertools.chain((init,), *map(children_of, nurseries_of(init))):
        if task is not main and task in alive:
            found.append(task)  # noqa: PERF401
    return found


def system_numbers(runner: Runner) -> set[int]:
    """The numbers of Trio's own living tasks."""
    return {task._counter for task in system_tasks(runner)}


def live_deadlines(runner: Runner) -> Iterator[tuple[float, CancelScope]]:
    """Pending deadlines in no order.

    The heap keeps stale entries: an entry counts only while it equals its scope's registered
    deadline, and only once (`Deadlines._prune` in Trio).  If this Trio keeps them in another way
    (names), the result is empty, because every stop asks for the next deadline.
    """
    seen: set[int] = set()
    heap = getattr(getattr(runner, "deadlines", None), "_heap", ())
    for deadline, _, scope in list(heap):
        registered = getattr(scope, "_registered_deadline", deadline)
        # The entry at infinity is stepdbg's, not the program's (idling).
        if deadline == registered < float("inf") and id(scope) not in seen:
            seen.add(id(scope))
            yield deadline, scope


def next_deadline(runner: Runner) -> float:
    """The soonest pending deadline, in the clock's own seconds; inf if there is none.

    It does not prune the heap, so it may be called on any thread.
    """
    heap: list[tuple[float, int, CancelScope]]
    heap = list(getattr(getattr(runner, "deadlines", None), "_heap", ()))
    # Walk the heap from its root, soonest first: with ten thousand sleepers, looking at all entries
    # would make every stop slow.
    candidates = [(heap[0], 0)] if heap else []
    while candidates:
        (deadline, _, scope), place = heapq.heappop(candidates)
        if deadline == getattr(scope, "_registered_deadline", deadline):
            return deadline
        for child in (2 * place + 1, 2 * place + 2):
            if child < len(heap):
                heapq.heappush(candidates, (heap[child], child))
    return float("inf")


def time_left(runner: Runner, deadline: float) -> float | None:
    """The program seconds until a deadline; None for a deadline that never comes."""
    return None if deadline == float("inf") else deadline - runner.clock.current_time()


def call_soon(runner: Runner, callback: Callable[[], None]) -> bool:
    """Run `callback` on the run's thread soon; safe from threads and signal handlers.

    Returns:
        Whether it will happen: False once the run has ended.
    """
    try:
        runner.entry_queue.run_sync_soon(_OurCall(callback))
    except trio.RunFinishedError:
        return False
    return True


class _OurCall(functools.partial[None]):
    """A call that stepdbg has asked for.  To call it makes no frame of its own."""


def is_for_our_calls(task: Task) -> bool:
    """Whether a task is Trio's own for calls, and stepdbg has asked for all that wait for it."""
    if getattr(task.coro, "cr_code", None) is not ENTRY_TASK_CODE:
        return False
    queue = task._runner.entry_queue
    try:
        jobs = (*queue.queue, *queue.idempotent_queue)
    except RuntimeError:  # another thread has just asked for one
        return False
    return bool(jobs) and all(type(job[0]) is _OurCall for job in jobs)


def set_main_outcome(runner: Runner, outcome: Outcome[object]) -> None:
    """Change what ``trio.run`` will return or raise."""
    runner.main_task_outcome = outcome


def main_error(runner: Runner) -> BaseException | None:
    """What ``trio.run`` will raise; None if it will return (or if this Trio hides it)."""
    result = getattr(runner, "main_task_outcome", None)
    return result.error if isinstance(result, Error) else None


def main_scope(runner: Runner) -> CancelScope | None:
    """The cancel scope around the main task and all that it has spawned."""
    task = runner.main_task
    nursery = None if task is None else task.parent_nursery
    return None if nursery is None else nursery.cancel_scope


def carry(runner: Runner, instrument: trio.abc.Instrument) -> None:
    """Add an instrument to a run, on any thread; does nothing if the run has it already."""
    instruments = runner.instruments
    if type(instruments).add_instrument is Instruments.add_instrument:
        _add(instruments, instrument)
    else:  # the method of our class, which has more to do
        instruments.add_instrument(instrument)


def take_off(runner: Runner, instrument: trio.abc.Instrument) -> None:
    """Remove an instrument from a run, on any thread.  Raises KeyError."""
    _remove(runner.instruments, instrument)


# Called at stops, where the program may have replaced the builtins.
_add, _remove = own_copy(Instruments.add_instrument), own_copy(Instruments.remove_instrument)


def carries(runner: Runner, instrument: trio.abc.Instrument) -> bool:
    """Whether a run carries an instrument right now."""
    return instrument in runner.instruments.data["_all"]


def plain_queue(runner: Runner) -> deque[Task]:
    """A plain run queue with the tasks that are queued at this moment."""
    return deque(queued(runner))


def seed_coin(seed: int) -> None:
    """Seed the generator for the order of batches; it stays, as other code refers to it."""
    _run._r.seed(seed)


def system_clock(offset: float) -> trio.abc.Clock:
    """Trio's own clock, with this offset to `perf_counter`."""
    return _run.SystemClock(offset=offset)


def set_back(clock: trio.abc.Clock, seconds: float) -> None:
    """Take this many real seconds back from a clock of Trio; other clocks cannot be changed."""
    if type(clock) is _run.SystemClock:
        object.__setattr__(clock, "offset", clock.offset - seconds)
    elif type(clock) is MockClock and clock.rate and hasattr(clock, "_virtual_base"):
        clock._virtual_base -= seconds * clock.rate


def waits_for_io(runner: Runner) -> bool:
    """Whether a task of an idle run waits for a socket, a pipe or a process.

    Trio's own task for calls from elsewhere always waits for a socket; it does not count.
    """
    waiting = runner.io_manager.statistics()
    names = ("tasks_waiting_read", "tasks_waiting_write", "tasks_waiting")  # epoll, kqueue
    return sum(getattr(waiting, name, 0) for name in names) > 1


def is_guest(runner: Runner) -> bool:
    """Whether a run is the guest of another loop; False if this Trio keeps that in another way."""
    return getattr(runner, "is_guest", False)


def wake_loop(runner: Runner) -> None:
    """Make the loop look again, if it is about to sleep: its time-out was computed before."""
    if is_guest(runner):
        runner.force_guest_tick_asap()
    else:
        runner.io_manager.force_wakeup()

"""What the user calls a task whose function is a library's.

Owns: finding the user's function that such a task runs.
Does not own: counting the tasks of a name, names that the user gives (registry).

`trio.serve_tcp` runs each connection as a task ``trio._highlevel_serve_listeners._run_handler``;
pytest-trio runs each test as a task of one of its own functions. Users know such tasks by their own
function, which the task runs.
"""

from __future__ import annotations

from functools import partial
from inspect import CO_COROUTINE
from types import CoroutineType, FrameType, FunctionType, MethodType

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, tasks
from stepdbg._trio_internals.frame_values import peek
from stepdbg._trio_internals.spawns import Called
from stepdbg.engine.lines import bytecode
from stepdbg.engine.stacks import frames
from stepdbg.model.task import plain_name

_WRAPPED = 20
"""Through how many wrappers around a function the search looks."""


def name_to_note(task: Task) -> str | Called:
    """The name to note for a task that may run a function of a library."""
    name = plain_name(task.name)
    return Called(name, users_name(task)) if _runs_library(task, name) else name


def _runs_library(task: Task, name: str) -> bool:
    """Whether Trio has made the name from a function that is not the user's."""
    coro, runner = task.coro, tasks.runner_of(task)
    return (
        type(coro) is CoroutineType
        and not frames.is_own(coro.cr_code.co_filename)
        and name.endswith(f".{coro.__qualname__}")
        # While Trio spawns the main task, `main_task` is not set, so it looks like Trio's own.
        and (runner.main_task is None or not runs.is_system(runner, task))
    )


def users_name(task: Task) -> str:
    """The name that Trio would give to a task of the user's function that this task runs.

    It looks for a function among the arguments of the library's, else for the outermost own frame,
    else for the function around which the library made its own, as pytest-trio does for a test.
    Empty if it finds none of these yet.
    """
    coro = task.coro
    assert type(coro) is CoroutineType
    frame = coro.cr_frame
    if tasks.is_started(task):
        return _outermost_own(task) or ("" if frame is None else _around(frame))
    return "" if frame is None else _among_arguments(frame) or _around(frame)


def _around(frame: FrameType) -> str:
    """The first coroutine function of the user's among the variables of a closure."""
    values = peek(frame)
    around = (_own_function(values.get(name)) for name in frame.f_code.co_freevars)
    found = [each for each in around if each and each.__code__.co_flags & CO_COROUTINE]
    return _name_of(found[0].__module__, found[0].__qualname__) if found else ""


def _among_arguments(frame: FrameType) -> str:
    """The first coroutine function of the user's among the arguments that the frame's function
    calls, else the first function.

    A task whose library function only passes a function on does not get that function's name.
    """
    values = peek(frame)
    called = [values.get(name) for name in bytecode.called_arguments(frame.f_code)]
    found = [each for value in called if (each := _own_function(value)) is not None]
    found.sort(key=lambda each: not each.__code__.co_flags & CO_COROUTINE)
    return _name_of(found[0].__module__, found[0].__qualname__) if found else ""


def _own_function(value: object) -> FunctionType | None:
    """The user's function that calling a value would run, found without calling anything."""
    for _ in range(_WRAPPED):
        if type(value) is partial:
            value = value.func
        elif type(value) is MethodType:
            value = value.__func__
        elif type(value) is not FunctionType:
            return None
        elif frames.is_own(value.__code__.co_filename):
            return value
        else:
            value = value.__dict__.get("__wrapped__")
    return None


def _outermost_own(task: Task) -> str:
    for frame in reversed(frames.task_frames(task)):
        if frames.runs_own_code(frame):
            return _name_of(frame.f_globals.get("__name__"), frame.f_code.co_qualname)
    return ""


def _name_of(module: object, qualname: str) -> str:
    return f"{module}.{qualname}" if type(module) is str else qualname

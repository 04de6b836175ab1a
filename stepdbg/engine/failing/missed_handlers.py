"""An `except` that does not catch what a nursery raises, because that is a group.

Owns: finding that `except` around the frames that an exception has left, or will leave.
Does not own: reading statements (stacks.statements), the words (render).

The names after `except` are looked up in globals and in attributes of modules and classes, so that
no code of the program runs.  If a name cannot be looked up, its handler may catch anything, and
the search ends there.
"""

from __future__ import annotations

import builtins
import enum
from collections.abc import Sequence
from types import FrameType, ModuleType

import trio
from trio.lowlevel import Task

from stepdbg._trio_internals.frame_values import is_a, is_derived
from stepdbg._trio_internals.tasks import nurseries_of, raises_groups
from stepdbg.engine.describing.plain import namespace_of
from stepdbg.engine.stacks import frames, statements
from stepdbg.model.lints import MissedHandler
from stepdbg.model.standard import ast

from .failed_frames import frames_of_error
from .failures import leaves

Raised = Sequence[BaseException]
"""The failures in an exception."""


class _Outcome(enum.Enum):
    """What a statement does to an exception."""

    PASSES = "it goes on"
    ENDS = "it may be caught"


def missed_by(error: BaseException) -> MissedHandler | None:
    """The `except` that did not catch a group on its way out of the program."""
    if not isinstance(error, BaseExceptionGroup):
        return None
    raised = tuple(leaves(error))
    for entry in frames_of_error(error):
        found = _at(entry.frame, entry.line, raised)
        if found is not _Outcome.PASSES:
            return found if isinstance(found, MissedHandler) else None
    return None


def going_to_miss(error: BaseException, task: Task) -> MissedHandler | None:
    """The `except` that will not catch the group with the exception of a task that has failed.

    The group comes from the nursery whose block has failed, or else from the first nursery further
    out.  It passes through the frames of the task that has opened that nursery, and then into the
    next nursery further out.
    """
    raised, inner = tuple(leaves(error)), nurseries_of(task)
    nursery: trio.Nursery | None = inner[-1] if inner else task.parent_nursery
    while nursery is not None and raised and raises_groups(nursery):
        parent, inside = nursery.parent_task, True
        for frame in frames.task_frames(parent):
            line = frame.f_lineno
            if not frames.is_own(frame.f_code.co_filename):
                continue
            left = statements.nursery_around(frame.f_code, line) if inside else None
            if left is not None:
                line, inside = left, False
            found = _Outcome.PASSES if inside else _at(frame, line, raised, ahead=True)
            if found is not _Outcome.PASSES:
                return found if isinstance(found, MissedHandler) else None
        nursery = None if inside else parent.parent_nursery
    return None


def _at(
    frame: FrameType, line: int | None, raised: Raised, *, ahead: bool = False
) -> MissedHandler | _Outcome:
    """What the statements around a line of a frame do to a group."""
    if line is None or not frames.is_own(frame.f_code.co_filename):
        return _Outcome.PASSES
    for node in reversed(statements.statements_around(frame.f_code, line)):
        if isinstance(node, ast.With | ast.AsyncWith) and _may_catch(node, line):
            return _Outcome.ENDS
        if not isinstance(node, ast.Try | ast.TryStar) or not statements.covers(node.body, line):
            continue
        for handler in node.handlers:
            found = _handled(handler, frame, raised, star=isinstance(node, ast.TryStar))
            if found is _Outcome.ENDS:
                return found
            if found is not None and handler.type is not None:
                place = frames.place_of_code(frame.f_code, handler.lineno)
                return MissedHandler(place, ast.unparse(handler.type), ahead)
    return _Outcome.PASSES


def _may_catch(node: ast.With | ast.AsyncWith, line: int) -> bool:
    """Whether a `with` around a line has a context manager that may catch something."""
    named = " ".join(ast.unparse(item.context_expr) for item in node.items)
    return statements.covers(node.body, line) and ("suppress" in named or "raises" in named)


def _handled(
    handler: ast.ExceptHandler, frame: FrameType, raised: Raised, *, star: bool
) -> _Outcome | None:
    """What a handler does to a group.

    Returns:
        `ENDS` if it may catch the group; `PASSES` if it only names what is in the group, and so
        misses it; None if it has nothing to do with it.
    """
    kinds = None if handler.type is None else _classes(handler.type, frame)
    if kinds is None:
        return _Outcome.ENDS
    plain = all(isinstance(each, Exception) for each in raised)
    group = ExceptionGroup if plain else BaseExceptionGroup
    meant = any(is_a(each, *kinds) for each in raised)
    if star or any(is_derived(kind, group) for kind in kinds):
        return _Outcome.ENDS if meant or not star else None
    return _Outcome.PASSES if meant else None


def _classes(node: ast.expr, frame: FrameType) -> list[type] | None:
    """The classes that an `except` names; None if one of them cannot be looked up."""
    found: list[type] = []
    for each in node.elts if isinstance(node, ast.Tuple) else (node,):
        value = _value(each, frame)
        if not is_a(value, type):
            return None
        found.append(value)
    return found


def _value(node: ast.expr, frame: FrameType) -> object:
    """The value of a dotted name; None if it cannot be looked up without running code."""
    if isinstance(node, ast.Name):
        if node.id in frame.f_code.co_varnames or node.id in frame.f_code.co_freevars:
            return None
        return frame.f_globals.get(node.id, vars(builtins).get(node.id))
    if not isinstance(node, ast.Attribute):
        return None
    owner = _value(node.value, frame)
    if type(owner) is ModuleType:
        return vars(owner).get(node.attr)
    return namespace_of(owner).get(node.attr) if is_a(owner, type) else None

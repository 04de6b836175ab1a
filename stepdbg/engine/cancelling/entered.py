"""Where a cancel scope was entered, by which task, and for how long.

Owns: `Scopes`, which finds that and makes pictures of scopes.
Does not own: finding a ``with`` (stacks.scope_places); what happens to a cancellation (fate).
"""

from __future__ import annotations

from types import FrameType
from typing import Protocol

from trio.lowlevel import Task

from stepdbg._trio_internals import runs, scopes
from stepdbg.engine.stacks.scope_places import (
    Entered,
    SourceSeconds,
    scopes_entered,
    scopes_entered_by_running,
)
from stepdbg.engine.typed.plain_path import PlainPath
from stepdbg.model.errors import BadUsage
from stepdbg.model.facts import ScopeNumber
from stepdbg.model.standard import ast, math
from stepdbg.model.task import Place, ScopeSnapshot


class ScopedRun(Protocol):
    """The parts of a run that are needed to describe its scopes."""

    @property
    def runner(self) -> runs.Runner: ...
    def scope_number(self, scope: runs.CancelScope) -> ScopeNumber: ...
    def live_frames(self, task: Task) -> list[FrameType]: ...


class Scopes:
    """The scopes of a run's tasks, at one moment; it reads each task's stack only once."""

    def __init__(self, run: ScopedRun) -> None:
        self._run = run
        self._entered: dict[Task, dict[int, Entered]] = {}

    def entered(self, scope: runs.CancelScope, inside: Task | None) -> Entered | None:
        """The own line that entered a scope; None if that is not known.

        Args:
            inside: a task inside the scope.
        """
        owner = None if inside is None else scopes.entered_by(scope, inside)
        if owner is None:
            return None
        if owner not in self._entered:
            runs_now = owner.coro.cr_running
            self._entered[owner] = (
                scopes_entered_by_running(owner, self._run.live_frames(owner))
                if runs_now
                else scopes_entered(owner)
            )
        return self._entered[owner].get(id(scope))

    def place(self, scope: runs.CancelScope, inside: Task | None) -> Place | None:
        """Only the line from `entered`."""
        entered = self.entered(scope, inside)
        return None if entered is None else entered.place

    def picture(self, scope: runs.CancelScope, inside: Task | None) -> ScopeSnapshot:
        """Make the picture of a scope around a task."""
        entered = self.entered(scope, inside)
        return ScopeSnapshot(
            number=self._run.scope_number(scope),
            deadline=runs.time_left(self._run.runner, scopes.deadline(scope)),
            shield=scopes.is_shielded(scope),
            cancel_called=scopes.is_cancel_called(scope),
            effectively_cancelled=scopes.is_effectively_cancelled(scope),
            place=None if entered is None else entered.place,
            reason=scopes.cancel_reason(scope),
            seconds=None if entered is None else seconds_of(entered.seconds),
        )


def seconds_of(source: SourceSeconds | None) -> float | None:
    """The timeout of a scope in seconds; None if it cannot be found without running code.

    A variable or attribute is read as it is now.
    """
    if source is None:
        return None
    expression, frame = source
    found = _constant(ast.parse(expression, mode="eval").body)
    if found is None:
        try:
            path = PlainPath(expression, frame.f_code)
        except BadUsage:
            return None
        value = path.in_frame(frame) if path.is_local(frame) else path.within(frame.f_globals)
        found = value if type(value) in (int, float) else None  # type: ignore[assignment]  # seen
    return None if found is None or not math.isfinite(found) else float(found)


def _constant(node: ast.expr) -> float | None:
    """The value of a number, or of a product, sum, … of numbers as in ``5 * 60``."""
    if isinstance(node, ast.Constant):
        return node.value if type(node.value) in (int, float) else None  # type: ignore[return-value]  # seen
    if not isinstance(node, ast.BinOp):
        return None
    left, right = _constant(node.left), _constant(node.right)
    if left is None or right is None:
        return None
    try:
        match node.op:
            case ast.Add():
                return left + right
            case ast.Sub():
                return left - right
            case ast.Mult():
                return left * right
            case ast.Div():
                return left / right
    except ArithmeticError:
        return None
    return None

"""Repeating in this process a failure that another one has found.

Owns: `order_of`, `is_exception`.
Does not own: running it, and whether it fails here as well (function, pytest_exploring).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepdbg.engine.exploring.choosers import Following
from stepdbg.engine.exploring.lateness import Lateness, as_before
from stepdbg.model.facts import LogicalId
from stepdbg.model.schedule_text import schedule_of
from stepdbg.model.schedules import TurnKind, turns_of

if TYPE_CHECKING:
    from stepdbg.model.exploring import FoundFault


def order_of(found: FoundFault) -> tuple[Following, Lateness | None]:
    """A chooser for the steps of the schedule that failed, and the deadlines that pass early."""
    log = schedule_of(found.token).log
    order = [log.tasks[turn.task] for turn in turns_of(log) if turn.kind is TurnKind.STEP]
    late = Lateness(found.late, as_before(found.fired)) if found.fired else None
    return Following([LogicalId(*who) for who in order]), late


def is_exception(found: FoundFault) -> bool:
    """Whether the failure is an exception, which leaves the run without stepdbg's help."""
    return not found.fault.key.startswith(
        ("deadlock ", "livelock ", "invariant ", "result ", "lint ")
    )

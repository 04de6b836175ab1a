"""The private names of Trio that stepdbg uses, and the check that they are there.

Owns: `PRIVATE_NAMES`, `check()`.  Does not own: using them (the other modules here).
"""

from __future__ import annotations

import importlib

from stepdbg.model.errors import StepdbgError
from stepdbg.model.records import dataclass


@dataclass(frozen=True, slots=True)
class PrivateName:
    """A private name: where it lives, and what stops working without it.

    owner: ``module:attribute.path`` of the object that must have `name`.
    essential: without it nothing can be debugged; else only `needed_for` is off.
    instance: `name` is set by ``__init__``; it is looked for in that code.
    """

    owner: str
    name: str
    needed_for: str
    essential: bool = False
    instance: bool = False


OLDEST_TRIO = (0, 30)
"""The oldest Trio that stepdbg is tested with."""

_RUN = "trio._core._run"

PRIVATE_NAMES: tuple[PrivateName, ...] = (
    PrivateName(f"{_RUN}:", "Instruments", "noticing that a run begins", essential=True),
    PrivateName(f"{_RUN}:", "GLOBAL_RUN_CONTEXT", "finding the current run", essential=True),
    PrivateName(f"{_RUN}:", "unrolled_run", "the order of this pass"),
    PrivateName(f"{_RUN}:Runner", "runq", "the run queue", essential=True),
    PrivateName(f"{_RUN}:Runner", "tasks", "listing tasks", essential=True),
    PrivateName(f"{_RUN}:Runner", "clock", "holding the clock at a stop", essential=True),
    PrivateName(f"{_RUN}:Runner", "instruments", "watching steps", essential=True),
    PrivateName(f"{_RUN}:Runner", "deadlines", "pending deadlines"),
    PrivateName(f"{_RUN}:Runner", "init_task", "telling system tasks apart", essential=True),
    PrivateName(f"{_RUN}:Runner", "main_task", "finding the main task", essential=True),
    PrivateName(f"{_RUN}:Runner", "main_task_outcome", "quitting a run"),
    PrivateName(f"{_RUN}:Runner", "entry_queue", "halting a run that waits"),
    PrivateName(f"{_RUN}:Runner", "is_guest", "telling guest runs apart"),
    PrivateName(f"{_RUN}:Deadlines", "_heap", "pending deadlines"),
    PrivateName(f"{_RUN}:Deadlines", "expire", "telling that a deadline woke a task"),
    PrivateName(f"{_RUN}:Task", "_counter", "numbering tasks", essential=True),
    PrivateName(f"{_RUN}:Task", "_runner", "finding the run of a task", essential=True),
    PrivateName(f"{_RUN}:Task", "_schedule_points", "counting steps", essential=True),
    PrivateName(f"{_RUN}:Task", "_next_send_fn", "telling runnable tasks apart", essential=True),
    PrivateName(f"{_RUN}:Task", "_next_send", "telling what a task will be sent", essential=True),
    PrivateName(f"{_RUN}:Task", "_cancel_status", "cancel scopes", essential=True),
    PrivateName(f"{_RUN}:Task", "_abort_func", "telling whether a wait can be cancelled"),
    PrivateName(f"{_RUN}:CancelStatus", "_scope", "cancel scopes"),
    PrivateName(f"{_RUN}:CancelStatus", "_parent", "cancel scopes"),
    PrivateName(f"{_RUN}:CancelStatus", "_tasks", "the tasks under a deadline"),
    PrivateName(f"{_RUN}:CancelStatus", "_children", "the tasks under a deadline"),
    PrivateName(f"{_RUN}:CancelStatus", "effectively_cancelled", "cancelled scopes"),
    PrivateName(f"{_RUN}:CancelScope", "_cancel_called", "cancelled scopes"),
    PrivateName(f"{_RUN}:CancelScope", "_deadline", "deadlines of scopes"),
    PrivateName(f"{_RUN}:CancelScope", "_shield", "shielded scopes"),
    PrivateName(f"{_RUN}:CancelScope", "_registered_deadline", "pending deadlines"),
    PrivateName(f"{_RUN}:CancelScope", "_cancel_status", "cancel scopes"),
    PrivateName(f"{_RUN}:Runner", "task_exited", "telling that a task's end woke its parent"),
    PrivateName("trio._core._entry_queue:EntryQueue", "task", "telling that a thread woke a task"),
    PrivateName(
        "trio._core._entry_queue:EntryQueue", "close", "hiding the hook for the end of a run"
    ),
    PrivateName(f"{_RUN}:Nursery", "_closed", "closed nurseries", instance=True),
    PrivateName(f"{_RUN}:Nursery", "_child_finished", "cancelling one task"),
    PrivateName(f"{_RUN}:Nursery", "_nested_child_finished", "throwing at a nursery's end"),
    PrivateName(f"{_RUN}:Task", "_attempt_abort", "throwing into blocked tasks"),
    PrivateName(f"{_RUN}:Task", "_activate_cancel_status", "cancelling one task"),
    PrivateName(f"{_RUN}:Task", "_cancel_points", "awaiting at the prompt"),
    PrivateName(f"{_RUN}:Runner", "reschedule", "awaiting at the prompt"),
    PrivateName(f"{_RUN}:Runner", "deliver_ki", "`interrupt`"),
    PrivateName(f"{_RUN}:Runner", "clock_autojump_threshold", "holding tasks"),
    PrivateName(f"{_RUN}:", "SystemClock", "`detach`"),
    PrivateName(f"{_RUN}:", "_r", "`--seed`"),
    PrivateName(f"{_RUN}:Nursery", "_add_exc", "stopping where the block of a nursery fails"),
    PrivateName("trio._sync:", "add_parking_lot_breaker", "telling since when a lock is held"),
    PrivateName("trio._sync:_LockImpl", "_lot", "telling since when a lock is held", instance=True),
    PrivateName("trio._core._parking_lot:", "GLOBAL_PARKING_LOT_BREAKER", "noticing deadlocks"),
    PrivateName("trio._core._parking_lot:ParkingLot", "_parked", "noticing deadlocks"),
    PrivateName(
        "trio._sync:Condition", "_lot", "telling what a condition waits for", instance=True
    ),
    PrivateName(
        "trio._sync:Condition", "_lock", "telling what a condition waits for", instance=True
    ),
    PrivateName("trio._channel:MemorySendChannel", "_state", "telling who can send", instance=True),
    PrivateName(
        "trio._channel:MemorySendChannel", "_closed", "telling who can send", instance=True
    ),
    PrivateName(
        "trio._channel:MemoryReceiveChannel", "_state", "telling who can receive", instance=True
    ),
    PrivateName(
        "trio._channel:MemoryReceiveChannel", "_closed", "telling who can receive", instance=True
    ),
    PrivateName("trio._socket:_SocketType", "_sock", "telling sockets apart", instance=True),
    PrivateName(f"{_RUN}:Nursery", "_pending_starts", "tasks that are starting", instance=True),
    PrivateName(f"{_RUN}:Runner", "waiting_for_idle", "noticing deadlocks"),
    PrivateName(f"{_RUN}:Runner", "trio_token", "noticing deadlocks"),
)


def _lookup(owner: str) -> object:
    module, _, path = owner.partition(":")
    found: object = importlib.import_module(module)
    for part in filter(None, path.split(".")):
        found = getattr(found, part)
    return found


def is_present(private: PrivateName) -> bool:
    """Whether the Trio that is installed has this name."""
    try:
        owner = _lookup(private.owner)
    except (ImportError, AttributeError):
        return False
    if private.instance:
        return private.name in owner.__init__.__code__.co_names  # type: ignore[misc]
    return hasattr(owner, private.name)


def missing_names() -> tuple[PrivateName, ...]:
    """The names that the installed Trio lacks."""
    return tuple(private for private in PRIVATE_NAMES if not is_present(private))


def check() -> tuple[str, ...]:
    """Look for every private name once.

    Returns:
        A sentence for each thing that is off with this Trio; empty when all is there.

    Raises:
        StepdbgError: an essential name is missing, so that nothing can be debugged.
    """
    import trio

    missing = missing_names()
    lost = ", ".join(f"{private.owner.removesuffix(':')}.{private.name}" for private in missing)
    if any(private.essential for private in missing):
        raise StepdbgError(
            f"Trio {trio.__version__} has no {lost}, so stepdbg cannot debug it "
            "(it is tested with Trio 0.30 to 0.35)"
        )
    return _too_old(trio.__version__) + tuple(
        f"Trio {trio.__version__} has no {private.owner}.{private.name}: "
        f"{private.needed_for} is off"
        for private in missing
    )


def _too_old(version: str) -> tuple[str, ...]:
    """A sentence when this Trio is older than what stepdbg was made for."""
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())
    if numbers >= OLDEST_TRIO:
        return ()
    oldest = ".".join(map(str, OLDEST_TRIO))
    return (f"Trio {version} is older than {oldest}: what stepdbg says of it may be wrong",)

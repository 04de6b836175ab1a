"""The private names of Trio that stepdbg uses, and the check that they exist.

Owns: `PRIVATE_NAMES`, `check()`.  Does not own: using them (the other modules here).
"""

from __future__ import annotations

from stepdbg.model.errors import StepdbgError
from stepdbg.model.records import dataclass
from stepdbg.sealed import load


@dataclass(frozen=True, slots=True)
class PrivateName:
    """A private name: where it lives, and what stops working without it.

    owner: ``module:attribute.path`` of the object that must have `name`.
    essential: whether nothing can be debugged without it; if not, only `needed_for` is off.
    instance: objects have `name`, not the class.  It is looked for in the code of the owner, if
        that is a function, or of its ``__init__``.
    declared: `name` is annotated in the body of the class, and no code that can be read sets it.
    since: the version of Trio that introduced it; an older Trio does not need it.
    """

    owner: str
    name: str
    needed_for: str
    essential: bool = False
    instance: bool = False
    declared: bool = False
    since: tuple[int, int] = (0, 0)


OLDEST_TRIO = (0, 30)
"""The oldest Trio that stepdbg is tested with."""

_RUN = "trio._core._run"
_ENTRY_QUEUE = "trio._core._entry_queue:EntryQueue"
_INSTRUMENTS = "trio._core._instrumentation:Instruments"
_KI = "trio._core._ki:"
_TRAPS = "trio._core._traps:"
_CHANNEL_STATE = "trio._channel:MemoryChannelState"
_SEND_END, _RECEIVE_END = "trio._channel:MemorySendChannel", "trio._channel:MemoryReceiveChannel"
_AWAITING = "awaiting at the prompt"
_HISTORIES = "histories of objects"

PRIVATE_NAMES: tuple[PrivateName, ...] = (
    PrivateName(f"{_RUN}:", "Instruments", "noticing that a run begins", essential=True),
    PrivateName(f"{_RUN}:", "GLOBAL_RUN_CONTEXT", "finding the current run", essential=True),
    PrivateName(
        f"{_RUN}:setup_runner", "runner", "finding the current run", essential=True, instance=True
    ),
    PrivateName(f"{_RUN}:current_task", "task", "finding the current task", instance=True),
    PrivateName(_INSTRUMENTS, "add_instrument", "watching steps", essential=True),
    PrivateName(_INSTRUMENTS, "remove_instrument", "watching steps", essential=True),
    PrivateName(_INSTRUMENTS, "call", "watching steps", essential=True),
    PrivateName(_INSTRUMENTS, "data", "watching steps", essential=True, instance=True),
    PrivateName(_INSTRUMENTS, "_all", "watching steps", essential=True, instance=True),
    PrivateName(_KI, "enable_ki_protection", "waiting for cancellations", essential=True),
    PrivateName(_KI, "ki_protection_enabled", "a second Ctrl-C", essential=True),
    PrivateName(f"{_KI}KIManager", "install", "Ctrl-C at a terminal"),
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
    PrivateName(f"{_RUN}:", "current_time", "deadlines that have passed already"),
    PrivateName(f"{_RUN}:Runner", "current_time", "the same time in a replay"),
    PrivateName(f"{_RUN}:Runner", "current_clock", "the same time in a replay"),
    PrivateName(f"{_RUN}:Deadlines", "_heap", "pending deadlines"),
    PrivateName(f"{_RUN}:Deadlines", "_active", "deadlocks under a clock of the program's"),
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
    PrivateName(f"{_RUN}:CancelScope", "_relative_deadline", "deadlines that have passed already"),
    PrivateName(f"{_RUN}:CancelScope", "_registered_deadline", "pending deadlines"),
    PrivateName(f"{_RUN}:CancelScope", "_cancel_status", "cancel scopes"),
    PrivateName(f"{_RUN}:Runner", "task_exited", "telling that a task's end woke its parent"),
    PrivateName(_ENTRY_QUEUE, "task", "telling that a thread woke a task"),
    PrivateName(_ENTRY_QUEUE, "close", "hiding the hook for the end of a run"),
    PrivateName(_ENTRY_QUEUE, "run_sync_soon", "halting a run that waits"),
    PrivateName(_ENTRY_QUEUE, "queue", _AWAITING),
    PrivateName(_ENTRY_QUEUE, "idempotent_queue", _AWAITING),
    PrivateName(f"{_RUN}:Nursery", "_closed", "closed nurseries", instance=True),
    PrivateName(f"{_RUN}:Nursery", "_child_finished", "cancelling one task"),
    PrivateName(f"{_RUN}:Nursery", "_nested_child_finished", "throwing at a nursery's end"),
    PrivateName(f"{_RUN}:Nursery", "_pending_excs", "throwing at a nursery's end", instance=True),
    PrivateName(f"{_RUN}:Task", "_attempt_abort", "throwing into blocked tasks"),
    PrivateName(f"{_RUN}:Task", "_activate_cancel_status", "cancelling one task"),
    PrivateName(f"{_RUN}:Task", "_cancel_points", _AWAITING),
    PrivateName(f"{_RUN}:Task", "_attempt_delivery_of_any_pending_cancel", _AWAITING),
    PrivateName(f"{_RUN}:Task", "_attempt_delivery_of_pending_ki", _AWAITING),
    PrivateName(f"{_TRAPS}", "CancelShieldedCheckpoint", _AWAITING, essential=True),
    PrivateName(f"{_TRAPS}WaitTaskRescheduled", "abort_func", _AWAITING, declared=True),
    PrivateName(
        f"{_TRAPS}PermanentlyDetachCoroutineObject", "final_outcome", _AWAITING, declared=True
    ),
    PrivateName("trio._util:NoPublicConstructor", "_create", "cancelling tasks that can run"),
    PrivateName(f"{_RUN}:CancelStatus", "parent", "cancelling one task"),
    PrivateName(f"{_RUN}:CancelScope", "_close", "scopes that are left"),
    PrivateName(f"{_RUN}:", "NurseryManager", "nurseries in a trace"),
    PrivateName(f"{_RUN}:CancelScope", "_cancel", "noticing cancellations", since=(0, 31)),
    PrivateName(
        f"{_RUN}:CancelScope", "_cancel_reason", "telling who cancelled a scope", since=(0, 31)
    ),
    PrivateName(f"{_RUN}:CancelReason", "source", "telling who cancelled a scope", since=(0, 31)),
    PrivateName(f"{_RUN}:CancelReason", "reason", "telling who cancelled a scope", since=(0, 31)),
    PrivateName(
        f"{_RUN}:CancelReason", "source_task", "telling who cancelled a scope", since=(0, 31)
    ),
    PrivateName(f"{_RUN}:Runner", "system_nursery", "leaving Trio's own tasks alone"),
    PrivateName(f"{_RUN}:Runner", "spawn_impl", "telling who has spawned a task"),
    PrivateName(f"{_RUN}:Runner", "ki_pending", _AWAITING),
    PrivateName(f"{_RUN}:Runner", "io_manager", "waking a run that sleeps"),
    PrivateName(f"{_RUN}:Runner", "force_guest_tick_asap", "waking a guest run that sleeps"),
    PrivateName(f"{_RUN}:", "GuestState", "exploring guest runs"),
    PrivateName(f"{_RUN}:GuestState", "guest_tick", "exploring guest runs"),
    PrivateName(f"{_RUN}:GuestState", "done_callback", "exploring guest runs"),
    PrivateName(f"{_RUN}:TheIOManager", "force_wakeup", "waking a run that sleeps"),
    PrivateName(f"{_RUN}:TheIOManager", "get_events", _AWAITING),
    PrivateName(f"{_RUN}:TheIOManager", "process_events", _AWAITING),
    PrivateName(f"{_RUN}:Runner", "reschedule", _AWAITING),
    PrivateName(f"{_RUN}:Runner", "deliver_ki", "`interrupt`"),
    PrivateName(f"{_RUN}:Runner", "clock_autojump_threshold", "holding tasks"),
    PrivateName(f"{_RUN}:", "SystemClock", "`detach`"),
    PrivateName(f"{_RUN}:SystemClock", "offset", "time that stands still from a stop's beginning"),
    PrivateName(
        "trio._core._mock_clock:MockClock",
        "_virtual_base",
        "time that stands still from a stop's beginning",
        instance=True,
    ),
    PrivateName(f"{_RUN}:", "_r", "`--seed`"),
    PrivateName(f"{_RUN}:Nursery", "_add_exc", "stopping where the block of a nursery fails"),
    PrivateName("trio._threads:", "PARENT_TASK_DATA", "calling a run that a thread holds"),
    PrivateName("trio._threads:", "Run", "calling a run that a thread holds"),
    PrivateName("trio._threads:", "RunSync", "calling a run that a thread holds"),
    PrivateName("trio._threads:", "_send_message_to_trio", "telling what a thread waits for"),
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
    PrivateName(_SEND_END, "_state", "telling who can send", instance=True),
    PrivateName(_SEND_END, "_closed", "telling who can send", instance=True),
    PrivateName(
        "trio._channel:MemoryReceiveChannel", "_state", "telling who can receive", instance=True
    ),
    PrivateName(_RECEIVE_END, "_closed", "telling who can receive", instance=True),
    PrivateName(_SEND_END, "_tasks", _HISTORIES, instance=True),
    PrivateName(_RECEIVE_END, "_tasks", _HISTORIES, instance=True),
    PrivateName(f"{_RUN}:", "_TaskStatus", _HISTORIES),
    PrivateName(f"{_RUN}:_TaskStatus", "_old_nursery", _HISTORIES, declared=True),
    PrivateName(f"{_KI}", "_CODE_KI_PROTECTION_STATUS_WMAP", _HISTORIES),
    PrivateName("trio._socket:", "_SocketType", _HISTORIES),
    PrivateName("trio._socket:_SocketType", "_sock", "telling sockets apart", instance=True),
    PrivateName("trio._socket:_SocketType", "_nonblocking_helper", "`--tape`"),
    PrivateName("trio._threads:", "start_thread_soon", "`--tape`"),
    PrivateName(f"{_RUN}:TheIOManager", "wait_readable", "`--tape`"),
    PrivateName(f"{_RUN}:TheIOManager", "wait_writable", "`--tape`"),
    PrivateName(f"{_RUN}:TheIOManager", "notify_closing", "`--tape`"),
    PrivateName("trio._sync:Event", "_tasks", "noticing lost events"),
    PrivateName(_CHANNEL_STATE, "receive_tasks", "noticing lost senders"),
    PrivateName(_CHANNEL_STATE, "send_tasks", _HISTORIES),
    PrivateName(_CHANNEL_STATE, "open_receive_channels", _HISTORIES),
    PrivateName(_CHANNEL_STATE, "data", _HISTORIES),
    PrivateName(_CHANNEL_STATE, "max_buffer_size", _HISTORIES),
    PrivateName(_CHANNEL_STATE, "open_send_channels", "noticing lost senders"),
    PrivateName(
        "trio._core._asyncgens:AsyncGenerators", "_finalize_one", "noticing lost generators"
    ),
    PrivateName(f"{_RUN}:Nursery", "_pending_starts", "tasks that are starting", instance=True),
    PrivateName(
        f"{_RUN}:Nursery", "_strict_exception_groups", "what a nursery raises", instance=True
    ),
    PrivateName(f"{_RUN}:Runner", "waiting_for_idle", "noticing deadlocks"),
    PrivateName(f"{_RUN}:Runner", "trio_token", "noticing deadlocks"),
)


def _lookup(owner: str) -> object:
    module, _, path = owner.partition(":")
    found: object = load(module)
    for part in filter(None, path.split(".")):
        found = getattr(found, part)
    return found


def is_present(private: PrivateName) -> bool:
    """Whether the installed Trio has this name."""
    try:
        owner = _lookup(private.owner)
    except (ImportError, AttributeError):
        return False
    if private.instance:
        return _is_set(owner, private.name)
    if private.declared:
        return private.name in getattr(owner, "__annotations__", ())
    return hasattr(owner, private.name)


def _is_set(owner: object, name: str) -> bool:
    """Whether a function, or the ``__init__`` of a class or of its bases, has a name."""
    inits = [vars(each).get("__init__") for each in getattr(owner, "__mro__", ())]
    for each in (owner, *inits):
        code = getattr(each, "__code__", None)
        if code is not None and name in (*code.co_names, *code.co_consts):
            return True
    return False


def missing_names() -> tuple[PrivateName, ...]:
    """The names that the installed Trio lacks, without those of a class that is missing."""
    import trio

    version = _numbers(trio.__version__)
    missing = [each for each in PRIVATE_NAMES if each.since <= version and not is_present(each)]
    owners = {f"{each.owner}{each.name}" for each in missing}
    return tuple(each for each in missing if each.owner not in owners)


def check() -> tuple[str, ...]:
    """Look for every private name once.

    Returns:
        A sentence for each thing that is off with this Trio; empty if nothing is.

    Raises:
        StepdbgError: an essential name is missing, so nothing can be debugged.
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
    """A sentence if this Trio is older than the versions that stepdbg supports; else empty."""
    if _numbers(version) >= OLDEST_TRIO:
        return ()
    oldest = ".".join(map(str, OLDEST_TRIO))
    return (f"Trio {version} is older than {oldest}: what stepdbg says of it may be wrong",)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())

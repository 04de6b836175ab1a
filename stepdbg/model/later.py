"""Submodules that are imported when somebody uses them.

Owns: the stand-in for such a module, which modules have one, and which of them a stop at a
breakpoint needs.
Does not own: the packages; the ``__init__`` of each takes its ``__getattr__`` from here.

``from . import name`` gets the stand-in, and ``name.function()`` imports the module when it
runs.  So a program that continues at once pays only for the modules that this needs.  Each
module of stepdbg's costs a quarter of a millisecond, including its part of the exit.

The stand-in is not in `sys.modules`: otherwise a program that looks through `sys.modules`
would import stepdbg's modules by looking at them.
"""

from __future__ import annotations

from sys import _getframe

from stepdbg.sealed import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType


class _StandIn:
    """One module that may not have been imported yet."""

    __slots__ = ("_module", "_name")
    _module: ModuleType | None
    _name: str

    def __init__(self, name: str) -> None:
        object.__setattr__(self, "_name", name)
        object.__setattr__(self, "_module", None)

    def __getattr__(self, attribute: str) -> object:
        module = self._module or _load(self)
        _give_place(self, module, _getframe(1).f_globals)
        return getattr(module, attribute)

    def __setattr__(self, attribute: str, value: object) -> None:
        setattr(_load(self), attribute, value)

    def __delattr__(self, attribute: str) -> None:
        delattr(_load(self), attribute)


def _load(stand_in: _StandIn) -> ModuleType:
    module = load(stand_in._name)  # noqa: SLF001 - its other half
    object.__setattr__(stand_in, "_module", module)
    return module


def _give_place(stand_in: _StandIn, module: ModuleType, names: dict[str, object]) -> None:
    """Replace the stand-in in the module that has used it, so that the next use costs no call.

    Args:
        names: the globals of the module that has used it.
    """
    name = module.__name__.rpartition(".")[2]
    if names.get(name) is stand_in:
        names[name] = module


LATER = {
    "stepdbg._trio_internals": "greenlets",
    "stepdbg.commands": "sources suggestions task_names",
    "stepdbg.engine.breaking": "exceptions hits line_breaks watched",
    "stepdbg.engine.cancelling": "entered expiring fate happening",
    "stepdbg.engine.describing": "pictures plain values walkers",
    "stepdbg.engine.ending": "quit_progress quitting restarting",
    "stepdbg.engine.failing": (
        "exception_frames exception_tree exception_view missed_handlers pending"
    ),
    "stepdbg.engine.foreseeing": "effects liveness machine naming plain spaces symbols uses",
    "stepdbg.engine.judging": "reach stoppers stuck verdict",
    "stepdbg.engine.histories": "noting parties reading sums uncontrolled",
    "stepdbg.engine.lines": "bytecode c_calls code_map flow handlers interface",
    "stepdbg.engine.linting": (
        "endless_shields lost_generators lost_locks lost_objects never_awaited rare saying "
        "statements steps"
    ),
    "stepdbg.engine.noticing": "failing",
    "stepdbg.engine.plumbing": "children ends files",
    "stepdbg.engine.process": "calls sigint standard_streams",
    "stepdbg.engine.recording": (
        "called counting history lately meanwhile spawn_paths step_ends step_log waking"
    ),
    "stepdbg.engine.running": "going_back",
    "stepdbg.engine.scheduling": "holding ordering replaying writing_down",
    "stepdbg.engine.seeing": "folding postmortem_inspector under_way",
    "stepdbg.engine.stacks": ("catching scope_places source_texts statements ways_out with_blocks"),
    "stepdbg.engine.steering": "acting awaiting cancelling outlook throwing timing",
    "stepdbg.engine.stopping": "line_guard outside postmortem resuming",
    "stepdbg.engine.taping": "taped_run",
    "stepdbg.engine.tracing": "choice keeping making raw scope_news shapes trace",
    "stepdbg.engine.typed": (
        "conditions dollars evaluate finding_source kinds locals namespaces not_awaited "
        "prompt_names typed_code"
    ),
    "stepdbg.engine.waiting": (
        "around beyond cancelling chain deadlock graph hope knots libraries object_names objects "
        "recognisers references threads"
    ),
    "stepdbg.render": (
        "breaks events exceptions explanations help histories history knots mechanics overview "
        "run_waits schedule scope_news scopes source stacks stats stops surroundings tables tasks "
        "timeline trace tree values waits"
    ),
}
"""The submodules of each package that few programs need: all that a program does not need if the
user types `continue` at once."""


FOR_STOPS = {
    "commands": "frames values",
    "engine.breaking": "hits line_breaks",
    "engine.cancelling": "entered expiring happening",
    "engine.describing": "pictures plain values walkers watchdog",
    "engine.ending": "quitting",
    "engine.failing": "exception_frames exception_tree exception_view missed_handlers pending",
    "engine.judging": "reach stoppers stuck verdict",
    "engine.lines": "bytecode code_map handlers interface",
    "engine.plumbing": "children ends files",
    "engine.process": "calls sigint standard_streams",
    "engine.recording": "called meanwhile waking",
    "engine.seeing": "folding",
    "engine.stacks": "source_texts statements with_blocks",
    "engine.steering": "acting steer",
    "engine.stopping": "postmortem resuming",
    "engine.typed": "conditions evaluate locals namespaces not_awaited prompt_names typed_code",
    "engine.waiting": (
        "around beyond chain graph hope knots libraries object_names objects recognisers references"
    ),
    "render": (
        "events exceptions explanations history knots source stacks stops surroundings tables "
        "tasks text values waits"
    ),
}
"""The submodules that a stop at a breakpoint and the commands `where`, `list` and `p` need."""


def load_for_stops() -> None:
    """Import what stops need now, because the program may remove the files before the first stop.

    Raises `FilesGone` if they are gone already.
    """
    for package, names in FOR_STOPS.items():
        for name in names.split():
            load(f"stepdbg.{package}.{name}")


def load_all_of(*packages: str) -> None:
    """Import all later submodules of some packages, such as those of ``engine.waiting``."""
    for package in packages:
        for name in LATER[f"stepdbg.{package}"].split():
            load(f"stepdbg.{package}.{name}")


def later(package: str) -> Callable[[str], object]:
    """Return the ``__getattr__`` for a package that has later submodules.

    Args:
        package: its ``__name__``.
    """
    known = frozenset(LATER.get(package, "").split())

    def __getattr__(name: str) -> object:  # noqa: N807 - it is one
        if name in known:
            return _StandIn(f"{package}.{name}")
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return __getattr__

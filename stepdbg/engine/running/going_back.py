"""Earlier moments of a run: keeping a way back to them, and what is different while one is shown.

Owns: putting together the parts of `rewinding`, and `PastController`.
Does not own: the parts.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn, Protocol, cast

from stepdbg.engine.process.guard import is_programs, report_bug
from stepdbg.engine.rewinding.travels import Travels
from stepdbg.engine.stopping import postmortem
from stepdbg.model.errors import NotNow, StepdbgError
from stepdbg.model.later import load_for_stops
from stepdbg.model.options import PAST, SessionOptions
from stepdbg.model.standard import ast, os
from stepdbg.sealed import load

from .controller import LiveController

if TYPE_CHECKING:
    from stepdbg.engine.histories.record_choice import RecordChoice
    from stepdbg.engine.rewinding.messages import Message
    from stepdbg.engine.rewinding.past import BeginsAnew
    from stepdbg.engine.steering.steer import LiveSteering
    from stepdbg.engine.stopping.held import Desk
    from stepdbg.model.breakpoints import BreakpointSnapshot, BreakpointSpec
    from stepdbg.model.facts import BreakpointNumber, RunId
    from stepdbg.model.history import ObjectHistory
    from stepdbg.model.task import FrameRef
    from stepdbg.model.values import Budget, Value

    from .run_book import RunBook

_REFUSED = "the past cannot be changed; `goto now` comes back to the present, where that works"


class KeptSession(Protocol):
    """What all runs share, as far as keeping a way back needs it."""

    @property
    def desk(self) -> Desk: ...
    @property
    def runs(self) -> RunBook: ...
    @property
    def recording(self) -> RecordChoice: ...
    @property
    def options(self) -> SessionOptions: ...


def keep(session: KeptSession, number: RunId, in_copy: Callable[[], PastController]) -> None:
    """Keep a way back to the moments of a run that is about to begin.

    This returns in the live process, and again in each copy of the process that shows one of these
    moments: `Travels.keep` forks, as `os.fork` does.  In a copy, the session answers the user and
    changes nothing.  SIGINT waits until the run has begun.

    in_copy: makes the controller for a copy.
    """
    back, desk = session.runs.way_back, session.desk
    front_end, begun, process = desk.front_end, None, os.getpid()
    try:
        if back.by is None:
            back.by = Travels(
                lambda: session.runs.asked(desk.asked),
                lambda: desk.asked if isinstance(desk.asked, postmortem.DeadThread) else None,
                lambda: _talker(desk.front_end),
                lambda: session.recording.now(stepping=False),
            )
            desk.moves = back.by.move
        talks = _talker(front_end)
        begun = back.by.keep(number, lambda request: _get_ready(talks, request))
        if begun is None or talks is None:
            return
        # Imported here, because few runs are looked at twice and the others need not wait for this.
        from stepdbg.engine.rewinding.descriptors import Muted
        from stepdbg.engine.rewinding.past import Past

        muted = Muted()
        muted.drop()
        desk.front_end = back.by = Past(front_end, talks, in_copy(), begun, muted)
        if session.options.tape is not None:
            back.by.let_tape_rewind(session.options.tape)
        desk.moves = None
        desk.stop_at_start()
    except BaseException as error:
        if os.getpid() != process:  # a copy must never go on into the program
            os._exit(1)  # noqa: SLF001 - documented
        if is_programs(error):
            raise
        report_bug(error, "keeping a way back")


def _get_ready(talks: BeginsAnew | None, request: Message) -> None:
    """Import what all children of the copy need, before it makes the first one.

    request: the first one; most of what the live run has needed so far, a child needs as well.
    """
    from stepdbg.engine.rewinding import past  # noqa: F401 - with all that it imports

    with suppress(StepdbgError):  # the files are gone: a child will say so
        load_for_stops()
        for name in request["loaded"]:
            load(name)
    if talks is not None:
        talks.get_ready()


def _talker(front_end: object) -> BeginsAnew | None:
    """A front end, if it can begin anew in a copy."""
    return cast("BeginsAnew", front_end) if hasattr(front_end, "take_over") else None


class PastController(LiveController):
    """A `Controller` over the past of a run: it shows, and changes nothing."""

    medium = PAST

    @property
    def steering(self) -> LiveSteering:
        """Raises `NotNow`, because steering changes what happens."""
        raise NotNow(_REFUSED)

    def execute(self, frame: FrameRef, source: str, budget: Budget) -> Value | None:
        """The value of an expression; refuses statements and all that awaits or assigns."""
        return self.evaluate(frame, source, budget)

    def evaluate(self, frame: FrameRef, source: str, budget: Budget) -> Value:
        """The value of an expression, if that awaits and assigns nothing."""
        _refuse_changes(source)
        return super().evaluate(frame, source, budget)

    def type_of(self, frame: FrameRef, source: str) -> str:
        """The type of an expression that awaits and assigns nothing."""
        _refuse_changes(source)
        return super().type_of(frame, source)

    def history_of(self, frame: FrameRef, source: str) -> ObjectHistory:
        """What was done to the object of an expression that awaits and assigns nothing."""
        _refuse_changes(source)
        return super().history_of(frame, source)

    def add_breakpoint(self, spec: BreakpointSpec) -> BreakpointSnapshot:
        """Set a breakpoint whose condition and log text await and assign nothing.

        A breakpoint that the copy takes over from the live run stays as it is.
        """
        # Imported here, because only a copy comes here, and it has loaded both already.
        from stepdbg.engine.rewinding.past import Past
        from stepdbg.engine.typed import conditions

        by = self._session.runs.way_back.by
        if not isinstance(by, Past) or by.talking:
            if spec.condition is not None:
                _refuse_changes(spec.condition)
            if spec.log is not None:
                _refuse_changes(conditions.f_string_of(spec.log))
        return super().add_breakpoint(spec)

    def set_condition(self, number: BreakpointNumber, condition: str | None) -> BreakpointSnapshot:
        """Change or drop a condition, which awaits and assigns nothing."""
        if condition is not None:
            _refuse_changes(condition)
        return super().set_condition(number, condition)

    def jump(self, frame: FrameRef, line: int) -> NoReturn:  # noqa: ARG002 - described already
        """Raises `NotNow`."""
        raise NotNow(_REFUSED)


def _refuse_changes(source: str) -> None:
    """Refuse source that awaits or assigns. (Text that is not code gets its usual error.)

    Raises:
        NotNow: it would await or assign.
    """
    from stepdbg.engine.typed.dollars import as_python  # in a copy it is there already

    try:
        tree = ast.parse(as_python(source.strip()))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    changes = (ast.Await, ast.NamedExpr, ast.YieldFrom)
    expressions = all(isinstance(each, ast.Expr) for each in tree.body)
    if not expressions or any(isinstance(each, changes) for each in ast.walk(tree)):
        raise NotNow(_REFUSED)

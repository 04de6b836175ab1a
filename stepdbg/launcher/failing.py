"""What stepdbg does when tasks fail, and when the program has ended.

Owns: `OnFailure`: whether there is a prompt then, and what stepdbg says without one; giving the
engine a function that takes pictures.
Does not own: the stops (engine), or the options (cli).
"""

from __future__ import annotations

from stepdbg.model.standard import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

    from stepdbg.engine.running.session import Session
    from stepdbg.model.breakpoints import BreakpointSnapshot
    from stepdbg.model.protocols import Inspector
    from stepdbg.model.stops import Resume, Stop

_NAMED: Final = 5
"""How many things a line of `OnFailure.tell_rest` names."""


class OnFailure:
    """What to do about failures, and after the end.

    asks: prompt on failures that leave the program.
    typed: somebody types commands at a terminal.  Then every end other than a success leads to a
        prompt, unless the user has said otherwise (``set after-end``), and `tell_rest` speaks.
    """

    def __init__(self, *, asks: bool = False, typed: bool = False) -> None:
        self.asks = asks or typed
        self._typed = typed
        self._told = False

    def wants(
        self, error: BaseException | None, session: Session | None, status: int | None
    ) -> bool:
        """Whether to prompt on what leaves the program.

        error: None where the program has returned.
        session: None where nobody imported Trio.
        status: that the program ends with.
        """
        if not self.asks or (session is not None and _is_left(session)):
            return False
        ran = self._typed and session is not None and len(session.runs) > 0
        wish = session.settings.after_end.value if ran and session is not None else "auto"
        if wish != "auto":
            return wish == "prompt"
        if error is None or isinstance(error, SystemExit | KeyboardInterrupt):
            return ran and bool(status)
        return error.__traceback__ is not None

    def prepare(self, session: Session) -> None:
        """Let a session take pictures of failures, if there will be a prompt on them."""
        if self.asks:
            session.failures.camera = take_picture_of
            session.failures.exits = self._typed

    def ask(
        self, session: Session, error: BaseException | None, status: int | None
    ) -> Resume | None:
        """Prompt on what has left the program; arguments as those of `wants`.

        Returns:
            What the user said; None if there was nothing to look at.
        """
        from stepdbg.engine.stopping.postmortem import hold_post_mortem

        self.tell_rest(session)
        return hold_post_mortem(session, error, status=status if self._typed else None)

    def tell_rest(self, session: Session) -> None:
        """Name what looks wrong, and the breakpoints that were never hit: a line each, and once."""
        if self._told or not self._typed or _is_left(session) or not len(session.runs):
            return
        self._told = True
        from stepdbg.model.stops import Note

        for sentence in _rest(session):
            session.tell(Note(sentence))


def _is_left(session: Session) -> bool:
    """Whether the user has ended the debugging."""
    return session.out.quitting or session.out.detached


def _rest(session: Session) -> Iterator[str]:
    from stepdbg.engine.linting.saying import at

    lints = [f"{each.name}{at(each.place)}" for each in session.lints.seen]
    if lints:
        yield f"looks wrong: {_listed(lints)}; `help lints` explains them"
    never = [_named(each) for each in session.controller.breakpoints() if _is_never_hit(each)]
    if never:
        yield f"never hit: {_listed(never)}"


def _is_never_hit(each: BreakpointSnapshot) -> bool:
    return each.enabled and not each.hits


def _named(each: BreakpointSnapshot) -> str:
    from stepdbg.model.breakpoints import LineTarget

    target = each.spec.target
    shown = str(target)
    if isinstance(target, LineTarget):
        shown = f"{os.path.basename(target.filename)}:{target.line}"
    return f"breakpoint {each.number} ({shown})"


def _listed(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def take_picture_of(inspector: Inspector, stop: Stop | None) -> Inspector:
    """A picture to look at later; given to the engine, which may not import the archive."""
    from stepdbg.archive.picture import PictureInspector, take_picture

    return PictureInspector(take_picture(inspector, stop=stop))


def ask_meanwhile(session: Session, error: BaseException, since: float) -> Resume | None:
    """Prompt on an exception because the program asks for it, and let the program go on.

    since: the moment of `perf_counter` at which it asked, perhaps in the middle of a run.

    Returns:
        What the user said; None if there was nothing to look at.
    """
    from stepdbg.engine.stopping.postmortem import hold_post_mortem

    on = "`continue` goes on with the program"
    camera = take_picture_of
    return hold_post_mortem(session, error, camera=camera, afterwards=on, since=since)

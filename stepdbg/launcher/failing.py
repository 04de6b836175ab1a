"""What is to happen when tasks fail, and when an exception leaves the program.

Owns: `OnFailure`, and bringing engine and pictures together for it.
Does not own: the stops (engine), or the options (cli).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stepdbg.engine.session import Session
    from stepdbg.model.protocols import Inspector
    from stepdbg.model.stops import Resume, Stop


class OnFailure:
    """What to do about failures.

    stops: stop where the first task fails.  asks: prompt on what leaves the program.
    straight: do not stop before that, unless there are breakpoints.
    """

    def __init__(self, *, stops: bool = False, asks: bool = False, straight: bool = False) -> None:
        self.stops = stops
        self.asks = asks
        self.straight = straight

    def wants(self, error: BaseException) -> bool:
        """Whether to prompt on what leaves the program."""
        told_to_end = isinstance(error, SystemExit | KeyboardInterrupt)
        return self.asks and not told_to_end and error.__traceback__ is not None

    def prepare(self, session: Session) -> None:
        """Let a session do that."""
        session.failures.stops = self.stops
        if self.asks:
            session.failures.camera = take_picture_of
        if self.straight:
            from stepdbg.model.stops import Continue

            session.last_resume = Continue()


def on_failure(terminal: bool, stops: bool | None, straight: bool) -> OnFailure:
    """What to do when something fails.

    Args:
        terminal: a user at a terminal is asked, and wants to know.
        stops: whether to stop where the first task fails; None when nothing was said.
        straight: run to what leaves the program.
    """
    return OnFailure(
        stops=terminal and not straight if stops is None else stops,
        asks=terminal or straight,
        straight=straight,
    )


def take_picture_of(inspector: Inspector, stop: Stop | None) -> Inspector:
    """A picture to look at later; engine and archive do not know each other."""
    from stepdbg.archive.picture import PictureInspector, take_picture

    return PictureInspector(take_picture(inspector, stop=stop))


def ask_about(session: Session, error: BaseException, *, asked: bool = False) -> Resume | None:
    """Prompt on an exception that has left the program, if there is something to look at.

    asked: the program asks for it, perhaps in the midst of a run, and anything will do.

    Returns:
        What the user said; None when there was nothing to look at.
    """
    from stepdbg.engine.postmortem import hold_post_mortem

    if asked:
        on = "`continue` goes on with the program"
        return hold_post_mortem(session, error, camera=take_picture_of, afterwards=on)
    return hold_post_mortem(session, error)

"""What is to happen when tasks fail, and when an exception leaves the program.

Owns: `OnFailure`, and bringing engine and pictures together for it.
Does not own: the stops (engine), or the options (cli).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stepdbg.engine.running.session import Session
    from stepdbg.model.protocols import Inspector
    from stepdbg.model.stops import Resume, Stop


class OnFailure:
    """What to do about failures.

    asks: prompt on what leaves the program.
    """

    def __init__(self, *, asks: bool = False) -> None:
        self.asks = asks

    def wants(self, error: BaseException) -> bool:
        """Whether to prompt on what leaves the program."""
        told_to_end = isinstance(error, SystemExit | KeyboardInterrupt)
        return self.asks and not told_to_end and error.__traceback__ is not None

    def prepare(self, session: Session) -> None:
        """Let a session do that."""
        if self.asks:
            session.failures.camera = take_picture_of


def take_picture_of(inspector: Inspector, stop: Stop | None) -> Inspector:
    """A picture to look at later; engine and archive do not know each other."""
    from stepdbg.archive.picture import PictureInspector, take_picture

    return PictureInspector(take_picture(inspector, stop=stop))


def ask_about(
    session: Session, error: BaseException, *, asked: float | None = None
) -> Resume | None:
    """Prompt on an exception that has left the program, if there is something to look at.

    asked: the program asks for it, since this moment of `perf_counter`, perhaps in the midst of
        a run, and anything will do; None: it has ended.

    Returns:
        What the user said; None when there was nothing to look at.
    """
    from stepdbg.engine.stopping.postmortem import hold_post_mortem

    if asked is not None:
        on = "`continue` goes on with the program"
        camera = take_picture_of
        return hold_post_mortem(session, error, camera=camera, afterwards=on, since=asked)
    return hold_post_mortem(session, error)

"""``--tape``, and ``--replay`` of a file with a tape.

Owns: `TapeWish`.
Does not own: what is on the tape (clocks, chance, standard_input; engine.taping).
"""

from __future__ import annotations

from stepdbg.model.tape import Contents, Tape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stepdbg.engine.running.session import Session


class TapeWish:
    """A tape that a program records, or that gives it the same again.

    path: the file to record to, empty for none.
    contents: the tape to give again, None for none.

    Attributes:
        tape: the tape; it serves only the thread that makes this object.
    """

    def __init__(self, path: str, contents: Contents | None = None) -> None:
        self.tape = Tape(contents, path)

    def check(self) -> None:
        """Nothing: the file is made when the run ends."""

    def begin(self) -> None:
        """Begin, before the program's first line."""
        from . import chance, clocks, standard_input

        for each in (clocks, chance, standard_input):
            each.install(self.tape)

    def prepare(self, session: Session) -> None:
        """Keep what the user does at stops off the tape."""
        self.tape.held = session.desk.is_held_here

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
    """A tape that a run records, or is given again.

    path: the file for a recording, empty for none.  contents: what is given again.

    Attributes:
        tape: the tape; it is that of the thread that makes this.
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
        """Leave out what the user does at stops."""
        self.tape.held = session.desk.is_held_here

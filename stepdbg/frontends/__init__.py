"""What talks to the user: a terminal, a script, a program that speaks JSON.

Owns: reading commands and showing answers; `MovingTalk`, which two of them share.
Does not own: what a command does (commands) or how an answer looks (render).  They know the engine
only through `model.protocols`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .dialogue import Dialogue


class MovingTalk:
    """Lets another process go on with the user: `BeginsAnew`, for a front end without threads.

    Attributes:
        dialogue: None before the first stop.
    """

    dialogue: Dialogue | None = None

    def rest(self) -> bool:
        """Let no thread of it run: there is none."""
        return True

    def go_on(self) -> None:
        """Let its threads run again."""

    def hand_over(self) -> dict[str, Any]:
        """What another process needs: the lines that are still to be taken."""
        return {"lines": [] if self.dialogue is None else list(self.dialogue.queued)}

    def take_back(self, given: dict[str, Any]) -> None:
        """Go on with what another process has left."""
        if self.dialogue is not None:
            self.dialogue.queued.clear()
            self.dialogue.queued.extend(given["lines"])

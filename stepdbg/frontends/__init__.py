"""The front ends, which talk to the user: a terminal, a script, a client that speaks JSON.

Owns: reading commands and showing answers; `MovingTalk`, which two front ends share.
Does not own: what a command does (commands) or how an answer looks (render).  They know the engine
only through `model.protocols`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .dialogue import Dialogue


class MovingTalk:
    """Lets another process continue the talk with the user: `BeginsAnew`, for use without threads.

    Attributes:
        dialogue: None before the first stop.
    """

    dialogue: Dialogue | None = None

    def rest(self) -> bool:
        """True: it has no thread that could run."""
        return True

    def go_on(self) -> None:
        """Do nothing: it has no threads."""

    def hand_over(self) -> dict[str, Any]:
        """What another process needs: the lines that were not taken yet."""
        return {"lines": [] if self.dialogue is None else list(self.dialogue.queued)}

    def take_back(self, given: dict[str, Any]) -> None:
        """Go on with the lines that another process has left."""
        if self.dialogue is not None:
            self.dialogue.queued.clear()
            self.dialogue.queued.extend(given["lines"])

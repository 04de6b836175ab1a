"""``with stepdbg.catch():``.

Owns: prompting on what leaves a block.  Does not own: the prompt (pausing).
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from .pausing import examine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType


class Catching(AbstractContextManager[None]):
    """Prompts on failures that leave the block; they leave it all the same."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Look at the exception, unless it only tells the program to end."""
        if isinstance(error, Exception | BaseExceptionGroup):
            examine(error)

"""``with stepdbg.catch():`` prompts on an exception that leaves a block.

Owns: `Catching`.  Does not own: the prompt (pausing).
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from stepdbg.model.standard import time

from .pausing import current_session, examine, look_at_failures
from .program_time import leave_out_of_program_time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType


class Catching(AbstractContextManager[None]):
    """Prompts on failures that leave the block; they leave it all the same."""

    def __enter__(self) -> None:
        """From now on, note which tasks fail."""
        with leave_out_of_program_time(time.perf_counter(), current_session):
            look_at_failures()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Prompt on the exception, unless it is one that only ends the program (SystemExit)."""
        since = time.perf_counter()
        if isinstance(error, Exception | BaseExceptionGroup):
            examine(error, since)

"""Turn exceptions into replies.

Owns: making a `Failure` from every exception, and telling stepdbg's bugs from errors of the user.
Does not own: raising them.
"""

from __future__ import annotations

from stepdbg.model.errors import EvaluationError, StepdbgError
from stepdbg.model.replies import Answer, Failure
from stepdbg.sealed import FilesGone, memory_is_short

INTERRUPTED = Failure("interrupted")
"""The failure of a command that Ctrl-C ended; commands joined to it by ``;;`` do not run."""


_NO_MEMORY = Failure(
    "there is not enough memory for this", "let the program free some, or give it a higher limit"
)


def answer_to(error: BaseException) -> Answer:
    """Make the answer to a line that has raised any exception.

    No exception may get out: lines are carried out inside a hook of Trio's.  Trio would remove
    the hook because of the exception, and the program would run on without its debugger.
    """
    return Answer((failure_of(error),))


def failure_of(error: BaseException) -> Failure:
    """Turn an exception into a reply."""
    match error:
        case EvaluationError():
            return Failure(str(error), traceback=error.traceback)
        case StepdbgError():
            return Failure(str(error))
        case FilesGone():
            return Failure(f"a part of stepdbg can no longer be read: {error}")
        case KeyboardInterrupt():
            return INTERRUPTED
        case MemoryError():
            return _NO_MEMORY
        # Where an allocation fails, CPython and the linker may raise SystemError or ImportError.
        case _ if memory_is_short():
            return _NO_MEMORY
    return bug(error)


def bug(error: BaseException) -> Failure:
    """The failure for an exception that is a bug of stepdbg's."""
    from stepdbg.model.standard import traceback

    frames = traceback.format_tb(error.__traceback__)
    kind = type(error).__name__
    return Failure(
        f"this is a bug in stepdbg, not in your program: {kind}: {error}",
        way_out="please report it with these lines; your program is as it was",
        traceback=tuple(line for frame in frames for line in frame.rstrip().split("\n")),
    )


def needs_stop(what: str) -> Failure:
    """The failure of a command that only makes sense while a run is held."""
    return Failure(f"{what} needs a stop", "`halt` makes one")

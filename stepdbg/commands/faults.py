"""What went wrong, as a reply.

Owns: turning every exception into a `Failure`, ours and the user's told apart.
Does not own: raising them.
"""

from __future__ import annotations

from stepdbg.model.errors import EvaluationError, StepdbgError
from stepdbg.model.replies import Answer, Failure
from stepdbg.sealed import FilesGone

INTERRUPTED = Failure("interrupted")
"""What Ctrl-C makes of a command; nothing that is joined to it is carried out."""


_NO_MEMORY = Failure(
    "there is not enough memory for this", "let the program free some, or give it a higher limit"
)

_SOME_MEMORY = 1 << 24  # bytes


def answer_to(error: BaseException) -> Answer:
    """An exception of any kind that a line has led to, as its answer.

    Nothing may get out: lines are carried out inside a hook of Trio's, which would be removed
    with the exception, and the program would run on without its debugger.
    """
    return Answer((failure_of(error),))


def failure_of(error: BaseException) -> Failure:
    """An exception as a reply."""
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
        case SystemError() if _memory_is_short():  # what CPython makes of some of them
            return _NO_MEMORY
    return bug(error)


def _memory_is_short() -> bool:
    """Whether a part of the memory that a command takes cannot be had now."""
    try:
        bytearray(_SOME_MEMORY)
    except MemoryError:
        return True
    return False


def bug(error: BaseException) -> Failure:
    """An exception that should never have been raised."""
    from stepdbg.model.standard import traceback

    frames = traceback.format_tb(error.__traceback__)
    kind = type(error).__name__
    return Failure(
        f"this is a bug in stepdbg, not in your program: {kind}: {error}",
        way_out="please report it with these lines; your program is as it was",
        traceback=tuple(line for frame in frames for line in frame.rstrip().split("\n")),
    )


def needs_stop(what: str) -> Failure:
    """The failure of something that only makes sense while a run is held."""
    return Failure(f"{what} needs a stop", "`halt` makes one")

"""Tracebacks that the program will see later, without the frames of typed code.

Owns: `clean`.
Does not own: exceptions that stepdbg raises into the program on purpose (failing.failed_frames).

An exception keeps each frame that it has passed.  If typed code raises an exception of the program,
or calls a function that does, some of these frames are stepdbg's.
"""

from __future__ import annotations

from stepdbg._trio_internals.frame_values import is_a
from stepdbg.model.ours import is_ours

TYPED = "<stepdbg-"
"""How the file names of typed code begin."""


def clean(*errors: object) -> None:
    """Take our frames and those of typed code off some exceptions.

    This includes their causes, contexts and members of groups.

    errors: objects that are not exceptions are skipped.
    """
    waiting = list(errors)
    seen: set[int] = set()
    while waiting:
        error = waiting.pop()
        # By its type: `isinstance` would read a `__class__` of the program.
        if not is_a(error, BaseException) or id(error) in seen:
            continue
        seen.add(id(error))
        assert isinstance(error, BaseException)
        _clean(error)
        waiting += (error.__cause__, error.__context__)
        if isinstance(error, BaseExceptionGroup):
            waiting += error.exceptions


def _clean(error: BaseException) -> None:
    entry = rest = error.__traceback__
    while entry is not None:
        name = entry.tb_frame.f_code.co_filename
        # Frames that typed code has called count as typed code, except where the exception was
        # before.
        if name.startswith(TYPED) or (entry is rest and is_ours(name)):
            rest = entry.tb_next
        entry = entry.tb_next
    if rest is not error.__traceback__:
        error.__traceback__ = rest

"""Errors a user can cause and mend.

Owns: the exception types that carry one sentence for the user.
Does not own: errors of the program being debugged, or our own bugs (`InternalError` in
`engine.process.guard` reports those as ours).
"""

from __future__ import annotations


class StepdbgError(Exception):
    """A request that cannot be met: one sentence with the cause and the way out.

    Front ends show ``str(error)`` and go on; the run and the prompt stay as they were.
    """


class BadUsage(StepdbgError):
    """A command line (of the shell or of the prompt) whose words are off."""


class NoSuchTask(StepdbgError):
    """No living task matches what was asked for."""


class NoSuchFrame(StepdbgError):
    """The task in view has no frame at that place."""


class NoSuchBreakpoint(StepdbgError):
    """No breakpoint has that number."""


class NotNow(StepdbgError):
    """The request is sound, but not in this situation (no live run, not at a stop)."""


class EvaluationError(StepdbgError):
    """Code typed by the user raised.

    The message is the exception in one line; `traceback` holds the frames of that code
    (without stepdbg's), already described, innermost last.  `kind` is the name of its type, empty
    where code was given up.
    """

    def __init__(self, message: str, traceback: tuple[str, ...] = (), kind: str = "") -> None:
        super().__init__(message)
        self.traceback = traceback
        self.kind = kind


class FoundFailure(StepdbgError):
    """Exploring has found a failure that cannot be raised itself, such as a deadlock.

    The message is the report; `token` is the line of the schedule.
    """

    def __init__(self, message: str, token: str) -> None:
        super().__init__(message)
        self.token = token

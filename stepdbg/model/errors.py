"""Errors that a user can cause and correct.

Owns: the exception types that carry one sentence for the user.
Does not own: errors of the program, or stepdbg's own bugs (`InternalError` in
`engine.process.guard` reports those).
"""

from __future__ import annotations


class StepdbgError(Exception):
    """A request that stepdbg cannot carry out: one sentence with the cause and the way out.

    Front ends show ``str(error)`` and go on; the run and the prompt stay as they were.
    """


class BadUsage(StepdbgError):
    """A command line, of the shell or of the prompt, that stepdbg cannot understand."""


class NoSuchTask(StepdbgError):
    """No living task matches the name or number that was given."""


class NoSuchFrame(StepdbgError):
    """The task in view has no frame with that index."""


class NoSuchBreakpoint(StepdbgError):
    """No breakpoint has that number."""


class NotNow(StepdbgError):
    """The request is valid, but not in this situation (no live run, not at a stop)."""


class EvaluationError(StepdbgError):
    """Code typed by the user raised.

    The message is the exception in one line.  `traceback` holds the frames of that code, without
    stepdbg's, described and with the innermost last.  `kind` is the name of the exception's type;
    it is empty if stepdbg gave the code up.
    """

    def __init__(self, message: str, traceback: tuple[str, ...] = (), kind: str = "") -> None:
        super().__init__(message)
        self.traceback = traceback
        self.kind = kind


class FoundFailure(StepdbgError):
    """Exploring has found a failure that is not an exception, such as a deadlock.

    The message is the report; `token` is the schedule as one line.
    """

    def __init__(self, message: str, token: str) -> None:
        super().__init__(message)
        self.token = token

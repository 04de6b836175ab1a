"""Frames and their source.

Owns: whose code a frame runs, the frames of a task, source files, the lines of cancel scopes.
Does not own: variables (typed), frames of failures (failing), pictures of tasks (seeing).
May be imported by: every folder above it.
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)

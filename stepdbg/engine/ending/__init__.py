"""The ways in which debugging ends: quit, detach, restart, fork.

Owns: how a quit reaches the tasks, giving back what was taken, starting again.
Does not own: the user's answer at a stop (stopping).
May be imported by: every folder above it.
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
